import { sql, type SQL } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { slipsOf } from '#src/domain/matching/search-keys.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isOpenLead } from '#src/db/records/lead-store.ts';
import {
  countryNumber,
  hashOf,
  kindNumbers,
  subjectKindOf,
  type Subject,
  type SubjectKind,
} from './match-profile-store.ts';

/** A company to search for, and its search keys. */
export interface CandidateQuery {
  /** The caller's id of the query. */
  readonly id: string;
  /**
   * ISO 3166-1 alpha-2. When too many companies have a weak key, only those of this country and those without
   * a country are compared.
   */
  readonly country: string | null;
  readonly strong: readonly string[];
  readonly weak: readonly string[];
  /**
   * Words that may be misspelt. A word of another company is found when both are the same with one letter
   * left out.
   */
  readonly words: readonly string[];
}

export interface CandidateLimits {
  /** A key that more companies have is ignored, even if there is no other. */
  readonly perKey: number;
  /** The number of candidates of one kind for one query; `ranks` says which come first. */
  readonly rows: number;
}

export interface Candidate extends Subject {
  readonly queryId: string;
  readonly normal: NormalisedCompany;
  /** The keys that found it. */
  readonly foundBy: readonly string[];
}

/** The order in which lists of candidates are used. Within a rank the shortest list comes first. */
const ranks = {
  strong: 0,
  /**
   * A weak key. A similar word has this rank only if it is the more common one: “tiarnui” probably means
   * “tianrui”, but “china” does not mean “chia”.
   */
  rare: 1,
  /** A common key within the country. */
  narrowed: 2,
  unlikely: 3,
  /** A common key, when there is no other. */
  common: 4,
} as const;

/** A word with at most this many companies may itself be misspelt. */
const maxRare = 10;

/** The number of words that one misspelling may mean. */
const maxMeanings = 60;

/**
 * The candidates that are returned. `competing`: those that matter for a registration, which are rival
 * registrations, deals of our sales team and earlier customers. `queued`: registrations that wait for review.
 * `approved`: approved registrations. `billed`: names on invoices.
 */
export type CandidateScope = 'all' | 'competing' | 'queued' | 'approved' | 'billed';

interface FoundRow extends Record<string, unknown> {
  readonly kind: number;
  readonly id: string;
  readonly normal: NormalisedCompany;
  /** Query id → the keys that found it. */
  readonly found: Readonly<Record<string, readonly string[]>>;
}

/**
 * The records that share a key with one of these queries, found in one statement. The list of each key is
 * read up to `perKey` entries, the shortest lists are used first, and only the profiles that remain are
 * fetched. The statement is written so that it uses indexes even without statistics.
 */
export async function findCandidates(
  tx: Db,
  queries: readonly CandidateQuery[],
  limits: CandidateLimits,
  scope: CandidateScope,
): Promise<readonly Candidate[]> {
  const asked = queries.flatMap(askedOf);
  if (asked.length === 0) return [];
  const kinds = scopeKinds[scope].map((kind) => kindNumbers[kind]);
  // Most vendors have no leads, so their lists are read only where there are some.
  const leadKind =
    scope === 'competing'
      ? sql`array(select ${kindNumbers.lead}::smallint where exists (select from lead))`
      : sql`array[]::smallint[]`;
  const rows = await tx.execute<FoundRow>(sql`
    with asked as materialized (
      select id, country, label, how, ${hashOf(sql`label`)} as hash, ${hashOf(sql`'tok:' || word`)} as word_key from rows from (
        ${listOf('text', asked, ({ id }) => id)}, ${listOf('smallint', asked, ({ country }) => country)},
        ${listOf('text', asked, ({ key }) => key)}, ${listOf('smallint', asked, ({ how }) => how)},
        ${listOf('text', asked, ({ word }) => word)}) as x (id, country, label, how, word)
    ),
    wanted as materialized (
      select id, country, hash as key, min(how) as how, (array_agg(label order by how, label))[1] as label, min(word_key) as word_key from (
        select id, country, hash, how, label, word_key from asked where how < 2
        union all
        select a.id, a.country, s.key, a.how, 'slip:' || a.label, a.word_key from asked a
          cross join lateral (select key from match_slip where slip = a.hash limit ${maxMeanings}) s where a.how = 2
      ) meant group by id, country, hash
    ),
    list as materialized (
      select w.*, kind, front.ids, cardinality(front.ids) as length from wanted w
      cross join unnest(array[${sql.join(kinds, sql`, `)}]::smallint[] || ${leadKind}) kind
      cross join lateral (${idsOf(sql`key = w.key and subject_kind = kind`, limits.rows + 1)}) front
    ),
    posting as (
      select l.id, l.label, case
          when l.how = 0 then ${ranks.strong}
          when l.how = 1 or l.length <= ${maxRare} or l.length >= coalesce(o.length, 0) then ${ranks.rare}
          else ${ranks.unlikely} end as rank, l.kind, l.key, l.ids, l.length
      from list l left join list o on l.how = 2 and o.id = l.id and o.kind = l.kind and o.key = l.word_key
      where l.length between 1 and ${limits.rows}
      union all
      select l.id, l.label || '|' || chr(l.country / 256) || chr(l.country % 256), ${ranks.narrowed}, l.kind, l.key, domestic.ids, cardinality(domestic.ids)
      from list l
      cross join lateral (${idsOf(sql`key = l.key and subject_kind = l.kind and country in (l.country, 0)`, limits.rows + 1)}) domestic
      where l.length > ${limits.rows} and l.how > 0 and l.country > 0
      union all
      select l.id, l.label, case when l.how = 0 then ${ranks.strong} else ${ranks.common} end, l.kind, l.key, whole.ids, cardinality(whole.ids)
      from list l cross join lateral (${idsOf(sql`key = l.key and subject_kind = l.kind`, limits.perKey + 1)}) whole
      where l.length > ${limits.rows} and not exists (
        select from list o where o.id = l.id and o.kind = l.kind and o.length between 1 and ${limits.rows} and (o.how = 0 or l.how > 0))
    ),
    budgeted as (
      select *, sum(length) over (partition by id, kind order by rank, length, key) - length as before
      from posting where length between 1 and ${limits.perKey}
    ),
    candidate as (
      select b.id, profile_id, array_agg(b.label order by b.rank, b.length, b.label) as found_by
      from budgeted b cross join lateral unnest(b.ids) profile_id
      where b.before = 0 or b.before + b.length <= ${limits.rows}
      group by b.id, profile_id
    )
    select p.subject_kind as kind, p.subject_id as id, p.normal, c.found
    from (select profile_id, jsonb_object_agg(id, found_by) as found from candidate group by profile_id) c
    cross join lateral (select * from match_profile where id = c.profile_id limit 1) p
    where ${scopes[scope]}
    order by p.subject_id`);
  // All candidates of one company share the object, so that values calculated from it are remembered with it.
  return rows.flatMap(({ kind, id, normal, found }) =>
    Object.entries(found).map(([queryId, foundBy]) => ({
      queryId,
      kind: subjectKindOf(kind),
      id,
      normal,
      foundBy,
    })),
  );
}

