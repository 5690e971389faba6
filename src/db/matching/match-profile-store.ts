import { sql, type SQL } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { accountsByIds } from '#src/db/records/account-store.ts';
import { leadsByIds } from '#src/db/records/lead-store.ts';
import { registrationsByIds } from '#src/db/registrations/registration-store.ts';
import { matchProfile } from '#src/db/schema/matching.ts';
import { billedCustomer } from '#src/db/schema/money.ts';

/** A billed customer is a name on invoices. */
export const subjectKinds = ['account', 'registration', 'billed_customer', 'lead'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** The numbers of the kinds in the tables. */
export const kindNumbers: Readonly<Record<SubjectKind, number>> = {
  account: 1,
  registration: 2,
  billed_customer: 3,
  lead: 4,
};

export function subjectKindOf(number: number): SubjectKind {
  return subjectKinds.find((kind) => kindNumbers[kind] === number) ?? 'account';
}

export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

export interface Profile extends Subject {
  readonly normal: NormalisedCompany;
  readonly keys: readonly string[];
}

/**
 * The two letters of a country code as a number, which needs little room in the index; 0 for null.
 *
 * @param code ISO 3166-1 alpha-2
 */
export function countryNumber(code: string | null): number {
  return code === null ? 0 : code.charCodeAt(0) * 256 + code.charCodeAt(1);
}

/** Keys and words are stored as hashes, which are small and reveal nothing about an erased record. */
export const hashOf = (value: SQL): SQL => sql`hashtextextended(${value}, 0)`;

/**
 * Makes the planner use indexes only, until the end of the transaction or the next call. Fresh tables have no
 * statistics, and the planner would read all profiles to find a few.
 */
const setIndexScansOnly = (only: boolean): SQL => sql`
  select ${sql.join(
    ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'].map(
      (name) => sql`set_config(${name}, ${only ? 'off' : 'on'}, true)`,
    ),
    sql`, `,
  )}`;

export async function isAnyStale(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ any: boolean }>(sql`select exists (select from match_stale) as any`);
  return row?.any === true;
}

/**
 * Locks the match profiles to the end of the transaction. One process updates them at a time, because the
 * next one must see what the last one did.
 */
export async function lockProfiles(tx: Db): Promise<void> {
  await lockInTransaction(tx, 'matchProfiles');
}

/**
 * Lets the commit of this transaction return before it is on disk. Only for a transaction that does nothing
 * but update profiles: after a power cut its changes are on the list again.
 */
export async function commitLazily(tx: Db): Promise<void> {
  await tx.execute(sql`select set_config('synchronous_commit', 'off', true)`);
}

/**
 * Removes up to `limit` changes from the list, oldest first. Several changes of one record give one subject.
 * `count` is the number of removed changes.
 */
export async function dequeueStaleProfiles(
  tx: Db,
  limit: number,
): Promise<{ readonly subjects: readonly Subject[]; readonly count: number }> {
  const rows = await tx.execute<{ kind: number; id: string }>(sql`
    delete from match_stale where id = any (array(select id from match_stale order by id limit ${limit}))
    returning subject_kind as kind, subject_id as id`);
  const subjects = new Map(rows.map(({ kind, id }) => [id, { kind: subjectKindOf(kind), id } as const]));
  return { subjects: [...subjects.values()], count: rows.length };
}

