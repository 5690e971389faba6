import type { RemoteFields } from '#connectors/contract/records.ts';
import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { recordName } from '#src/db/records/record-name.ts';

/** Refused writes with the same cause: the same code on the same object. */
export interface DeadLetterGroup {
  readonly object: string;
  readonly code: string;
  readonly class: string;
  /** The vendor's message for the newest one. */
  readonly message: string;
  readonly fix: string;
  readonly count: number;
  readonly oldestAt: Date;
  /** The newest ones, at most `shown`. */
  readonly records: readonly DeadLetter[];
}

export interface DeadLetter {
  readonly kind: string;
  readonly recordId: string;
  /** A number or a name; null when our record no longer exists. */
  readonly name: string | null;
  /** The vendor's id; null for a record that was not created yet. */
  readonly extId: string | null;
  readonly message: string;
  readonly attempts: number;
  readonly fields: RemoteFields;
  readonly mappingVersion: number;
  /** When it was last refused. */
  readonly at: string;
}

/** The groups, largest first. */
export async function deadLetters(db: Db, connectionId: string, shown: number): Promise<DeadLetterGroup[]> {
  const rows = await db.execute(sql`
    with ranked as (
      select w.*, coalesce(w.failure ->> 'code', 'unknown') as code,
             row_number() over (partition by w.object, w.failure ->> 'code' order by w.settled_at desc, w.id) as place
        from write_intent w where w.connection_id = ${connectionId} and w.status = 'dead')
    select r.object, r.code, count(*)::int as count, min(coalesce(r.settled_at, r.created_at)) as "oldestAt",
           min(r.failure ->> 'class') filter (where place = 1) as class, min(r.failure ->> 'message') filter (where place = 1) as message,
           min(r.failure ->> 'fix') filter (where place = 1) as fix,
           jsonb_agg(jsonb_build_object('kind', r.kind, 'recordId', r.record_id, 'name', ${recordName(sql`r.kind`, sql`r.record_id`)},
                       'extId', r.ext_id, 'message', r.failure ->> 'message', 'attempts', r.attempts, 'fields', r.fields,
                       'mappingVersion', r.mapping_version, 'at', coalesce(r.settled_at, r.created_at)) order by place)
             filter (where place <= ${shown}) as records
      from ranked r
     group by r.object, r.code
     order by count desc, r.object, r.code
     limit 100`);
  return rows.map(
    (row) => ({ ...row, oldestAt: new Date(row['oldestAt'] as string) }) as unknown as DeadLetterGroup,
  );
}
