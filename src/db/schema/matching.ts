import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { bigint, index, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/**
 * What an account's company or a registration's customer is compared by. Follows from the record; a deleted record has none. `id` is small
 * because it stands in the index once a key.
 */
export const matchProfile = pgTable(
  'match_profile',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    subjectKind: smallint('subject_kind').notNull(),
    subjectId: uuid('subject_id').notNull().unique(),
    normal: jsonb().$type<NormalisedCompany>().notNull(),
    /** Hashes of its keys, as they stand in `match_key`. */
    keys: bigint({ mode: 'bigint' }).array().notNull(),
    normaliserVersion: text('normaliser_version').notNull(),
  },
  (t) => [index('match_profile_normaliser').on(t.normaliserVersion)],
);

/**
 * Who has a key. A look-up reads no further than the longest list worth comparing, so nobody has to count how often each key occurs, and
 * common words cost no more than rare ones.
 */
export const matchKey = pgTable(
  'match_key',
  {
    key: bigint({ mode: 'bigint' }).notNull(),
    subjectKind: smallint('subject_kind').notNull(),
    profileId: integer('profile_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.subjectKind, t.profileId] })],
);

/** Words of names, whole and with each letter left out once, and the key of the word: two writings of one word meet here. */
export const matchSlip = pgTable(
  'match_slip',
  { slip: bigint({ mode: 'bigint' }).notNull(), key: bigint({ mode: 'bigint' }).notNull() },
  (t) => [primaryKey({ columns: [t.slip, t.key] })],
);

/** Records that changed and whose profile has not followed yet: a line a change, written by triggers in the change's own transaction. */
export const matchStale = pgTable('match_stale', {
  id: bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  subjectKind: smallint('subject_kind').notNull(),
  subjectId: uuid('subject_id').notNull(),
});

/** Every model a decision was made with: what was decided can be worked out again after the model has changed. */
export const matchModel = pgTable('match_model', {
  /** SHA-256 of the body. */
  hash: text().primaryKey(),
  version: text().notNull(),
  body: jsonb().$type<MatchModel>().notNull(),
  firstUsedAt: at('first_used_at').notNull(),
});
