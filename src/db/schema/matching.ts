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
 * The normalised company of an account or the customer of a registration, for comparison. It is calculated
 * from the record; a deleted record has none. `id` is an integer because the index holds it once for each
 * key.
 */
export const matchProfile = pgTable(
  'match_profile',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    subjectKind: smallint('subject_kind').notNull(),
    subjectId: uuid('subject_id').notNull().unique(),
    /** `countryNumber` of the country, as in `match_key`. */
    country: smallint().notNull().default(0),
    normal: jsonb().$type<NormalisedCompany>().notNull(),
    /** Hashes of its keys, as in `match_key`. */
    keys: bigint({ mode: 'bigint' }).array().notNull(),
    normaliserVersion: text('normaliser_version').notNull(),
  },
  (t) => [index('match_profile_normaliser').on(t.normaliserVersion)],
);

/**
 * The profiles that have a key. A look-up reads a list up to the longest length worth comparing, so keys need
 * not be counted, and common words cost the same as rare ones. Within a key the profiles of one country
 * (`countryNumber`) are next to each other: when a word is too common, a look-up reads only those of the same
 * country.
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
 * Words of names, whole and with each letter left out once, each with the key of the word. Two spellings of
 * one word share a row.
 */
export const matchSlip = pgTable(
  'match_slip',
  { slip: bigint({ mode: 'bigint' }).notNull(), key: bigint({ mode: 'bigint' }).notNull() },
  (t) => [primaryKey({ columns: [t.slip, t.key] })],
);

/**
 * Records that changed since their profile was calculated: one row for each change, inserted by triggers in
 * the same transaction.
 */
export const matchStale = pgTable('match_stale', {
  id: bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
  subjectKind: smallint('subject_kind').notNull(),
  subjectId: uuid('subject_id').notNull(),
});

/**
 * Every model that was proposed or used for a decision, so that the decision can be repeated after the model
 * has changed.
 */
export const matchModel = pgTable('match_model', {
  /** SHA-256 of the body. */
  hash: text().primaryKey(),
  version: text().notNull(),
  body: jsonb().$type<MatchModel>().notNull(),
  /** When it was first stored. */
  firstUsedAt: at('first_used_at').notNull(),
});

/**
 * Adoptions of models. The one adopted last decides; before the first adoption, the shipped model does. A
 * person cannot adopt a model that they proposed, because it decides every new registration.
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
 * A person's answer, or an open question, whether two companies are the same, with both as they were compared
 * at the time. Alerts are answered where they are shown. A sample of pairs without an alert is put up for
 * review; a row without an answer is an open question.
 */
export const matchLabel = pgTable(
  'match_label',
  {
    id: id(),
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registration.id, { onDelete: 'cascade' }),
    rivalKind: text('rival_kind').$type<'account' | 'opportunity' | 'registration' | 'lead'>().notNull(),
    rivalId: uuid('rival_id').notNull(),
    origin: text().$type<'alert' | 'sample'>().notNull(),
    /** The registration's customer. */
    ours: jsonb().$type<NormalisedCompany>().notNull(),
    theirs: jsonb().$type<NormalisedCompany>().notNull(),
    modelHash: text('model_hash').notNull(),
    bits: doublePrecision().notNull(),
    probability: doublePrecision().notNull(),
    verdict: text().$type<MatchVerdict>().notNull(),
    /** The number of pairs that this one represents: one divided by its probability of being asked. */
    weight: doublePrecision().notNull(),
    /** When the two were compared. The answer counts in the figures of this month. */
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
