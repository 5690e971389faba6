import {
  bigint,
  bigserial,
  boolean,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';

export const roles = ['admin', 'ops', 'finance', 'viewer'] as const;
export type Role = (typeof roles)[number];

export const person = pgTable('person', {
  id: id(),
  email: text().notNull().unique(),
  name: text().notNull(),
  role: text().$type<Role>().notNull(),
  createdAt: at('created_at').notNull(),
  /** The second person of the sandbox. It ends when a CRM or ERP of the customer is connected. */
  isDemo: boolean('is_demo').notNull().default(false),
  /** The first sign-in. Until then the person is only invited. */
  joinedAt: at('joined_at'),
  /** The person approves nothing before this instant, in any role. */
  approvesFrom: at('approves_from').notNull().defaultNow(),
  /** The person who gave the current role; null for the command line. */
  roleGrantedBy: uuid('role_granted_by'),
  /** The second admin who confirmed the person in the current role. */
  confirmedBy: uuid('confirmed_by'),
  confirmedAt: at('confirmed_at'),
  disabledAt: at('disabled_at'),
});

/**
 * `personId` could be a second identity of `tiedTo`, who invited the person, was shown the sign-in link or let
 * the person in again. The two are never two pairs of eyes: `approval_blocker` follows the ties in both
 * directions. Rows are only added.
 */
export const personTie = pgTable(
  'person_tie',
  {
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id),
    tiedTo: uuid('tied_to')
      .notNull()
      .references(() => person.id),
    reason: text().$type<'invited' | 'was_shown_the_link' | 'let_in_again'>().notNull(),
    at: at('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.tiedTo] })],
);

/** A sign-in link, which works once. Only the hash of its token is stored. */
export const loginLink = pgTable(
  'login_link',
  {
    tokenHash: text('token_hash').primaryKey(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (t) => [index('login_link_person').on(t.personId)],
);

export const session = pgTable(
  'session',
  {
    tokenHash: text('token_hash').primaryKey(),
    /** Names the session to the person, who may end it. */
    id: uuid().notNull().unique().defaultRandom(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    seenAt: at('seen_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    /** The passkey that opened it; null when a link did. */
    passkeyId: uuid('passkey_id').references((): AnyPgColumn => passkey.id, { onDelete: 'cascade' }),
    /** When the link that opened it was made. */
    linkMadeAt: at('link_made_at'),
    /** The one action that the passkey confirmed, as method and path, and when. It is used up by that action. */
    confirmedAction: text('confirmed_action'),
    confirmedActionAt: at('confirmed_action_at'),
    /** The browser, as it names itself. */
    userAgent: text('user_agent'),
  },
  (t) => [index('session_person').on(t.personId)],
);

/** A passkey (WebAuthn credential) of a person. */
export const passkey = pgTable(
  'passkey',
  {
    id: id(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    /** base64url, as the browser sends it. */
    credentialId: text('credential_id').notNull().unique(),
    /** COSE key in base64url. */
    publicKey: text('public_key').notNull(),
    /** The use counter of the authenticator; many always say 0. */
    counter: bigint({ mode: 'number' }).notNull(),
    transports: text().array().notNull(),
    name: text().notNull(),
    createdAt: at('created_at').notNull(),
    lastUsedAt: at('last_used_at'),
    /** The passkey confirms no approval before this instant. */
    approvesFrom: at('approves_from').notNull(),
  },
  (t) => [index('passkey_person').on(t.personId)],
);

/** Challenges of passkeys that were answered, so that each is answered once. A row stays until its challenge expires. */
export const usedChallenge = pgTable('used_challenge', {
  hash: text().primaryKey(),
  expiresAt: at('expires_at').notNull(),
});

/**
 * Somebody asks at the sign-in page to be let in again as this person. The browser that asked has the token; an
 * admin confirms with the code that the person reads out.
 */
export const recoveryRequest = pgTable(
  'recovery_request',
  {
    id: id(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull().unique(),
    code: text().notNull(),
    askedAt: at('asked_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    confirmedBy: uuid('confirmed_by'),
    confirmedAt: at('confirmed_at'),
  },
  (t) => [index('recovery_request_person').on(t.personId)],
);

/**
 * The audit trail: actions of people and of Fairway, in a hash chain. The hash of each row covers the row
 * before. Rows are only added.
 */
export const auditEvent = pgTable(
  'audit_event',
  {
    id: bigserial({ mode: 'bigint' }).primaryKey(),
    at: at('at').notNull(),
    /** A person's id; null for Fairway itself. */
    actorId: uuid('actor_id'),
    action: text().notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectId: uuid('subject_id').notNull(),
    before: jsonb(),
    after: jsonb(),
    reason: text(),
    previousHash: text('previous_hash').notNull(),
    hash: text().notNull(),
  },
  (t) => [index('audit_event_subject').on(t.subjectId)],
);