/** Puts the profiles of these records on the list of changes. Changes of the records themselves are on it already. */
export async function markProfilesStale(tx: Db, kind: SubjectKind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    insert into match_stale (subject_kind, subject_id)
    select ${kindNumbers[kind]}::smallint, id from ${listOf('uuid', ids, (id) => id)} x (id)`);
}

/** Puts every profile that another version of the normaliser made on the list of changes. */
export async function markOutdatedProfiles(db: Db, normaliserVersion: string): Promise<void> {
  await db.execute(sql`
    insert into match_stale (subject_kind, subject_id) select subject_kind, subject_id from match_profile
    where normaliser_version < ${normaliserVersion} or normaliser_version > ${normaliserVersion}`);
}

/** Names on invoices. */
export async function billedCustomersByIds(
  db: Db,
  ids: readonly string[],
): Promise<(typeof billedCustomer.$inferSelect)[]> {
  return ids.length === 0 ? [] : db.select().from(billedCustomer).where(isIn(billedCustomer.id, ids));
}

/** The records from which profiles are calculated. Deleted ones are left out. */
export async function profileSources(tx: Db, subjects: readonly Subject[]) {
  const ids = (kind: SubjectKind): string[] =>
    subjects.filter((one) => one.kind === kind).map(({ id }) => id);
  const [accounts, registrations, billedCustomers, leads] = await Promise.all([
    accountsByIds(tx, ids('account')),
    registrationsByIds(tx, ids('registration')),
    billedCustomersByIds(tx, ids('billed_customer')),
    leadsByIds(tx, ids('lead')),
  ]);
  return {
    billedCustomers,
    accounts: accounts.filter((row) => !row.deleted),
    registrations: registrations.filter((row) => !row.deleted),
    // A lead that refers to an account is found by the account.
    leads: leads.filter((row) => !row.deleted && row.company !== null && row.accountId === null),
  };
}

/** Replaces the profiles of these records and their keys. */
export async function saveProfiles(
  tx: Db,
  profiles: readonly Profile[],
  normaliserVersion: string,
): Promise<void> {
  if (profiles.length === 0) return;
  const save = sql`
    with given as materialized (
      select kind, id, country, normal, array(select distinct ${hashOf(sql`k`)} from jsonb_array_elements_text(keys) k) as keys
      from rows from (${listOf('smallint', profiles, ({ kind }) => kindNumbers[kind])}, ${listOf('uuid', profiles, ({ id }) => id)},
        ${listOf('smallint', profiles, ({ normal }) => countryNumber(normal.country))},
        ${listOf('jsonb', profiles, ({ normal }) => normal, false)}, ${listOf('jsonb', profiles, ({ keys }) => keys, false)}) as x (kind, id, country, normal, keys)
    ),
    old as materialized (select id, subject_kind, country, keys from match_profile where subject_id = any (array(select id from given))),
    saved as (
      insert into match_profile (subject_kind, subject_id, country, normal, keys, normaliser_version)
      select kind, id, country, normal, keys, ${normaliserVersion} from given order by id
      on conflict (subject_id) do update set country = excluded.country, normal = excluded.normal, keys = excluded.keys, normaliser_version = excluded.normaliser_version
      returning id, subject_kind, country, keys
    ),
    lost as materialized (
      select old.id, old.subject_kind, old.country, k.key from old join saved using (id) cross join lateral unnest(old.keys) k (key)
      where old.country <> saved.country or k.key <> all (saved.keys)
    ),
    removed as (
      delete from match_key k using lost
      where (k.key, k.subject_kind, k.profile_id) = (lost.key, lost.subject_kind, lost.id) and k.country in (lost.country, 0)
    ),
    added as (
      -- A new profile has no keys yet, so conflicts need no check, which saves a fifth of the time. Ordered keys share pages.
      insert into match_key (key, subject_kind, country, profile_id)
      select k.key, s.subject_kind, s.country, s.id from saved s cross join lateral unnest(s.keys) k (key)
      where not exists (select from old where old.id = s.id) order by 1, 2, 3, 4
    )
    insert into match_key (key, subject_kind, country, profile_id)
    select k.key, s.subject_kind, s.country, s.id from saved s join old using (id) cross join lateral unnest(s.keys) k (key)
    where old.country <> s.country or k.key <> all (old.keys)
    on conflict do nothing`;
  // The three statements are sent together and run in this order.
  await Promise.all([
    tx.execute(setIndexScansOnly(true)),
    tx.execute(save),
    tx.execute(setIndexScansOnly(false)),
  ]);
}

/** The words among these that are not in `match_slip`. */
export async function unknownWords(tx: Db, words: readonly string[]): Promise<readonly string[]> {
  if (words.length === 0) return [];
  const rows = await tx.execute<{ word: string }>(sql`
    select word from ${listOf('text', words, (word) => word)} x (word)
    cross join lateral (
      select exists (select from match_slip where slip = ${hashOf(sql`word`)} and key = ${hashOf(sql`'tok:' || word`)} limit 1) as known
    ) seen where not known`);
  return rows.map(({ word }) => word);
}

/** @param slips the word itself, and the word with each letter left out once */
export async function saveSlips(
  tx: Db,
  slips: readonly { readonly word: string; readonly slip: string }[],
): Promise<void> {
  if (slips.length === 0) return;
  await tx.execute(sql`
    insert into match_slip (slip, key)
    select distinct ${hashOf(sql`slip`)}, ${hashOf(sql`'tok:' || word`)}
    from rows from (${listOf('text', slips, ({ slip }) => slip)}, ${listOf('text', slips, ({ word }) => word)}) as x (slip, word)
    order by 1, 2 on conflict do nothing`);
}

/** The profiles of these subjects, by their ids. */
export async function profilesOf(
  db: Db,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, NormalisedCompany>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await db
    .select({ id: matchProfile.subjectId, normal: matchProfile.normal })
    .from(matchProfile)
    .where(isKeyIn(matchProfile.subjectId, subjectIds, 'uuid'));
  return new Map(rows.map(({ id, normal }) => [id, normal]));
}
