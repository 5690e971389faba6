import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { connection } from './connection.ts';

/**
 * A backfill applies a mapping to the records that were stored before it: it reads a whole object again, maps
 * and compares each record. `phase` and `afterId` are its progress, so that a crash costs one batch. Its
 * writes have its id as their run.
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
    /** The last record that was done. */
    afterId: text('after_id').notNull().default(''),
    /** The results so far, in the form of a dry run's findings. */
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

/**
 * A restore undoes writes: those of a mapping version, or a number of the last ones. Its writes have its id
 * as their run.
 */
export const mappingRestore = pgTable(
  'mapping_restore',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    kind: text().$type<CanonicalKind>().notNull(),
    /** The version whose writes it undoes; null when `count` is set. */
    version: integer(),
    /** The number of last writes that it undoes; null when `version` is set. */
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

/** Changes of the vendor's object that concern a mapping, since the mapping was first compared with it. */
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
     * The object when this version was first compared with it: the description of the fields that the version
     * names, and the names of all others.
     */
    baseline: jsonb().$type<ObjectDescription>().notNull(),
    findings: jsonb().$type<unknown>().notNull().default([]),
    /** A hash of the findings of the last alert, so that the same findings raise no second one. */
    alertHash: text('alert_hash'),
    foundAt: at('found_at'),
    checkedAt: at('checked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.kind] })],
);
