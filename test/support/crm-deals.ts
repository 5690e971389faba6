import type { Service } from './service.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';

/** A deal's values as text; null where it is blank. */
export type DealFields = Readonly<Record<string, string | null>>;

const objects = { salesforce: 'Opportunity', hubspot: 'deals' } as const;

/** Every deal a CRM has, by id, with these fields: asked over the vendor's API as anybody would. */
export async function dealsInCrm(
  { deps }: Service,
  crm: keyof typeof objects,
  fields: readonly string[],
): Promise<ReadonlyMap<string, DealFields>> {
  const connection = (await listConnections(deps.db)).find((one) => one.kind === crm);
  if (!connection) throw new Error(`no ${crm} connection`);
  const deals = new Map<string, DealFields>();
  const pages = deps
    .connectorFor(connection)
    .pull({ object: objects[crm], fields: [...fields], since: null, resume: null });
  for await (const { records } of pages) {
    for (const { extId, fields: values, deleted } of records) {
      if (!deleted) deals.set(extId, Object.fromEntries(fields.map((name) => [name, textOf(values[name])])));
    }
  }
  return deals;
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined || value === '' ? null : String(value);
