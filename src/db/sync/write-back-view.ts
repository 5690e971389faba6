import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

/** The CRM record of one of our records: its place, its values and the writes to it. */
export interface WriteBackRow {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly connectionKind: SystemKind;
  readonly settings: RemoteFields;
  readonly object: string;
  readonly extId: string;
  readonly recordId: string;
  /** As pulled, or as written since. */
  readonly current: RemoteFields;
  readonly writtenAt: Date | null;
  /** Oldest first. Superseded writes are left out. */
  readonly intents: readonly WriteBackIntent[];
}

export interface WriteBackIntent {
  readonly fields: RemoteFields;
  readonly status: 'pending' | 'done' | 'dead';
  readonly attempts: number;
  readonly failure: RemoteFailure | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
}

/** The CRM records of these records, by our ids, registrations before opportunities. */
export async function writeBackOf(db: Db, recordIds: readonly string[]): Promise<WriteBackRow[]> {
  if (recordIds.length === 0) return [];
  const rows = await db.execute(sql`
    select c.id as "connectionId", c.name as "connectionName", c.kind as "connectionKind", c.settings,
           l.object, l.ext_id as "extId", l.record_id as "recordId", s.written_at as "writtenAt",
           coalesce(r.fields, '{}'::jsonb)
             || case when r.pulled_at is null or s.written_at > r.pulled_at then coalesce(s.fields, '{}'::jsonb) else '{}'::jsonb end as current,
           coalesce((select jsonb_agg(jsonb_build_object('fields', w.fields, 'status', w.status, 'attempts', w.attempts, 'failure', w.failure,
                                        'createdAt', w.created_at, 'settledAt', w.settled_at) order by w.created_at)
                       from write_intent w
                      where w.connection_id = l.connection_id and w.object = l.object and w.record_id = l.record_id and w.status <> 'superseded'),
                    '[]'::jsonb) as intents
      from link l
      join connection c on c.id = l.connection_id
      left join remote_record r using (connection_id, object, ext_id)
      left join shadow s using (connection_id, object, ext_id)
     where l.record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(recordIds)}::text::jsonb))
       and coalesce(r.deleted, false) = false and l.merged_into is null
     order by l.kind desc, c.name`);
  return rows.map(
    (row) =>
      ({
        ...row,
        writtenAt: row['writtenAt'] === null ? null : new Date(row['writtenAt'] as string),
      }) as WriteBackRow,
  );
}

export interface CrmRecord {
  readonly recordId: string;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly connectionKind: SystemKind;
  readonly settings: RemoteFields;
  readonly object: string;
  readonly extId: string;
}

/** The CRM records of these records, by our ids. */
export async function crmRecordsOf(db: Db, recordIds: readonly string[]): Promise<CrmRecord[]> {
  if (recordIds.length === 0) return [];
  const rows = await db.execute(sql`
    select l.record_id as "recordId", c.id as "connectionId", c.name as "connectionName", c.kind as "connectionKind", c.settings, l.object, l.ext_id as "extId"
      from link l join connection c on c.id = l.connection_id
     where l.record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(recordIds)}::text::jsonb)) and l.merged_into is null
     order by c.name`);
  return rows as unknown as CrmRecord[];
}
