import { sql, type SQL } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { listOf } from './bulk.ts';
import type { Db } from './client.ts';
import { countryNumber, hashOf, kindNumbers, subjectKinds, type Subject, type SubjectKind } from './match-profile-store.ts';

/** One company to be found, and by what. */
export interface CandidateQuery {
  /** The caller's name for it. */
  readonly id: string;
  /** ISO 3166-1 alpha-2: of a weak key that too many companies have, those of this country are looked at, and those of none. */
  readonly country: string | null;
  readonly strong: readonly string[];
  readonly weak: readonly string[];
  /** Words with a letter less: a word of another company that leaves the same is looked up, too. */
  readonly slips: readonly string[];
}

export interface CandidateLimits {
  /** A key that more companies have says nothing, not even where it is all there is to go by: it is left out. */
  readonly perKey: number;
  /** Candidates of one kind for one query: strong keys first, then the rarest, then common ones within the country. */
  readonly rows: number;
}

export interface Candidate extends Subject {
  readonly queryId: string;
  readonly normal: NormalisedCompany;
  /** The keys that found it. */
  readonly foundBy: readonly string[];
}

/** Words that one misspelling may stand for. */
const mostMeanings = 60;

/** What of the candidates matters: every one, or those a claim on this customer is decided by: rival claims, open deals, earlier purchases. */
export type CandidateScope = 'all' | 'competing' | 'queued';

interface FoundRow extends Record<string, unknown> {
  readonly kind: number;
  readonly id: string;
  readonly normal: NormalisedCompany;
  /** By query, the keys that found it. */
  readonly found: Readonly<Record<string, readonly string[]>>;
}

/**
 * Records that share a key with one of these, in a single look-up: each key is read no further than `perKey`, the shortest lists are taken
 * first, and only what is left is fetched. Made of look-ups whatever the planner knows of the tables.
 */
export async function findCandidates(
  tx: Db,
  queries: readonly CandidateQuery[],
  limits: CandidateLimits,
  scope: CandidateScope,
): Promise<readonly Candidate[]> {
  const asked = queries.flatMap(({ id, country, strong, weak, slips }) => {
    const from = { id, country: countryNumber(country) };
    return [
      ...strong.map((key) => ({ ...from, key, how: 0 })),
      ...weak.map((key) => ({ ...from, key, how: 1 })),
      ...slips.map((key) => ({ ...from, key, how: 2 })),
    ];
  });
  if (asked.length === 0) return [];
  const kinds = (scope === 'queued' ? (['registration'] as const) : subjectKinds).map((kind) => kindNumbers[kind]);
  const rows = await tx.execute<FoundRow>(sql`
    with asked as materialized (
      select id, country, label, how, ${hashOf(sql`label`)} as hash from rows from (${listOf('text', asked, ({ id }) => id)},
        ${listOf('smallint', asked, ({ country }) => country)}, ${listOf('text', asked, ({ key }) => key)},
        ${listOf('smallint', asked, ({ how }) => how)}) as x (id, country, label, how)
    ),
    wanted as materialized (
      select id, country, hash as key, min(how) as how, (array_agg(label order by how, label))[1] as label from (
        select id, country, hash, how, label from asked where how < 2
        union all
        select a.id, a.country, s.key, a.how, 'slip:' || a.label from asked a
          cross join lateral (select key from match_slip where slip = a.hash limit ${mostMeanings}) s where a.how = 2
      ) meant group by id, country, hash
    ),
    list as materialized (
      select w.id, w.country, w.label, (w.how > 0)::int as rank, kind, w.key, list.ids, cardinality(list.ids) as length from wanted w
      cross join unnest(array[${sql.join(kinds, sql`, `)}]::smallint[]) kind
      cross join lateral (${idsOf(sql`key = w.key and subject_kind = kind`, limits.rows + 1)}) list
    ),
    posting as (
      select id, label, rank, kind, key, ids, length from list where length <= ${limits.rows}
      union all
      select l.id, l.label || '|' || chr(l.country / 256) || chr(l.country % 256), 2, l.kind, l.key, own.ids, cardinality(own.ids) from list l
      cross join lateral (${idsOf(sql`key = l.key and subject_kind = l.kind and country in (l.country, 0)`, limits.rows + 1)}) own
      where l.length > ${limits.rows} and l.rank > 0 and l.country > 0
      union all
      select l.id, l.label, l.rank * 3, l.kind, l.key, whole.ids, cardinality(whole.ids) from list l
      cross join lateral (${idsOf(sql`key = l.key and subject_kind = l.kind`, limits.perKey + 1)}) whole
      where l.length > ${limits.rows} and not exists (
        select from list o where o.id = l.id and o.kind = l.kind and o.length between 1 and ${limits.rows} and o.rank <= l.rank)
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
  // One object a company, however many queries found it: what is worked out of it is remembered with it.
  return rows.flatMap(({ kind, id, normal, found }) =>
    Object.entries(found).map(([queryId, foundBy]) => ({ queryId, kind: kindOf(kind), id, normal, foundBy })),
  );
}

/** `offset 0`, or the list would be read once for itself and once for its length. */
const idsOf = (which: SQL, limit: number): SQL =>
  sql`select array(select profile_id from match_key where ${which} limit ${limit}) as ids offset 0`;

/** One whose protection has ended counts, too: the partner it was had the customer. */
const heldClaim = sql`not r.deleted and r.status not in ('rejected', 'withdrawn')`;

const scopes: Readonly<Record<CandidateScope, SQL>> = {
  all: sql`true`,
  competing: sql`case p.subject_kind
    when 1 then exists (select from opportunity o where o.account_id = p.subject_id and (o.is_won or not o.is_closed) and not o.deleted)
      or exists (select from account a where a.id = p.subject_id and a.customer_since is not null)
    else exists (select from registration r where r.id = p.subject_id and ${heldClaim}) end`,
  queued: sql`exists (
    select from registration r where r.id = p.subject_id and r.status = 'in_review' and r.decided_by is null and not r.deleted)`,
};

function kindOf(number: number): SubjectKind {
  return number === kindNumbers.account ? 'account' : 'registration';
}
