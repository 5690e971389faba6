import { sql, type SQL } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { slipsOf } from '#src/domain/matching/search-keys.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import {
  countryNumber,
  hashOf,
  kindNumbers,
  subjectKinds,
  type Subject,
  type SubjectKind,
} from './match-profile-store.ts';

/** One company to be found, and by what. */
export interface CandidateQuery {
  /** The caller's name for it. */
  readonly id: string;
  /**
   * ISO 3166-1 alpha-2: of a weak key that too many companies have, those of this country are looked at, and
   * those of none.
   */
  readonly country: string | null;
  readonly strong: readonly string[];
  readonly weak: readonly string[];
  /**
   * Those that somebody may have written with a slip of the hand: a word of another company that leaves the
   * same with a letter less is looked up, too.
   */
  readonly words: readonly string[];
}

export interface CandidateLimits {
  /**
   * A key that more companies have says nothing, not even where it is all there is to go by: it is left out.
   */
  readonly perKey: number;
  /** Candidates of one kind for one query: see `ranks`. */
  readonly rows: number;
}

export interface Candidate extends Subject {
  readonly queryId: string;
  readonly normal: NormalisedCompany;
  /** The keys that found it. */
  readonly foundBy: readonly string[];
}

/** In which order lists are taken, the shorter of one kind first. */
const ranks = {
  strong: 0,
  /**
   * A weak key. A word one slip away only where it is the more usual one: who writes “tiarnui” means
   * “tianrui”, who writes “china” not “chia”.
   */
  rare: 1,
  /** A common key within the country. */
  narrowed: 2,
  unlikely: 3,
  /** Where there is nothing else to go by. */
  common: 4,
} as const;

/** A word this rare may itself be the slip. */
const fewEnough = 10;

/** Words that one misspelling may stand for. */
const mostMeanings = 60;

/**
 * What of the candidates matters: every one, or those a claim on this customer is decided by: rival claims,
 * open deals, earlier purchases.
 */
export type CandidateScope = 'all' | 'competing' | 'queued';

interface FoundRow extends Record<string, unknown> {
  readonly kind: number;
  readonly id: string;
  readonly normal: NormalisedCompany;
  /** By query, the keys that found it. */
  readonly found: Readonly<Record<string, readonly string[]>>;
}

/**
 * Records that share a key with one of these, in a single look-up: each key is read no further than `perKey`,
 * the shortest lists are taken first, and only what is left is fetched. Made of look-ups whatever the planner
 * knows of the tables.
 */
export async function findCandidates(
  tx: Db,
  queries: readonly CandidateQuery[],
  limits: CandidateLimits,
  scope: CandidateScope,
): Promise<readonly Candidate[]> {
  const asked = queries.flatMap(askedOf);
  if (asked.length === 0) return [];
  const kinds = (scope === 'queued' ? (['registration'] as const) : subjectKinds).map(
    (kind) => kindNumbers[kind],
  );
  const rows = await tx.execute<FoundRow>(sql`
    with asked as materialized (
      select id, country, label, how, ${hashOf(sql`label`)} as hash, ${hashOf(sql`'tok:' || word`)} as own from rows from (
        ${listOf('text', asked, ({ id }) => id)}, ${listOf('smallint', asked, ({ country }) => country)},
        ${listOf('text', asked, ({ key }) => key)}, ${listOf('smallint', asked, ({ how }) => how)},
        ${listOf('text', asked, ({ word }) => word)}) as x (id, country, label, how, word)
    ),
    wanted as materialized (
      select id, country, hash as key, min(how) as how, (array_agg(label order by how, label))[1] as label, min(own) as own from (
        select id, country, hash, how, label, own from asked where how < 2
        union all
        select a.id, a.country, s.key, a.how, 'slip:' || a.label, a.own from asked a
          cross join lateral (select key from match_slip where slip = a.hash limit ${mostMeanings}) s where a.how = 2
      ) meant group by id, country, hash
    ),
    list as materialized (
      select w.*, kind, front.ids, cardinality(front.ids) as length from wanted w
      cross join unnest(array[${sql.join(kinds, sql`, `)}]::smallint[]) kind
      cross join lateral (${idsOf(sql`key = w.key and subject_kind = kind`, limits.rows + 1)}) front
    ),
    posting as (
      select l.id, l.label, case
          when l.how = 0 then ${ranks.strong}
          when l.how = 1 or l.length <= ${fewEnough} or l.length >= coalesce(o.length, 0) then ${ranks.rare}
          else ${ranks.unlikely} end as rank, l.kind, l.key, l.ids, l.length
      from list l left join list o on l.how = 2 and o.id = l.id and o.kind = l.kind and o.key = l.own
      where l.length between 1 and ${limits.rows}
      union all
      select l.id, l.label || '|' || chr(l.country / 256) || chr(l.country % 256), ${ranks.narrowed}, l.kind, l.key, own.ids, cardinality(own.ids)
      from list l
      cross join lateral (${idsOf(sql`key = l.key and subject_kind = l.kind and country in (l.country, 0)`, limits.rows + 1)}) own
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
  // One object a company, however many queries found it: what is worked out of it is remembered with it.
  return rows.flatMap(({ kind, id, normal, found }) =>
    Object.entries(found).map(([queryId, foundBy]) => ({ queryId, kind: kindOf(kind), id, normal, foundBy })),
  );
}

/** `how`: 0 for a strong key, 1 for a weak one, 2 for a word with a letter less. */
function askedOf({ id, country, strong, weak, words }: CandidateQuery) {
  const from = { id, country: countryNumber(country), word: null };
  return [
    ...strong.map((key) => ({ ...from, key, how: 0 })),
    ...weak.map((key) => ({ ...from, key, how: 1 })),
    ...words.flatMap((word) => slipsOf(word).map((key) => ({ ...from, key, how: 2, word }))),
  ];
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
      or exists (select from account a where a.id = p.subject_id and (a.customer_since is not null
        or exists (select from source_document d where lower(d.customer_name) = lower(a.name))))
    else exists (select from registration r where r.id = p.subject_id and ${heldClaim}) end`,
  queued: sql`exists (
    select from registration r where r.id = p.subject_id and r.status = 'in_review' and r.decided_by is null and not r.deleted)`,
};

function kindOf(number: number): SubjectKind {
  return number === kindNumbers.account ? 'account' : 'registration';
}
