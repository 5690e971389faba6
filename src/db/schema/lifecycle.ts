import type { NoticeFacts } from '#src/domain/notices/notice-facts.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { SeenOpportunity } from '#src/domain/registrations/lifecycle/moves/opportunity-news.ts';
import type { LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { opportunity, partner, registration } from './channel.ts';
import { at, id } from './columns.ts';
import { connection } from './connection.ts';

/**
 * The settings under which registrations were submitted: the version of the programme, with the route of approval
 * and the protection for the deal. Registrations with the same settings share a row.
 */
export const lifecycleProgramme = pgTable(
  'lifecycle_programme',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    /** The version in `program_version` that they come from. */
    version: integer().notNull(),
    /** SHA-256 of `body`. */
    hash: text().notNull(),
    /** It never changes. Calendars are part of it. */
    body: jsonb().$type<LifecycleProgramme>().notNull(),
    /** The first submission under them. */
    publishedAt: at('published_at').notNull(),
  },
  (t) => [uniqueIndex('lifecycle_programme_hash').on(t.hash)],
);

/**
 * People of the channel who are not in `person` because they do not sign in to Fairway: partners, services,
 * sales reps and channel account managers. A row with the e-mail address of a `person` has further
 * details about that person.
 */
export const lifecyclePerson = pgTable(
  'lifecycle_person',
  {
    /** The name by which the programme and events refer to the person: an e-mail address, as in `person`. */
    name: text().primaryKey(),
    role: text()
      .$type<'partner' | 'service' | 'rep' | 'cam' | 'ops' | 'finance' | 'auditor' | 'admin'>()
      .notNull(),
    /** The partner of a person or service. A service without one registers for every partner. */
    partnerId: uuid('partner_id').references(() => partner.id),
    /** The CRM's id of the user, by which owners are found. */
    crmUser: text('crm_user'),
    leftAt: at('left_at'),
    /** Names the person in the audit trail, which has no addresses. */
    id: uuid().notNull().unique().defaultRandom(),
  },
  (t) => [
    index('lifecycle_person_partner').on(t.partnerId),
    index('lifecycle_person_crm_user').on(t.crmUser),
  ],
);

/** A person is away in `[starts_at, ends_at)`, and another decides for them. */
export const lifecycleAbsence = pgTable(
  'lifecycle_absence',
  {
    id: id(),
    name: text().notNull(),
    startsAt: at('starts_at').notNull(),
    endsAt: at('ends_at').notNull(),
    delegate: text().notNull(),
    /** When the people who are asked change next because of it. Null when it is over. */
    nextAt: at('next_at'),
  },
  (t) => [index('lifecycle_absence_name').on(t.name), index('lifecycle_absence_next').on(t.nextAt)],
);

/** Partners that are not active. The others have no row. */
export const lifecyclePartner = pgTable('lifecycle_partner', {
  partnerId: uuid('partner_id')
    .primaryKey()
    .references(() => partner.id),
  status: text().$type<'active' | 'suspended' | 'terminated'>().notNull(),
  /** The e-mail address of the person who entered it in Fairway; null when the CRM says so. */
  setBy: text('set_by'),
});

/** The lifecycle of a registration. `registration.status` follows `state`. */
export const registrationLifecycle = pgTable(
  'registration_lifecycle',
  {
    registrationId: uuid('registration_id')
      .primaryKey()
      .references(() => registration.id),
    partnerId: uuid('partner_id')
      .notNull()
      .references(() => partner.id),
    opportunityId: uuid('opportunity_id').references(() => opportunity.id),
    /** Registrations for one deal have the same value. */
    deal: text().notNull(),
    state: text().$type<LifecycleState>().notNull(),
    version: integer().notNull(),
    /** The settings at the submission. */
    programmeId: bigint('programme_id', { mode: 'number' })
      .notNull()
      .references(() => lifecycleProgramme.id),
    /** The terms of the deal as they were submitted or edited. `registration` has them in columns. */
    terms: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    /** Everything else that the rules use, as `storedBody` writes it. */
    body: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    /** What the registration's record in the CRM should hold, by the names of the lifecycle. */
    crmFields: jsonb('crm_fields').$type<Readonly<Record<string, string | number | null>>>().notNull(),
    /** The same for its opportunity. Null while none is linked. */
    crmOpportunityFields: jsonb('crm_opportunity_fields').$type<Readonly<
      Record<string, string | number | null>
    > | null>(),
    /** Fields of its record in the CRM that get their values from `terms` again. */
    crmPutBack: jsonb('crm_put_back').$type<readonly string[]>().notNull(),
    /** The opportunity as the last step about it saw it in the CRM. Null before the first look. */
    seenOpportunity: jsonb('seen_opportunity').$type<SeenOpportunity | null>(),
    changedAt: at('changed_at').notNull(),
  },
  (t) => [
    index('registration_lifecycle_deal').on(t.deal),
    index('registration_lifecycle_partner').on(t.partnerId),
    index('registration_lifecycle_opportunity').on(t.opportunityId),
    index('registration_lifecycle_waiting')
      .on(t.registrationId)
      .where(sql`${t.state} in ('in_review', 'appealed')`),
  ],
);

/**
 * Decisions that their authors can still undo, with the values that came with them. A worker applies them at
 * `applies_at`, as of the instant at which they were made.
 */
export const deferredDecision = pgTable(
  'deferred_decision',
  {
    registrationId: uuid('registration_id')
      .primaryKey()
      .references(() => registration.id),
    id: uuid().notNull(),
    /** The e-mail address of the person. */
    by: text().notNull(),
    move: text().notNull(),
    given: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    appliesAt: at('applies_at').notNull(),
  },
  (t) => [index('deferred_decision_due').on(t.appliesAt)],
);

