import type { RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import { sql } from 'drizzle-orm';
import type { CanonicalValue } from '#src/domain/record.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import type { Db } from '#src/db/client.ts';
import { recordName } from '#src/db/records/record-name.ts';

/** A conflict: a field that both the CRM and Fairway changed. */
export interface ConflictRow {
  readonly id: string;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly connectionKind: SystemKind;
  readonly settings: RemoteFields;
  readonly object: string;
  readonly extId: string;
  readonly kind: string;
  readonly recordId: string;
  /** A number or a name; null when our record no longer exists. */
  readonly recordName: string | null;
  readonly field: string;
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  readonly policy: Policy;
  readonly winner: 'crm' | 'fairway' | null;
  readonly mappingVersion: number;
  /** The person who decided; null when the policy decided or the conflict is open. */
  readonly decidedBy: string | null;
  readonly at: Date;
  readonly settledAt: Date | null;
}

export interface ConflictCursor {
  readonly at: string;
  readonly id: string;
}

export interface ConflictQuery {
  readonly status: 'open' | 'settled';
  readonly connectionId: string | null;
  readonly after: ConflictCursor | null;
  readonly limit: number;
}

/** Open conflicts are listed oldest first, so that the oldest is decided first; settled ones newest first. */
export async function listConflicts(db: Db, query: ConflictQuery) {
  const open = query.status === 'open';
  const direction = sql.raw(open ? 'asc' : 'desc');
  const past = sql.raw(open ? '>' : '<');
  const rows = await db.execute(sql`
    select r.id, r.connection_id as "connectionId", c.name as "connectionName", c.kind as "connectionKind", c.settings, r.object,
           r.ext_id as "extId", r.kind, r.record_id as "recordId", ${recordName(sql`r.kind`, sql`r.record_id`)} as "recordName", r.field,
           r.base, r.theirs, r.ours, r.policy, r.winner, r.mapping_version as "mappingVersion", p.name as "decidedBy",
           r.at::text as "cursorAt", r.settled_at as "settledAt"
      from resolution r
      join connection c on c.id = r.connection_id
      left join person p on p.id = r.decided_by
     where (r.winner is null) = ${open}
       and (${query.connectionId}::uuid is null or r.connection_id = ${query.connectionId}::uuid)
       and ${query.after ? sql`(r.at, r.id) ${past} (${query.after.at}::timestamptz, ${query.after.id}::uuid)` : sql`true`}
     order by r.at ${direction}, r.id ${direction}
     limit ${query.limit + 1}`);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page.map(rowOf),
    next:
      rows.length > query.limit && last ? { at: last['cursorAt'] as string, id: last['id'] as string } : null,
  };
}

/** The number of conflicts that a person is to decide. */
export async function countOpenConflicts(db: Db): Promise<number> {
  const [row] = await db.execute(sql`select count(*)::int as count from resolution where winner is null`);
  return (row?.['count'] as number | undefined) ?? 0;
}

/** The fields of one of our records that a person is to decide. */
export async function askedFields(db: Db, recordId: string): Promise<ReadonlySet<string>> {
  const rows = await db.execute(
    sql`select distinct field from resolution where record_id = ${recordId} and winner is null`,
  );
  return new Set(rows.map((row) => row['field'] as string));
}

function rowOf({ cursorAt, settledAt, ...row }: Record<string, unknown>): ConflictRow {
  return {
    ...row,
    at: new Date(cursorAt as string),
    settledAt: settledAt === null ? null : new Date(settledAt as string),
  } as ConflictRow;
}
