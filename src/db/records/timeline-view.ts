import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import { type SQL, sql } from 'drizzle-orm';
import type { CanonicalValue } from '#src/domain/record.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import type { Db } from '#src/db/client.ts';

/** One event in the history of one of our records, in a CRM or in Fairway. */
export type TimelineEntry = TimelinePlace &
  (RemoteChange | SettledConflict | SentWrite | RecordProblem | AuditedAction);

interface TimelinePlace {
  /** Unique in the record's timeline. */
  readonly id: string;
  readonly at: Date;
  /** Null for an event in Fairway. */
  readonly connection: { readonly id: string; readonly name: string; readonly system: SystemKind } | null;
  /** The vendor's record; null for an event in Fairway and for a record that was not created yet. */
  readonly object: string | null;
  readonly extId: string | null;
}

/** A change in the CRM. */
interface RemoteChange {
  readonly type: 'came';
  readonly what: 'changed' | 'deleted' | 'restored' | 'merged' | 'erased';
  readonly via: 'read' | 'hint' | 'scan' | 'write';
  /** The vendor's field → the values before and after. */
  readonly changes: Readonly<Record<string, readonly [JsonValue, JsonValue]>>;
  /** True when the change is only what Fairway itself wrote. */
  readonly ours: boolean;
  /** The vendor's stamp. */
  readonly modifiedAt: string;
}

/** A conflict: both sides changed a field, and one of them won or a person is to decide. */
interface SettledConflict {
  readonly type: 'resolved';
  readonly field: string;
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  readonly policy: Policy;
  readonly winner: 'crm' | 'fairway' | null;
  readonly mappingVersion: number;
  readonly decidedBy: string | null;
  readonly settledAt: string | null;
}

/** A write: pending, accepted, refused or no longer needed. */
interface SentWrite {
  readonly type: 'sent';
  readonly status: 'pending' | 'done' | 'dead' | 'superseded';
  readonly operation: 'update' | 'upsert';
  readonly fields: RemoteFields;
  readonly mappingVersion: number;
  readonly attempts: number;
  readonly failure: RemoteFailure | null;
  readonly createdAt: string;
}

/** A problem: the record could not be read, placed or planned. */
interface RecordProblem {
  readonly type: 'problem';
  readonly source: 'pull' | 'map' | 'plan' | 'write' | 'connection';
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly status: 'open' | 'resolved';
  readonly occurrences: number;
}

/** An action of a person or of Fairway. */
interface AuditedAction {
  readonly type: 'act';
  readonly action: string;
  readonly actor: string | null;
  readonly reason: string | null;
  /** The values in the audit trail, by our field names. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The end of a page: the instant as PostgreSQL wrote it, so that no precision is lost, and the entry's id.
 */
export interface TimelineCursor {
  readonly at: string;
  readonly id: string;
}

export interface TimelineQuery {
  readonly recordId: string;
  readonly after: TimelineCursor | null;
  readonly limit: number;
}

export interface TimelinePage {
  readonly entries: readonly TimelineEntry[];
  readonly next: TimelineCursor | null;
}

/** The history, newest first. It includes the history of records that were merged into this one. */
export async function timelineOf(db: Db, { recordId, after, limit }: TimelineQuery): Promise<TimelinePage> {
  const rows = await db.execute(sql`
    with places as (select connection_id, object, ext_id from link where record_id = ${recordId}),
         entries as (${sql.join([remoteChanges(recordId), conflicts(recordId), writes(recordId), problems(recordId), actions(recordId)], sql` union all `)})
    select e.type, e.id, e.at::text as cursor_at, e.object, e.ext_id, e.body,
           c.id as connection_id, c.name as connection_name, c.kind as system
      from entries e left join connection c on c.id = e.connection_id
     where ${after ? sql`(e.at, e.id) < (${after.at}::timestamptz, ${after.id})` : sql`true`}
     order by e.at desc, e.id desc
     limit ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next =
    rows.length > limit && last ? { at: last['cursor_at'] as string, id: last['id'] as string } : null;
  return { entries: page.map(entryOf), next };
}

/** Vendors write UTC in several ways. */
function comparable(value: SQL): SQL {
  return sql`regexp_replace(coalesce(${value}, ''), '[+]00:?00$', 'Z')`;
}

/**
 * A read also returns our own writes. They are marked with `ours`, because they hide the changes of people.
 */
function remoteChanges(recordId: string): SQL {
  return sql`
    select 'came' as type, 'c' || r.id as id, r.at, r.connection_id, r.object, r.ext_id,
           jsonb_build_object('what', r.what, 'via', r.via, 'changes', r.changes, 'modifiedAt', r.modified_at,
             'ours', r.what = 'changed' and not exists (
               select 1 from jsonb_each(r.changes) c where not exists (
                 select 1 from write_intent w
                  where w.record_id = ${recordId} and (w.connection_id, w.object) = (r.connection_id, r.object) and w.status = 'done'
                    and w.settled_at <= r.at and w.fields ? c.key
                    and ${comparable(sql`w.fields ->> c.key`)} = ${comparable(sql`c.value ->> 1`)}))) as body
      from remote_change r join places using (connection_id, object, ext_id)`;
}

function conflicts(recordId: string): SQL {
  return sql`
    select 'resolved', 'r' || r.id, r.at, r.connection_id, r.object, r.ext_id,
           jsonb_build_object('field', r.field, 'base', r.base, 'theirs', r.theirs, 'ours', r.ours, 'policy', r.policy, 'winner', r.winner,
             'mappingVersion', r.mapping_version, 'decidedBy', p.name, 'settledAt', r.settled_at)
      from resolution r left join person p on p.id = r.decided_by
     where r.record_id = ${recordId}`;
}

function writes(recordId: string): SQL {
  return sql`
    select 'sent', 'w' || w.id, coalesce(w.settled_at, w.created_at), w.connection_id, w.object, w.ext_id,
           jsonb_build_object('status', w.status, 'operation', w.operation, 'fields', w.fields, 'mappingVersion', w.mapping_version,
             'attempts', w.attempts, 'failure', w.failure, 'createdAt', w.created_at)
      from write_intent w where w.record_id = ${recordId}`;
}

/** Problems of writes are left out, because the refused write itself is an entry. */
function problems(recordId: string): SQL {
  return sql`
    select 'problem', 'p' || p.id, p.last_seen_at, p.connection_id, p.object, o.ext_id,
           jsonb_build_object('source', p.source, 'code', p.code, 'message', p.message, 'fix', p.fix, 'status', p.status,
             'occurrences', p.occurrences)
      from problem p
      left join places o on o.connection_id = p.connection_id and o.object = p.object and o.ext_id = p.ref
     where p.source in ('pull', 'map', 'plan') and (o.ext_id is not null or p.ref = ${recordId})`;
}

function actions(recordId: string): SQL {
  return sql`
    select 'act', 'a' || a.id, a.at, null::uuid, null::text, null::text,
           jsonb_build_object('action', a.action, 'actor', p.name, 'reason', a.reason, 'before', a.before, 'after', a.after)
      from audit_event a left join person p on p.id = a.actor_id
     where a.subject_id = ${recordId}`;
}

function entryOf(row: Record<string, unknown>): TimelineEntry {
  const connection =
    row['connection_id'] === null
      ? null
      : { id: row['connection_id'], name: row['connection_name'], system: row['system'] };
  return {
    type: row['type'],
    id: row['id'],
    at: new Date(row['cursor_at'] as string),
    connection,
    object: row['object'],
    extId: row['ext_id'],
    ...(row['body'] as object),
  } as TimelineEntry;
}
