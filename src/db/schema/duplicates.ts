import type { MatchVerdict } from '#src/domain/matching/company.ts';
import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { connection } from './connection.ts';

/**
 * A search for duplicates among all accounts of one CRM. `phase` and `afterProfile` are its progress, so that
 * a crash costs one part of it. Pairs and groups hold ids only: the values of an account are read when the
 * report is shown, so that it contains nothing that was erased since.
 */
export const duplicateReport = pgTable(
  'duplicate_report',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** True when pairs that are only related are stored as well. */
    related: boolean().notNull(),
    phase: text().$type<'compare' | 'group' | 'done' | 'failed'>().notNull().default('compare'),
    /** The last `match_profile` that was compared. */
    afterProfile: integer('after_profile').notNull().default(0),
    accounts: integer().notNull().default(0),
    /** The number of compared pairs. */
    compared: integer().notNull().default(0),
    groups: integer().notNull().default(0),
    /** The number of accounts that could be merged away: all in groups, less one for each group. */
    surplus: integer().notNull().default(0),
    modelVersion: text('model_version').notNull(),
    normaliserVersion: text('normaliser_version').notNull(),
    startedBy: uuid('started_by'),
    startedAt: at('started_at').notNull(),
    finishedAt: at('finished_at'),
  },
  (t) => [
    uniqueIndex('duplicate_report_running')
      .on(t.connectionId)
      .where(sql`${t.phase} not in ('done', 'failed')`),
    index('duplicate_report_latest').on(t.connectionId, t.startedAt),
  ],
);

/** Two similar accounts of a report. The left one has the lower id. */
export const duplicatePair = pgTable(
  'duplicate_pair',
  {
    reportId: uuid('report_id')
      .notNull()
      .references(() => duplicateReport.id, { onDelete: 'cascade' }),
    leftId: uuid('left_id').notNull(),
    rightId: uuid('right_id').notNull(),
    verdict: text().$type<MatchVerdict>().notNull(),
    bits: doublePrecision().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.reportId, t.leftId, t.rightId] }),
    index('duplicate_pair_order').on(t.reportId, t.verdict, t.bits),
  ],
);

/**
 * Accounts that are the same customer, each with every other one. The most certain group has the lowest
 * number.
 */
export const duplicateGroup = pgTable(
  'duplicate_group',
  {
    reportId: uuid('report_id')
      .notNull()
      .references(() => duplicateReport.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    accountIds: uuid('account_ids').array().notNull(),
    /** Accounts that are the same customer as some accounts of the group, and not as all of them. */
    nearIds: uuid('near_ids').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.reportId, t.number] })],
);

/**
 * A person's answer that two accounts are two customers. The left one has the lower id. It applies to every
 * later report.
 */
export const duplicateDismissal = pgTable(
  'duplicate_dismissal',
  {
    leftId: uuid('left_id').notNull(),
    rightId: uuid('right_id').notNull(),
    personId: uuid('person_id').notNull(),
    at: at('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.leftId, t.rightId] }), index('duplicate_dismissal_right').on(t.rightId)],
);
