import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { connection } from './connection.ts';

/**
 * Carrying a mapping over to the records that were there before it: all of an object is read again, mapped
 * and compared, whether it has changed or not. `phase` and `afterId` say how far it has come, so that a crash
 * costs a batch. Its writes carry its id as their run.
 */
export const mappingBackfill = pgTable(
  'mapping_backfill',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    kind: text().$type<CanonicalKind>().notNull(),
    version: integer().notNull(),
    phase: text().$type<'read' | 'carry' | 'push' | 'done' | 'failed'>().notNull().default('read'),
    /** The last record that was carried over. */
    afterId: text('after_id').notNull().default(''),
    /** What it did so far; the shape of a dry run's findings. */
    report: jsonb().$type<unknown>(),
    startedBy: uuid('started_by'),
    startedAt: at('started_at').notNull(),
    finishedAt: at('finished_at'),
  },
  (t) => [
    uniqueIndex('mapping_backfill_running')
      .on(t.connectionId, t.object, t.kind)
      .where(sql`${t.phase} not in ('done', 'failed')`),
    index('mapping_backfill_latest').on(t.connectionId, t.object, t.kind, t.startedAt),
  ],
);

/** Undoing writes: of a mapping version, or the last so many. Its writes carry its id as their run. */
export const mappingRestore = pgTable(
  'mapping_restore',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    kind: text().$type<CanonicalKind>().notNull(),
    /** Which writes: those of this version … */
    version: integer(),
    /** … or so many of the last. */
    count: integer(),
    phase: text().$type<'plan' | 'push' | 'done' | 'failed'>().notNull().default('plan'),
    report: jsonb().$type<unknown>(),
    startedBy: uuid('started_by'),
    startedAt: at('started_at').notNull(),
    finishedAt: at('finished_at'),
  },
  (t) => [
    uniqueIndex('mapping_restore_running')
      .on(t.connectionId, t.object, t.kind)
      .where(sql`${t.phase} not in ('done', 'failed')`),
  ],
);

/**
 * How the vendor's object has changed since a mapping was first held against it, as far as the mapping is
 * concerned.
 */
export const mappingDrift = pgTable(
  'mapping_drift',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    kind: text().$type<CanonicalKind>().notNull(),
    version: integer().notNull(),
    /**
     * What the object looked like when this version was first held against it: of the fields it names, and
     * the names of all others.
     */
    baseline: jsonb().$type<ObjectDescription>().notNull(),
    findings: jsonb().$type<unknown>().notNull().default([]),
    /** What was last told of it, in short: the same is not told twice. */
    reportedSummary: text('reported_summary'),
    foundAt: at('found_at'),
    checkedAt: at('checked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.kind] })],
);
