import { sql } from 'drizzle-orm';
import type { Service } from '#test/support/service.ts';

/** People at work in the sandbox, and what Fairway decides about their registrations. */
export function peopleAtWork(service: () => Service) {
  return {
    salesforceAs: (lastName: string, permissionSets: readonly string[]) =>
      salesforceAs(service(), lastName, permissionSets),
    hubspotRecord: (
      objectType: string,
      properties: object,
      associated: readonly (readonly [string, string])[] = [],
    ) => hubspotRecord(service(), objectType, properties, associated),
    partnerIn: (crm: 'salesforce' | 'hubspot') => partnerIn(service(), crm),
    decided: (number: string) => decided(service(), number),
  };
}

/** A minute from now, as people type it. */
export const submittedAt = (): string => `${new Date(Date.now() + 60_000).toISOString().slice(0, 19)}Z`;

export async function postJson<T>(url: string, body: object, accessToken?: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}

interface Made {
  readonly id: string;
}

/** People at work in Salesforce. */
async function salesforceAs(service: Service, lastName: string, permissionSets: readonly string[]) {
  const { salesforce } = service.addresses;
  const user = { username: `${lastName}@example.com`.toLowerCase(), lastName, permissionSets };
  const { accessToken } = await postJson<{ accessToken: string }>(`${salesforce}/sandbox/users`, user);
  return async (object: string, fields: object): Promise<string> =>
    (await postJson<Made>(`${salesforce}/services/data/v67.0/sobjects/${object}`, fields, accessToken)).id;
}

/** People at work in HubSpot. */
async function hubspotRecord(
  service: Service,
  objectType: string,
  properties: object,
  associated: readonly (readonly [string, string])[],
): Promise<string> {
  const { hubspot } = service.addresses;
  const { id } = await postJson<Made>(`${hubspot}/sandbox/edit`, { objectType, properties });
  for (const [toObjectType, toId] of associated)
    await postJson(`${hubspot}/sandbox/associate`, { objectType, id, toObjectType, toId });
  return id;
}

async function partnerIn(service: Service, crm: 'salesforce' | 'hubspot'): Promise<string> {
  const [row] = await service.deps.db.execute<{ extId: string }>(sql`
    select l.ext_id as "extId" from partner p join account a on a.id = p.account_id and a.territory is null
    join link l on l.record_id = a.id join connection c on c.id = l.connection_id and c.kind = ${crm} order by l.ext_id limit 1`);
  return row?.extId ?? '';
}

interface Decided extends Record<string, unknown> {
  readonly status: string;
  readonly summary: string | null;
  readonly findings: readonly string[] | null;
}

async function decided(service: Service, number: string): Promise<Decided> {
  const [row] = await service.deps.db.execute<Decided>(sql`
    select r.status, r.conflict_summary as summary,
      (select jsonb_agg((f ->> 'rule') || ' ' || (f ->> 'effect')) from jsonb_array_elements(k.decision -> 'findings') f) as findings
    from registration r left join conflict_case k on k.registration_id = r.id where r.number = ${number}`);
  return row ?? { status: 'missing', summary: null, findings: null };
}
