import { asc, desc, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { connection } from '#src/db/schema/connection.ts';

export interface ObjectFreshness {
  readonly object: string;
  readonly records: number;
  /** Records that were read and not yet placed. */
  readonly unmapped: number;
  /** When it was last read to the end; null if it never was. */
  readonly completedAt: Date | null;
  /** True during a read. */
  readonly reading: boolean;
}

/** All columns except the secrets, which no view needs. */
export async function connectionsForView(db: Db) {
  return db
    .select({
      id: connection.id,
      kind: connection.kind,
      name: connection.name,
      settings: connection.settings,
      status: connection.status,
      account: connection.account,
      failure: connection.failure,
      pausedUntil: connection.pausedUntil,
      pauseReason: connection.pauseReason,
      callsUsed: connection.callsUsed,
      callsAllowed: connection.callsAllowed,
      checkedAt: connection.checkedAt,
      installedAt: connection.installedAt,
    })
    .from(connection)
    .orderBy(asc(connection.createdAt), desc(connection.name));
}

/** The objects of each connection, by the connection's id. */
export async function freshnessByConnection(db: Db): Promise<Map<string, ObjectFreshness[]>> {
  const rows = await db.execute(sql`
    select connection_id, object, coalesce(r.records, 0)::int as records, coalesce(r.unmapped, 0)::int as unmapped,
           k.completed_at, k.started_at is not null as reading
      from cursor k
      full join (select connection_id, object, count(*) filter (where not deleted) as records,
                        count(*) filter (where mapped_hash is distinct from hash) as unmapped
                   from remote_record group by connection_id, object) r using (connection_id, object)
     order by object`);
  const byConnection = new Map<string, ObjectFreshness[]>();
  for (const row of rows) {
    const list = byConnection.get(row['connection_id'] as string) ?? [];
    const completedAt = row['completed_at'] as string | null;
    list.push({
      object: row['object'] as string,
      records: row['records'] as number,
      unmapped: row['unmapped'] as number,
      completedAt: completedAt === null ? null : new Date(completedAt),
      reading: row['reading'] === true,
    });
    byConnection.set(row['connection_id'] as string, list);
  }
  return byConnection;
}
