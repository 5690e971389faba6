import { bigserial, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';

export const roles = ['admin', 'ops', 'finance', 'viewer'] as const;
export type Role = (typeof roles)[number];

export const person = pgTable('person', {
  id: id(),
  email: text().notNull().unique(),
  name: text().notNull(),
  role: text().$type<Role>().notNull(),
  createdAt: at('created_at').notNull(),
});

/** A sign-in link, which works once. Only the hash of its token is stored. */
export const loginLink = pgTable('login_link', {
  tokenHash: text('token_hash').primaryKey(),
  personId: uuid('person_id')
    .notNull()
    .references(() => person.id, { onDelete: 'cascade' }),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
});

export const session = pgTable(
  'session',
  {
    tokenHash: text('token_hash').primaryKey(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    seenAt: at('seen_at').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('session_person').on(t.personId)],
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
