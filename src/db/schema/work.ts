import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { connection } from './connection.ts';
import { at, id } from './columns.ts';

/** One run of the main job. A stage is over when all its jobs are. At most one run is active. */
export const run = pgTable(
  'run',
  {
    id: id(),
    trigger: text().$type<'start' | 'person' | 'schedule'>().notNull(),
    stage: text().notNull(),
    status: text().$type<'running' | 'done' | 'failed'>().notNull().default('running'),
    startedAt: at('started_at').notNull(),
    finishedAt: at('finished_at'),
    /** json, not jsonb: people read it, in the order in which it was written. */
    summary: json().$type<Readonly<Record<string, unknown>>>(),
    error: text(),
  },
  (t) => [
    uniqueIndex('run_one_at_a_time')
      .on(t.status)
      .where(sql`${t.status} = 'running'`),
  ],
);

/**
 * The outbox, and the authoritative list of work. A job is inserted in the transaction that makes it
 * necessary; a relay puts it on the queue with `jobId = id`, and a sweeper finds jobs that the queue lost.
 */
export const job = pgTable(
  'job',
  {
    id: id(),
    runId: uuid('run_id').references(() => run.id, { onDelete: 'cascade' }),
    stage: text(),
    name: text().notNull(),
    /**
     * At most one open job has the key; a second one is not inserted. Null for jobs that may be open several
     * times.
     */
    key: text(),
    payload: jsonb().notNull(),
    status: text().$type<'waiting' | 'queued' | 'done' | 'failed'>().notNull().default('waiting'),
    attempts: integer().notNull().default(0),
    error: text(),
    progress: jsonb().$type<{
      readonly label: string;
      readonly done: number;
      readonly total: number | null;
    }>(),
    createdAt: at('created_at').notNull(),
    queuedAt: at('queued_at'),
    heartbeatAt: at('heartbeat_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    index('job_open')
      .on(t.createdAt)
      .where(sql`${t.status} in ('waiting', 'queued')`),
    index('job_run').on(t.runId, t.stage),
    uniqueIndex('job_once')
      .on(t.key)
      .where(sql`${t.status} in ('waiting', 'queued')`),
    index('job_failed')
      .on(t.key)
      .where(sql`${t.status} = 'failed'`),
  ],
);

/**
 * A change that Fairway wants to write to a CRM record. A record has at most one open intent: a newer one
 * replaces it, and reopens it if it is a dead letter.
 */
export const writeIntent = pgTable(
  'write_intent',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    kind: text().notNull(),
    recordId: uuid('record_id').notNull(),
    operation: text().$type<'update' | 'upsert'>().notNull(),
    extId: text('ext_id'),
    keyField: text('key_field'),
    keyValue: text('key_value'),
    fields: jsonb().$type<RemoteFields>().notNull(),
    /**
     * The values of these fields in the CRM when the write was planned. If they have changed since, it is
     * planned again.
     */
    base: jsonb().$type<RemoteFields>().notNull().default({}),
    /** For a registration: a digest of what its record shows of the rules from this write on. */
    evidence: text(),
    /** The record that the vendor locks during this write. Writes are sent in its order. */
    parent: text(),
    /**
     * True for a person's decision: it is sent first, from the part of the call budget that is reserved for
     * people.
     */
    urgent: boolean().notNull().default(false),
    mappingVersion: integer('mapping_version').notNull().default(1),
    status: text().$type<'pending' | 'done' | 'dead' | 'superseded'>().notNull().default('pending'),
    attempts: integer().notNull().default(0),
    failure: jsonb().$type<RemoteFailure>(),
    runId: uuid('run_id'),
    createdAt: at('created_at').notNull(),
    settledAt: at('settled_at'),
  },
  (t) => [
    uniqueIndex('write_intent_open')
      .on(t.connectionId, t.object, t.recordId)
      .where(sql`${t.status} in ('pending', 'dead')`),
    index('write_intent_record').on(t.recordId, t.createdAt),
    index('write_intent_run').on(t.runId),
    // Undoing a mapping version reads its writes record by record, in parts.
    index('write_intent_landed')
      .on(t.connectionId, t.object, t.mappingVersion, t.recordId)
      .where(sql`${t.status} = 'done'`),
  ],
);

/**
 * A bulk job at the vendor, from before its rows are sent until all its results are stored. When its worker
 * dies, the next writer reads its results before it writes to the same records, so that an older value does
 * not arrive after a newer one.
 */
export const bulkJob = pgTable(
  'bulk_job',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** The vendor's id of the job. */
    ticket: text().notNull(),
    object: text().notNull(),
    operation: text().$type<'update' | 'upsert'>().notNull(),
    keyField: text('key_field'),
    /**
     * The intents of its rows. An intent that was replaced has another id now; the next read of the record
     * shows what the job wrote.
     */
    intentIds: uuid('intent_ids').array().notNull(),
    /** Our ids of the records that it writes. */
    recordIds: uuid('record_ids').array().notNull(),
    /** Our clock just before it was sent. */
    sentAt: at('sent_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.ticket] })],
);

/**
 * A record that could not be read, placed or written, with the reason and the fix. Open until it succeeds.
 */
export const problem = pgTable(
  'problem',
  {
    id: id(),
    source: text().$type<'pull' | 'map' | 'plan' | 'write' | 'connection'>().notNull(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    /** The record: a vendor's id, a file and line, or our number. */
    ref: text().notNull(),
    code: text().notNull(),
    class: text().notNull(),
    message: text().notNull(),
    fix: text().notNull(),
    status: text().$type<'open' | 'resolved'>().notNull().default('open'),
    occurrences: integer().notNull().default(1),
    firstSeenAt: at('first_seen_at').notNull(),
    lastSeenAt: at('last_seen_at').notNull(),
    resolvedAt: at('resolved_at'),
  },
  (t) => [
    uniqueIndex('problem_once').on(t.source, t.connectionId, t.object, t.ref, t.code),
    index('problem_open')
      .on(t.lastSeenAt)
      .where(sql`${t.status} = 'open'`),
  ],
);

/** The counts of a run for each connection: calls, records read, records written. */
export const runTally = pgTable(
  'run_tally',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** `calls`, `pulled:account`, `written:registration` … */
    measure: text().notNull(),
    count: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.runId, t.connectionId, t.measure] })],
);
