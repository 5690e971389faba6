import { invalid } from '#sandbox/hubspot/errors.ts';
import { propertyHistory } from './history.ts';
import type { ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { renderRecord, type CrmRecord } from './records.ts';

/** A record as it is sent, with the history of those properties it was asked for. */
export function viewRecord(
  portal: Portal,
  type: ObjectType,
  record: CrmRecord,
  properties: readonly string[],
  withHistory: readonly string[],
): object {
  const rendered = renderRecord(type, record, [...properties, ...withHistory]);
  if (withHistory.length === 0) return rendered;
  return {
    ...rendered,
    propertiesWithHistory: Object.fromEntries(
      withHistory.map((name) => [name, propertyHistory(portal, type, record, name)]),
    ),
  };
}

const mostWithHistory = 50;

/** History makes answers long: HubSpot then gives half as many records. */
export function checkHistorySize(withHistory: readonly string[], records: number): void {
  if (withHistory.length > 0 && records > mostWithHistory)
    throw invalid(
      `With propertiesWithHistory at most ${mostWithHistory} records can be requested, but there were ${records}.`,
    );
}
