import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RecordTypes } from '#connectors/contract/records.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { segment } from '#connectors/salesforce/record.ts';
import { toDescription } from './describe.ts';

const describedShape = z.object({
  fields: z.array(
    z.object({ name: z.string(), restrictedPicklist: z.boolean().optional(), updateable: z.boolean() }),
  ),
  recordTypeInfos: z
    .array(z.object({ active: z.boolean(), master: z.boolean(), name: z.string(), recordTypeId: z.string() }))
    .default([]),
});
const picklistsShape = z.object({
  picklistFieldValues: z.record(z.string(), z.object({ values: z.array(z.object({ value: z.string() })) })),
});

/** Each type costs one call. Values of further types are not known before they are written. */
const mostTypes = 50;

/** @throws ConnectorError when Salesforce does not show the object */
export async function describeSalesforceObject(
  client: SalesforceClient,
  object: string,
): Promise<ObjectDescription> {
  const url = `/sobjects/${segment(object)}/describe`;
  const { body } = await client.repeatable({ method: 'GET', url });
  const recordTypes = await readRecordTypes(client, object, body);
  return { ...toDescription(body), ...(recordTypes ? { recordTypes } : {}) };
}

/**
 * The values of restricted picklists for records of each type: Salesforce refuses a whole row for one value that
 * the type of the record does not offer. Other picklists accept every value by API.
 * Source: User Interface API Developer Guide, Get Values for All Picklist Fields of a Record Type.
 */
async function readRecordTypes(
  client: SalesforceClient,
  object: string,
  body: unknown,
): Promise<RecordTypes | null> {
  const { fields, recordTypeInfos } = describedShape.parse(body);
  const infos = recordTypeInfos.filter(({ active, master }) => active && !master).slice(0, mostTypes);
  const restricted = fields.filter(
    ({ name, restrictedPicklist, updateable }) =>
      restrictedPicklist === true && updateable && name !== 'CurrencyIsoCode',
  );
  if (infos.length === 0 || restricted.length === 0) return null;
  const types: RecordTypes['types'][number][] = [];
  for (const { name, recordTypeId: id } of infos) {
    const offered = await readPicklists(client, object, id);
    const values = restricted.flatMap((field) => {
      const shown = offered[field.name];
      return shown ? [[field.name, shown.values.map(({ value }) => value)] as const] : [];
    });
    types.push({ id, name, values: Object.fromEntries(values) });
  }
  return { field: 'RecordTypeId', types };
}

/** Empty where the integration user may not see the values: then Salesforce's answer to a write shows them. */
async function readPicklists(
  client: SalesforceClient,
  object: string,
  recordTypeId: string,
): Promise<z.infer<typeof picklistsShape>['picklistFieldValues']> {
  const url = `/ui-api/object-info/${segment(object)}/picklist-values/${segment(recordTypeId)}`;
  try {
    return picklistsShape.parse((await client.repeatable({ method: 'GET', url })).body).picklistFieldValues;
  } catch (error) {
    const hidden = ['permission', 'mapping', 'gone', 'validation'];
    if (error instanceof ConnectorError && hidden.includes(error.failure.class)) return {};
    throw error;
  }
}
