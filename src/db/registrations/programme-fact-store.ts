/** The facts that only some settings of a programme ask about. Each query answers for all registrations of a round. */
import { sql } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { registration } from '#src/db/schema/channel.ts';
import { precedenceColumn } from './registration-store.ts';

type CustomFields = Readonly<Record<string, string | number | boolean | null>>;

/** The custom fields of the partners' accounts, by the partner's id. */
export async function partnerFields(
  tx: Db,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, CustomFields>> {
  if (partnerIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; extra: CustomFields }>(sql`
    select p.id, a.extra from partner p join account a on a.id = p.account_id
    where ${isKeyIn(sql`p.id`, partnerIds, 'uuid')}`);
  return new Map(rows.map(({ id, extra }) => [id, extra]));
}

/** A registration that waits or is protected. */
export interface OpenRegistration {
  readonly id: string;
  /** When its precedence begins, in milliseconds since 1970. */
  readonly since: number;
}

/** The registrations of these partners that wait for a person or the rules, or are protected on a day. */
export async function openRegistrations(
  tx: Db,
  partnerIds: readonly string[],
  today: string,
): Promise<ReadonlyMap<string, readonly OpenRegistration[]>> {
  if (partnerIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; partnerId: string; since: number }>(sql`
    select id, partner_id as "partnerId", (extract(epoch from ${precedenceColumn}) * 1000)::float8 as since
    from ${registration}
    where ${isKeyIn(sql`partner_id`, partnerIds, 'uuid')} and not deleted and (status in ('submitted', 'in_review')
      or status = 'approved' and (protected_until is null or protected_until >= ${today}::date))`);
  return Map.groupBy(rows, ({ partnerId }) => partnerId);
}

/** What a programme names of accounts. */
export interface AccountSearch {
  /** Custom fields of which one has a value. */
  readonly fields: readonly string[];
  /** In lower case. */
  readonly domains: readonly string[];
  /** Letters and digits only, in upper case. */
  readonly registryIds: readonly string[];
  readonly crmIds: readonly string[];
}

export interface AccountLike {
  readonly registrationId: string;
  readonly name: string;
  readonly normal: NormalisedCompany;
  readonly domain: string | null;
  readonly registryIds: readonly string[];
  readonly crmIds: readonly string[];
  readonly extra: CustomFields;
}

/** The accounts that a programme names and that have a search key in common with the customer of a registration. */
export async function accountsLike(
  tx: Db,
  registrationIds: readonly string[],
  { fields, domains, registryIds, crmIds }: AccountSearch,
): Promise<readonly AccountLike[]> {
  if (registrationIds.length === 0) return [];
  const list = (values: readonly string[]) =>
    sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;
  const plain = (column: 'vat_id' | 'duns' | 'lei') =>
    sql`upper(regexp_replace(${sql.raw(`a.${column}`)}, '[^[:alnum:]]', '', 'g'))`;
  const rows = await tx.execute<{ [K in keyof AccountLike]: AccountLike[K] }>(sql`
    with customer as materialized (
      select subject_id, keys from match_profile where ${isKeyIn(sql`subject_id`, registrationIds, 'uuid')}
    ),
    ids as materialized (
      select record_id, array_agg(ext_id order by ext_id) as crm_ids from link where kind = 'account' and ext_id = any (${list(crmIds)})
      group by 1
    ),
    named as materialized (
      select a.id, a.name, a.domain, a.vat_id, a.duns, a.lei, a.extra, coalesce(i.crm_ids, '{}') as crm_ids, m.normal, m.keys
      from account a join match_profile m on m.subject_id = a.id left join ids i on i.record_id = a.id
      where not a.deleted and (i.record_id is not null
        or exists (select from jsonb_each_text(a.extra) e where e.key = any (${list(fields)}) and e.value <> '')
        or m.normal ->> 'domain' = any (${list(domains)})
        or ${plain('vat_id')} = any (${list(registryIds)}) or ${plain('duns')} = any (${list(registryIds)})
        or ${plain('lei')} = any (${list(registryIds)}))
    )
    select c.subject_id as "registrationId", n.name, n.normal, n.domain, n.extra, n.crm_ids as "crmIds",
           array_remove(array[n.vat_id, n.duns, n.lei], null) as "registryIds"
    from customer c join named n on n.keys && c.keys order by n.id`);
  return [...rows];
}

/**
 * The roles of the partners in these registrations, by id: a custom field of the CRM, or a field that the form of the
 * programme adds.
 */
export async function rolesOf(
  tx: Db,
  registrationIds: readonly string[],
  field: string,
): Promise<ReadonlyMap<string, string>> {
  if (registrationIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; role: string | null }>(sql`
    select r.id, coalesce(nullif(r.extra ->> ${field}, ''), l.terms ->> ${field}) as role
    from registration r left join registration_lifecycle l on l.registration_id = r.id
    where ${isKeyIn(sql`r.id`, registrationIds, 'uuid')}`);
  return new Map(rows.flatMap(({ id, role }) => (role === null ? [] : [[id, role]])));
}
