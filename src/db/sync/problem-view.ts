import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import type { ProblemSource } from './problem-store.ts';

/** Problems with the same cause: the same code for the same object of the same connection. */
export interface ProblemGroup {
  readonly source: ProblemSource;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly object: string;
  readonly code: string;
  readonly class: string;
  /** The message of the record seen last. */
  readonly message: string;
  readonly fix: string;
  readonly count: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** The records seen last, at most `shown`. */
  readonly records: readonly {
    readonly ref: string;
    readonly message: string;
    readonly occurrences: number;
    readonly lastSeenAt: string;
  }[];
}

export interface ProblemQuery {
  readonly status: 'open' | 'resolved';
  readonly connectionId: string | null;
  /** The number of records to return of each group. */
  readonly shown: number;
}

/** The groups, largest first. */
export async function groupedProblems(db: Db, query: ProblemQuery): Promise<ProblemGroup[]> {
  const rows = await db.execute(sql`
    with ranked as (
      select p.*, row_number() over (partition by source, connection_id, object, code order by last_seen_at desc, ref) as place
        from problem p
       where status = ${query.status} and (${query.connectionId}::uuid is null or connection_id = ${query.connectionId}::uuid)
    )
    select r.source, r.connection_id as "connectionId", c.name as "connectionName", r.object, r.code,
           min(r.class) filter (where place = 1) as class, min(r.message) filter (where place = 1) as message, min(r.fix) filter (where place = 1) as fix,
           count(*)::int as count, min(r.first_seen_at) as "firstSeenAt", max(r.last_seen_at) as "lastSeenAt",
           jsonb_agg(jsonb_build_object('ref', r.ref, 'message', r.message, 'occurrences', r.occurrences, 'lastSeenAt', r.last_seen_at) order by place)
             filter (where place <= ${query.shown}) as records
      from ranked r join connection c on c.id = r.connection_id
     group by r.source, r.connection_id, c.name, r.object, r.code
     order by count desc, "lastSeenAt" desc
     limit 200`);
  return rows.map(
    (row) =>
      ({
        ...row,
        firstSeenAt: new Date(row['firstSeenAt'] as string),
        lastSeenAt: new Date(row['lastSeenAt'] as string),
      }) as unknown as ProblemGroup,
  );
}
