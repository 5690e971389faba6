import { sql, type SQL } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { hashOf, kindNumbers } from '#src/db/matching/match-profile-store.ts';

/** An account for comparison. `profile` is the id of its match profile. */
export interface ProfiledAccount {
  readonly profile: number;
  readonly id: string;
  readonly normal: NormalisedCompany;
}

/** The search keys of an account. `slips` are its words with one letter left out. */
export interface AccountKeys {
  readonly profile: number;
  readonly strong: readonly string[];
  readonly weak: readonly string[];
  readonly slips: readonly string[];
}

export interface PairLimits {
  /** A key that more accounts share is ignored. */
  readonly perKey: number;
  /** The number of accounts that one account is compared with; those with the rarest keys come first. */
  readonly rows: number;
}

/** The number of words that one misspelling may mean. */
const maxMeanings = 5;

/**
 * Collects statistics for the planner. Fresh tables have none, and the planner would scan all of them for
 * each part of the work. The first report is often made right after a whole account base was read.
 */
export async function analyzeMatchTables(db: Db): Promise<void> {
  await db.execute(
    sql`analyze match_profile (id, subject_kind, subject_id), match_key, match_slip, link, remote_record (connection_id, object, ext_id)`,
  );
}

/**
 * The account records of a connection, as `l`. More conditions may follow. Only accounts of one CRM are
 * compared, because a merge happens in one CRM.
 */
export const accountPlaces = (connectionId: string): SQL => sql`
  link l join remote_record r using (connection_id, object, ext_id)
  where l.connection_id = ${connectionId} and l.kind = 'account' and l.merged_into is null and not r.deleted`;

const livingIn = (connectionId: string): SQL => sql`
  cross join lateral (select 1 from ${accountPlaces(connectionId)} and l.record_id = p.subject_id limit 1) living`;

/** The next accounts of a connection that can be compared, by the ids of their profiles. */
export async function accountsAfter(
  tx: Db,
  connectionId: string,
  after: number,
  limit: number,
): Promise<readonly ProfiledAccount[]> {
  return tx.execute<Row>(sql`
    select p.id as profile, p.subject_id as id, p.normal from match_profile p ${livingIn(connectionId)}
    where p.id > ${after} and p.subject_kind = ${kindNumbers.account} order by p.id limit ${limit}`);
}

/** The accounts of these profiles that are in the connection. */
export async function accountsByProfile(
  tx: Db,
  connectionId: string,
  profiles: readonly number[],
): Promise<readonly ProfiledAccount[]> {
  if (profiles.length === 0) return [];
  return tx.execute<Row>(sql`
    select p.id as profile, p.subject_id as id, p.normal from ${listOf('int', profiles, (one) => one)} x (id)
    cross join lateral (select * from match_profile where match_profile.id = x.id limit 1) p ${livingIn(connectionId)}`);
}

/** The same by our ids, of any connection. */
export async function accountsById(tx: Db, ids: readonly string[]): Promise<readonly ProfiledAccount[]> {
  if (ids.length === 0) return [];
  return tx.execute<Row>(sql`
    select p.id as profile, p.subject_id as id, p.normal from ${listOf('uuid', ids, (one) => one)} x (id)
    cross join lateral (select * from match_profile where subject_id = x.id limit 1) p`);
}

export async function countAccounts(db: Db, connectionId: string): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from ${accountPlaces(connectionId)}`);
  return row?.count ?? 0;
}

/** The type of the driver's rows: an interface has no index signature, a mapped type has. */
type Row = { [K in keyof ProfiledAccount]: ProfiledAccount[K] };

/**
 * Pairs of profiles that share a key, each pair once. The list of a key is read once for all accounts that
 * have it, up to `perKey` entries. Of the lists of one account those of strong keys come first, then the
 * shortest, until they have `rows` entries.
 */
export async function storedCandidatePairs(
  tx: Db,
  accounts: readonly AccountKeys[],
  { perKey, rows }: PairLimits,
): Promise<readonly (readonly [number, number])[]> {
  const asked = accounts.flatMap(({ profile, strong, weak, slips }) => [
    ...strong.map((key) => ({ profile, key, how: 0 })),
    ...weak.map((key) => ({ profile, key, how: 1 })),
    ...slips.map((key) => ({ profile, key, how: 2 })),
  ]);
  const found = await tx.execute<{ a: number; b: number }>(sql`
    with asked as materialized (
      select profile, how, ${hashOf(sql`label`)} as hash from rows from (${listOf('int', asked, ({ profile }) => profile)},
        ${listOf('text', asked, ({ key }) => key)}, ${listOf('smallint', asked, ({ how }) => how)}) as x (profile, label, how)
    ),
    meant as materialized (
      select slip.hash, s.key from (select distinct hash from asked where how = 2) slip
      cross join lateral (select key from match_slip where match_slip.slip = slip.hash limit ${maxMeanings}) s
    ),
    wanted as materialized (
      select profile, key, min(how) as how from (
        select profile, hash as key, how from asked where how < 2
        union all
        select * from (select a.profile, m.key, a.how from asked a join meant m on m.hash = a.hash where a.how = 2 offset 0) slips
      ) every group by profile, key
    ),
    posting as materialized (
      select key, list.ids, cardinality(list.ids) as length from (select distinct key from wanted) k
      cross join lateral (
        select array(
          select profile_id from match_key m where m.key = k.key and m.subject_kind = ${kindNumbers.account} limit ${perKey + 1}
        ) as ids
      ) list
    ),
    budgeted as (
      select w.profile, p.ids, p.length,
             sum(p.length) over (partition by w.profile order by (w.how > 0), p.length, p.key) - p.length as before
      from wanted w join posting p using (key) where p.length between 2 and ${perKey} or (p.length = 1 and w.how = 2)
    )
    select distinct least(b.profile, other) as a, greatest(b.profile, other) as b
    from budgeted b cross join lateral unnest(b.ids) other
    where (b.before = 0 or b.before + b.length <= ${rows}) and other <> b.profile`);
  return found.map(({ a, b }) => [a, b]);
}
