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
 * A look through all accounts of one CRM for those that are one customer. `phase` and `afterProfile` say how
 * far it has come, so that a crash costs a part. Its pairs and groups hold ids only: what an account says is
 * read when somebody looks, so that a report repeats nothing that was erased since.
 */
export const duplicateReport = pgTable(
  'duplicate_report',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** Whether pairs that are only related are kept, too. */
    related: boolean().notNull(),
    phase: text().$type<'compare' | 'group' | 'done' | 'failed'>().notNull().default('compare'),
    /** The last `match_profile` that was looked at. */
    afterProfile: integer('after_profile').notNull().default(0),
    accounts: integer().notNull().default(0),
    /** Pairs of accounts that were compared. */
    compared: integer().notNull().default(0),
    groups: integer().notNull().default(0),
    /** Accounts that could go: those in groups, without one of each. */
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

/** Two accounts of a report that are alike. The lower id is the left one. */
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

/** Accounts that are one customer, each with each other; the surest groups first. */
export const duplicateGroup = pgTable(
  'duplicate_group',
  {
    reportId: uuid('report_id')
      .notNull()
      .references(() => duplicateReport.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    accountIds: uuid('account_ids').array().notNull(),
    /** Accounts that are one customer with some of the group, and not with all. */
    nearIds: uuid('near_ids').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.reportId, t.number] })],
);

/**
 * Two accounts of which somebody has said that they are two customers. The lower id is the left one. Outlives
 * every report.
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
