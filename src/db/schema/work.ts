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

/** One pass of the main job: a stage is over when all its jobs are. At most one runs at a time. */
export const run = pgTable(
  'run',
  {
    id: id(),
    trigger: text().$type<'start' | 'person' | 'schedule'>().notNull(),
    stage: text().notNull(),
    status: text().$type<'running' | 'done' | 'failed'>().notNull().default('running'),
    startedAt: at('started_at').notNull(),
    finishedAt: at('finished_at'),
    /** json, not jsonb: it is read by people, in the order it was written. */
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
 * The outbox, and the truth about work: a job is put here in the transaction that makes it necessary, a relay
 * puts it on the queue with `jobId = id`, a sweeper finds what the queue lost.
 */
export const job = pgTable(
  'job',
  {
    id: id(),
    runId: uuid('run_id').references(() => run.id, { onDelete: 'cascade' }),
    stage: text(),
    name: text().notNull(),
    /** At most one open job has it; a second is not put out. Null for jobs of which there may be many. */
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
 * What we want a record to say in the CRM. One open intent a record: a newer one replaces it, a dead one is
 * revived by it.
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
    /** What stood in these fields when this was planned; the write is planned anew when it no longer does. */
    base: jsonb().$type<RemoteFields>().notNull().default({}),
    /** The record whose lock the vendor takes to write this one; writes go out in its order. */
    parent: text(),
    /** A person has decided it: sent first, from the part of the budget kept for that. */
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
    // What a mapping version wrote, a record after another: undoing it goes through them in parts.
    index('write_intent_landed')
      .on(t.connectionId, t.object, t.mappingVersion, t.recordId)
      .where(sql`${t.status} = 'done'`),
  ],
);

/**
 * A job the vendor works on by itself, from before it gets its rows until what became of all of them is kept.
 * Whoever finds one that nobody waits for takes it up before anything is written to its records: an older
 * value would land after a newer one.
 */
export const bulkJob = pgTable(
  'bulk_job',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** The vendor's name of it. */
    ticket: text().notNull(),
    object: text().notNull(),
    operation: text().$type<'update' | 'upsert'>().notNull(),
    keyField: text('key_field'),
    /**
     * The intents its rows came from: one that has another id by now was replaced, and what the job made of
     * it shows when it is read.
     */
    intentIds: uuid('intent_ids').array().notNull(),
    /** Our ids of the records they write. */
    recordIds: uuid('record_ids').array().notNull(),
    /** Our clock just before. */
    sentAt: at('sent_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.ticket] })],
);

/**
 * A record that could not be read, placed or written, with the reason and the fix. Open until it goes
 * through.
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
    /** The record: a vendor id, a file and line, our number. */
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

/** What a run read and called, per connection. */
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
