import type { MatchVerdict, NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchAnswer } from '#src/domain/matching/learning/match-quality.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { registration } from './channel.ts';
import { at, id } from './columns.ts';
import { person } from './people.ts';

/**
 * What an account's company or a registration's customer is compared by. Follows from the record; a deleted
 * record has none. `id` is small because it stands in the index once a key.
 */
export const matchProfile = pgTable(
  'match_profile',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    subjectKind: smallint('subject_kind').notNull(),
    subjectId: uuid('subject_id').notNull().unique(),
    /** As it stands in `match_key`. */
    country: smallint().notNull().default(0),
    normal: jsonb().$type<NormalisedCompany>().notNull(),
    /** Hashes of its keys, as they stand in `match_key`. */
    keys: bigint({ mode: 'bigint' }).array().notNull(),
    normaliserVersion: text('normaliser_version').notNull(),
  },
  (t) => [index('match_profile_normaliser').on(t.normaliserVersion)],
);

/**
 * Who has a key. A look-up reads no further than the longest list worth comparing, so nobody has to count how
 * often each key occurs, and common words cost no more than rare ones. Within a key companies of one country
 * (`countryNumber`) stand together: of a word that too many have a look-up reads those of its own.
 */
export const matchKey = pgTable(
  'match_key',
  {
    key: bigint({ mode: 'bigint' }).notNull(),
    subjectKind: smallint('subject_kind').notNull(),
    country: smallint().notNull().default(0),
    profileId: integer('profile_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.subjectKind, t.country, t.profileId] })],
);

/**
 * Words of names, whole and with each letter left out once, and the key of the word: two writings of one word
 * meet here.
 */
export const matchSlip = pgTable(
  'match_slip',
  { slip: bigint({ mode: 'bigint' }).notNull(), key: bigint({ mode: 'bigint' }).notNull() },
  (t) => [primaryKey({ columns: [t.slip, t.key] })],
);

/**
 * Records that changed and whose profile has not followed yet: a line a change, written by triggers in the
 * change's own transaction.
 */
export const matchStale = pgTable('match_stale', {
  id: bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  subjectKind: smallint('subject_kind').notNull(),
  subjectId: uuid('subject_id').notNull(),
});

/**
 * Every model a decision was made with, or that was proposed: what was decided can be worked out again after
 * the model has changed.
 */
export const matchModel = pgTable('match_model', {
  /** SHA-256 of the body. */
  hash: text().primaryKey(),
  version: text().notNull(),
  body: jsonb().$type<MatchModel>().notNull(),
  /** When it was first kept here. */
  firstUsedAt: at('first_used_at').notNull(),
});

/**
 * Which model decides: the one adopted last, and the delivered one while there is none. Who has proposed a
 * model never adopts it, because it answers every registration that comes.
 */
export const matchAdoption = pgTable(
  'match_adoption',
  {
    id: id(),
    modelHash: text('model_hash')
      .notNull()
      .references(() => matchModel.hash),
    proposedBy: uuid('proposed_by')
      .notNull()
      .references(() => person.id),
    proposedAt: at('proposed_at').notNull(),
    adoptedBy: uuid('adopted_by').references(() => person.id),
    adoptedAt: at('adopted_at'),
  },
  (t) => [
    check('match_adoption_two_people', sql`${t.adoptedBy} <> ${t.proposedBy}`),
    check('match_adoption_complete', sql`num_nulls(${t.adoptedBy}, ${t.adoptedAt}) in (0, 2)`),
  ],
);

/**
 * Two companies that somebody said something about, or is asked about, as they were compared at the time.
 * Alerts are answered where they are shown; a sample of what raised none is put up for review, and until
 * somebody answers the row is a question.
 */
export const matchLabel = pgTable(
  'match_label',
  {
    id: id(),
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registration.id, { onDelete: 'cascade' }),
    rivalKind: text('rival_kind').$type<'account' | 'opportunity' | 'registration'>().notNull(),
    rivalId: uuid('rival_id').notNull(),
    origin: text().$type<'alert' | 'sample'>().notNull(),
    /** The registration's customer. */
    ours: jsonb().$type<NormalisedCompany>().notNull(),
    theirs: jsonb().$type<NormalisedCompany>().notNull(),
    modelHash: text('model_hash').notNull(),
    bits: doublePrecision().notNull(),
    probability: doublePrecision().notNull(),
    verdict: text().$type<MatchVerdict>().notNull(),
    /** How many like it this one stands for: one over the chance it had of being asked. */
    weight: doublePrecision().notNull(),
    /** When the two were compared: the month whose figures it counts in. */
    comparedAt: at('compared_at').notNull(),
    answer: text().$type<MatchAnswer>(),
    answeredBy: uuid('answered_by').references(() => person.id),
    answeredAt: at('answered_at'),
  },
  (t) => [
    uniqueIndex('match_label_pair').on(t.registrationId, t.rivalId),
    index('match_label_rival').on(t.rivalId),
    index('match_label_month').on(t.comparedAt),
    index('match_label_question')
      .on(t.id)
      .where(sql`${t.answer} is null`),
    check(
      'match_label_answer_complete',
      sql`num_nulls(${t.answer}, ${t.answeredBy}, ${t.answeredAt}) in (0, 3)`,
    ),
    check('match_label_weight_at_least_one', sql`${t.weight} >= 1`),
  ],
);
