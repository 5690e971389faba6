import { z } from 'zod';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { chunks } from '#connectors/hubspot/associations.ts';
import { objectName, objectPath } from '#connectors/hubspot/schema/naming.ts';

/** With the history of properties HubSpot gives half as many records. */
const historySize = 50;
/** A form saves its properties together; their stamps differ by less than this. */
export const savedTogetherMs = 1_000;

const versionShape = z.object({
  value: z.string().nullish(),
  timestamp: z.string(),
  sourceType: z.string(),
  sourceId: z.string().nullish(),
  updatedByUserId: z.number().nullish(),
});
export type PropertyVersion = z.infer<typeof versionShape>;
const historyAnswer = z.object({
  results: z.array(
    z.object({
      id: z.coerce.string(),
      propertiesWithHistory: z.record(z.string(), z.array(versionShape).nullish()).nullish(),
    }),
  ),
});
export type HistoryRecord = z.infer<typeof historyAnswer>['results'][number];

/** The values that these properties of registrations have had. A record that does not exist is absent. */
export async function readHistories(
  api: HubspotApi,
  registrations: readonly string[],
  properties: readonly string[],
): Promise<readonly HistoryRecord[]> {
  const path = objectPath(objectName('registration'), '/batch/read');
  const records: HistoryRecord[] = [];
  for (const part of chunks([...registrations], historySize)) {
    const inputs = part.map((id) => ({ id }));
    const body = { properties: [], propertiesWithHistory: [...properties], inputs };
    records.push(...(await api.send({ method: 'POST', path, body }, historyAnswer)).data.results);
  }
  return records;
}

/** The id of the user that a value names, on a page or not. */
export function namedUser({ sourceId, updatedByUserId }: PropertyVersion): number | null {
  const named = /^userId:(\d+)$/.exec(sourceId ?? '')?.[1];
  return updatedByUserId ?? (named === undefined ? null : Number(named));
}
