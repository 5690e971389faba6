import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  integer,
  json,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ProgramDraftStatus } from '#src/domain/program/draft-status.ts';
import { at, id } from './columns.ts';

/**
 * A programme that is being written, or waits for approval, or was decided. A draft is edited in place. Nothing
 * of a submitted one changes except the decision about it; triggers enforce this.
 */
export const programDraft = pgTable(
  'program_draft',
  {
    id: id(),
    /** As the author wrote it, with comments. */
    text: text().notNull(),
    /** The complete document; null while the text has problems. json, so that the order of keys stays. */
    document: json().$type<unknown>(),
    /** `programHash` of the document. */
    hash: text(),
    /** The newest version when the draft was begun. */
    basedOn: integer('based_on').notNull(),
    status: text().$type<ProgramDraftStatus>().notNull(),
    /** Increases with every save. */
    revision: integer().notNull().default(1),
    /** Everybody who edited it. None of them may approve it. */
    editors: uuid().array().notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: at('created_at').notNull(),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: at('updated_at').notNull(),
    note: text(),
    /** The first day on which it is in force. Null: from the approval on. */
    effectiveOn: date('effective_on'),
    submittedBy: uuid('submitted_by'),
    submittedAt: at('submitted_at'),
    decidedBy: uuid('decided_by'),
    decidedAt: at('decided_at'),
    decisionReason: text('decision_reason'),
  },
  (t) => [
    uniqueIndex('program_draft_open')
      .on(sql`(true)`)
      .where(sql`${t.status} in ('draft', 'submitted')`),
    check(
      'program_draft_complete',
      sql`${t.status} = 'draft' or (${t.document} is not null and ${t.hash} is not null and ${t.submittedBy} is not null)`,
    ),
  ],
);

/**
 * Automatic approval stopped because too many of the newest automatic approvals were overturned, until an admin
 * switched it on again.
 */
export const automaticStop = pgTable(
  'automatic_stop',
  {
    id: id(),
    stoppedAt: at('stopped_at').notNull(),
    /** The version of the programme whose limit was exceeded. */
    programVersion: integer('program_version').notNull(),
    /** The automatic approvals that were counted, and those that were taken back. */
    decided: integer().notNull(),
    overturned: integer().notNull(),
    resumedAt: at('resumed_at'),
    resumedBy: uuid('resumed_by'),
    /** The newest event when it was switched on again. Only later ones are counted then. */
    countedAfter: bigint('counted_after', { mode: 'number' }),
  },
  (t) => [
    uniqueIndex('automatic_stop_open')
      .on(sql`(true)`)
      .where(sql`${t.resumedAt} is null`),
  ],
);

/** Published versions. Rows are only added, and each except the first was approved by a second person. */
export const programVersion = pgTable('program_version', {
  version: integer().primaryKey(),
  name: text().notNull(),
  /** A programme document, or `programToJson` of a programme from before documents. It never changes. */
  body: jsonb().notNull(),
  hash: text().notNull(),
  publishedAt: at('published_at').notNull(),
  /** When it begins to decide registrations. Null: always, for versions from before this column and the first. */
  effectiveFrom: at('effective_from'),
  /** The day of `effectiveFrom` in the programme's zone; its tiers and rates count from the next first of a month. */
  effectiveOn: date('effective_on'),
  draftId: uuid('draft_id').references(() => programDraft.id),
  approvedBy: uuid('approved_by'),
});