/** Timers that have not fired, one of each name for a registration. */
export const lifecycleTimer = pgTable(
  'lifecycle_timer',
  {
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registrationLifecycle.registrationId),
    timer: text().notNull(),
    dueAt: at('due_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.registrationId, t.timer] }),
    index('lifecycle_timer_due').on(t.dueAt, t.registrationId),
  ],
);

/** The registration of each submission key of a sender. */
export const submissionKey = pgTable(
  'submission_key',
  {
    sender: text().notNull(),
    key: text().notNull(),
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registrationLifecycle.registrationId),
  },
  (t) => [primaryKey({ columns: [t.sender, t.key] })],
);

/**
 * Every move of a registration. Rows are only added. They have no values of the deal, because those may be
 * personal data, which can be erased: `registration_event_evidence` has them.
 */
export const registrationEvent = pgTable(
  'registration_event',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registration.id),
    /** The instant of the move; for a timer, the instant at which it was due. */
    at: at('at').notNull(),
    /** A command, such as `approve`, news, such as `opportunity.won`, or a timer, such as `expire`. */
    move: text().notNull(),
    /** Null for news and timers. */
    actor: text(),
    role: text(),
    /** `console`, `api`, `csv`, `webhook` or `crm`; null for news and timers. */
    via: text(),
    reasonCode: text('reason_code'),
    /** Why a command from the CRM was refused. */
    refusal: text(),
    /** What the rules use, without the terms. Null for the first event. */
    before: jsonb().$type<Readonly<Record<string, unknown>> | null>(),
    after: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    /** The names of the terms that it changed. */
    changedTerms: jsonb('changed_terms').$type<readonly string[]>().notNull(),
    programVersion: integer('program_version').notNull(),
    /** The version of the registration after the step. */
    version: integer().notNull(),
  },
  (t) => [
    index('registration_event_registration').on(t.registrationId, t.id),
    // Automatic approvals, of which the newest are counted.
    index('registration_event_automatic')
      .on(t.id)
      .where(sql`${t.after} ->> 'state' = 'approved' and ${t.after} ->> 'lastDecider' is null`),
  ],
);

/** The values that came with a move, and the terms it changed. Erased with the registration. */
export const registrationEventEvidence = pgTable('registration_event_evidence', {
  eventId: bigint('event_id', { mode: 'number' })
    .primaryKey()
    .references(() => registrationEvent.id),
  /** The values of the command or the news. */
  given: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
  termsBefore: jsonb('terms_before').$type<Readonly<Record<string, string>>>().notNull(),
  termsAfter: jsonb('terms_after').$type<Readonly<Record<string, string>>>().notNull(),
});

/** Notices. One without `sent_at` waits until its messages are in the outboxes. */
export const lifecycleNotice = pgTable(
  'lifecycle_notice',
  {
    id: id(),
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registration.id),
    at: at('at').notNull(),
    event: text().notNull(),
    /** The names of people. */
    recipients: jsonb().$type<readonly string[]>().notNull(),
    /** True for a notice to a partner that hides other partners. */
    redacted: boolean().notNull().default(false),
    /** Names and numbers that a redacted notice must not contain. */
    mustNotContain: jsonb('must_not_contain').$type<readonly string[]>().notNull(),
    /** Days until the protection ends, for `about_to_expire`. */
    days: integer(),
    /** The registration as the step left it. Null for a notice from before webhooks and e-mail. */
    facts: jsonb().$type<NoticeFacts | null>(),
    /** When its messages were put into the outboxes of webhooks and e-mail. */
    sentAt: at('sent_at'),
  },
  (t) => [
    index('lifecycle_notice_unsent')
      .on(t.at)
      .where(sql`${t.sentAt} is null`),
    index('lifecycle_notice_registration').on(t.registrationId),
  ],
);

/**
 * Who created the record of a registration in a CRM. A record without a row has not been asked about, or the CRM does not
 * show who it was, so it is not decided.
 */
export const registrationCreator = pgTable(
  'registration_creator',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** The vendor's id of the record. */
    extId: text('ext_id').notNull(),
    /** The e-mail address in lower case. Null when a program created the record. */
    email: text(),
    readAt: at('read_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.extId] })],
);

/**
 * Decisions that people made in a CRM, each once. The row is written before it is handled, and handled in the
 * transaction of the step that it causes, so that a crash decides nothing twice.
 */
export const crmDecision = pgTable(
  'crm_decision',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    /** The name of the decision in the CRM. */
    key: text().notNull(),
    /** The vendor's id of the registration; null when the decision names none. */
    extId: text('ext_id'),
    madeAt: at('made_at').notNull(),
    changedAt: at('changed_at').notNull(),
    decision: text().notNull(),
    reasonCode: text('reason_code'),
    /** Emptied when the decision is handled: the evidence of its event has it. */
    text: text(),
    seenVersion: integer('seen_version'),
    authorEmail: text('author_email'),
    problem: text(),
    handledAt: at('handled_at'),
    /** `accepted`, or the reason of the refusal. */
    outcome: text(),
    /** When the fields of the decision were emptied in the CRM. */
    clearedAt: at('cleared_at'),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.key] }),
    index('crm_decision_waiting')
      .on(t.connectionId)
      .where(sql`${t.handledAt} is null`),
    index('crm_decision_shown')
      .on(t.connectionId)
      .where(sql`${t.handledAt} is not null and ${t.clearedAt} is null`),
    index('crm_decision_changed').on(t.connectionId, t.changedAt),
  ],
);
