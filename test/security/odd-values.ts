import { sql } from 'drizzle-orm';
import { seeded } from '#src/cli/match/seeded.ts';
import type { Db } from '#src/db/client.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import type { Service } from '#test/support/service.ts';

export type CrmName = 'salesforce' | 'hubspot';

/** A text that no compression makes short: an index entry is compressed before its length is checked. */
export function strangeText(length: number, seed = 1): string {
  const random = seeded(seed);
  return Array.from({ length }, () => String.fromCharCode(0x4e00 + random.below(20_000))).join('');
}

/** The vendor's object for a kind, as the shipped mapping names it. */
export function objectOf({ deps }: Service, crm: CrmName, kind: CanonicalKind): string {
  const pack = deps.packs.find((one) => one.system === crm && one.kind === kind);
  if (!pack) throw new Error(`no ${kind} in ${crm}`);
  return pack.object;
}

/** The ids of the records that a CRM has of a kind, in order. */
export async function recordIdsOf(
  service: Service,
  crm: CrmName,
  kind: CanonicalKind,
): Promise<readonly string[]> {
  const rows = await service.deps.db.execute<{ id: string }>(sql`
    select r.ext_id as id from remote_record r join connection c on c.id = r.connection_id
    where c.kind = ${crm} and r.object = ${objectOf(service, crm, kind)} and not r.deleted order by r.ext_id`);
  return rows.map(({ id }) => id);
}

export async function someRecord(
  service: Service,
  crm: CrmName,
  kind: CanonicalKind,
  except?: string,
): Promise<string> {
  const id = (await recordIdsOf(service, crm, kind)).find((one) => one !== except);
  if (id === undefined) throw new Error(`${crm} has no ${kind}`);
  return id;
}

const json = { 'content-type': 'application/json' };
const tokens = new WeakMap<Service, Promise<string>>();

/**
 * Somebody changes a record in the CRM, through the CRM's own interface. @returns false when the CRM refuses
 * the value
 */
export async function writeInCrm(
  service: Service,
  crm: CrmName,
  kind: CanonicalKind,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const object = objectOf(service, crm, kind);
  const response =
    crm === 'hubspot'
      ? await fetch(`${service.addresses.hubspot}/sandbox/edit`, {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ objectType: object, id, properties: fields }),
        })
      : await fetch(`${service.addresses.salesforce}/services/data/v67.0/sobjects/${object}/${id}`, {
          method: 'PATCH',
          headers: { ...json, authorization: `Bearer ${await salesforceToken(service)}` },
          body: JSON.stringify(fields),
        });
  const text = await response.text();
  if (response.ok || response.status === 400) return response.ok;
  throw new Error(`${crm} answered ${response.status}: ${text}`);
}

function salesforceToken(service: Service): Promise<string> {
  let token = tokens.get(service);
  if (!token) {
    token = fetch(`${service.addresses.salesforce}/sandbox/authorizations`, {
      method: 'POST',
      headers: json,
      body: '{}',
    }).then(async (response) => ((await response.json()) as { accessToken: string }).accessToken);
    tokens.set(service, token);
  }
  return token;
}

export async function openProblemsOf(
  db: Db,
  ...refs: readonly string[]
): Promise<readonly { readonly ref: string; readonly code: string; readonly message: string }[]> {
  const rows = await db.execute<{ ref: string; code: string; message: string }>(sql`
    select ref, code, message from problem where status = 'open'
    and ref in (select jsonb_array_elements_text(${JSON.stringify(refs)}::text::jsonb)) order by ref, code`);
  return [...rows];
}