/**
 * The names of the accounts that have these domains, up to `limit` for each domain, and one name of each
 * partner that registered a customer with the domain: a partner must not make a domain look shared by
 * registering many names. They are read through the search keys, so they are as current as the profiles and
 * nothing else needs to be counted or refreshed.
 */
export async function namesAtDomains(
  tx: Db,
  domains: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (domains.length === 0) return new Map();
  const rows = await tx.execute<{ domain: string; names: readonly string[] }>(sql`
    select d.domain, array(
      select p.core from (${profilesAt(kindNumbers.account, limit)}) k
      cross join lateral (select normal ->> 'core' as core from match_profile where id = k.profile_id limit 1) p
    ) || array(
      select distinct on (r.partner_id) p.core from (${profilesAt(kindNumbers.registration, limit)}) k
      cross join lateral (select subject_id, normal ->> 'core' as core from match_profile where id = k.profile_id limit 1) p
      cross join lateral (select partner_id from registration where id = p.subject_id limit 1) r
      order by r.partner_id, p.core
    ) as names
    from ${listOf('text', domains, (domain) => domain)} d (domain)`);
  return new Map(rows.map(({ domain, names }) => [domain, names]));
}

const profilesAt = (kind: number, limit: number): SQL => sql`
  select profile_id from match_key where key = ${hashOf(sql`'dom:' || d.domain`)} and subject_kind = ${kind} limit ${limit}`;

/** `how` is 0 for a strong key, 1 for a weak one and 2 for a word with one letter left out. */
function askedOf({ id, country, strong, weak, words }: CandidateQuery) {
  const from = { id, country: countryNumber(country), word: null };
  return [
    ...strong.map((key) => ({ ...from, key, how: 0 })),
    ...weak.map((key) => ({ ...from, key, how: 1 })),
    ...words.flatMap((word) => slipsOf(word).map((key) => ({ ...from, key, how: 2, word }))),
  ];
}

/** `offset 0` keeps the planner from reading the list twice, once for its length. */
const idsOf = (which: SQL, limit: number): SQL =>
  sql`select array(select profile_id from match_key where ${which} limit ${limit}) as ids offset 0`;

/**
 * A registration whose protection has ended counts as well, because its partner had the customer, and so does one
 * that a person has rejected, because the partner may register the deal again.
 */
const countsAsRival = sql`not r.deleted and r.status <> 'withdrawn' and (r.status <> 'rejected' or r.decided_by is not null)`;

const scopeKinds: Readonly<Record<CandidateScope, readonly SubjectKind[]>> = {
  all: ['account', 'registration'],
  competing: ['account', 'registration'],
  queued: ['registration'],
  approved: ['registration'],
  billed: ['billed_customer'],
};

const scopes: Readonly<Record<CandidateScope, SQL>> = {
  all: sql`true`,
  billed: sql`true`,
  competing: sql`case p.subject_kind
    when 1 then exists (select from opportunity o where o.account_id = p.subject_id and not o.deleted)
      or exists (select from lead l where l.account_id = p.subject_id and ${isOpenLead})
      or exists (select from account a where a.id = p.subject_id and (a.customer_since is not null
        or exists (select from source_document d where lower(d.customer_name) = lower(a.name))))
    when 4 then exists (select from lead l where l.id = p.subject_id and ${isOpenLead})
    else exists (select from registration r where r.id = p.subject_id and ${countsAsRival}) end`,
  queued: sql`exists (
    select from registration r where r.id = p.subject_id and r.status = 'in_review' and not r.deleted)`,
  approved: sql`exists (
    select from registration r where r.id = p.subject_id and r.status = 'approved' and not r.deleted)`,
};
