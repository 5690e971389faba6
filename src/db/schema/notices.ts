import { bigserial, boolean, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { at, id } from './columns.ts';
import type { SealedSecrets } from './connection.ts';
import { lifecycleNotice } from './lifecycle.ts';

/** Another system that receives notices by webhook. */
export const webhookEndpoint = pgTable('webhook_endpoint', {
  id: id(),
  url: text().notNull(),
  description: text().notNull(),
  /** Types of events, such as `registration.approved`. Empty for all. */
  events: jsonb().$type<readonly string[]>().notNull(),
  /** Signs what is sent: `current`, and after a rotation `previous`. Envelope-encrypted. */
  secrets: jsonb().$type<SealedSecrets>().notNull(),
  /** Until then the previous secret signs, too. Null when there is none. */
  previousUntil: at('previous_until'),
  isActive: boolean('is_active').notNull(),
  /** Why it receives nothing: an admin disabled it, it answered 410 Gone, or it failed for days. */
  disabledBecause: text('disabled_because').$type<'person' | 'gone' | 'failing'>(),
  /** The first failed attempt since the last successful one. */
  failingSince: at('failing_since'),
  /** Nothing is sent before this instant. */
  pausedUntil: at('paused_until'),
  createdAt: at('created_at').notNull(),
});

/** An event as it is sent. Every endpoint and every attempt gets the same body; the id is `webhook-id`. */
export const webhookMessage = pgTable(
  'webhook_message',
  {
    id: id(),
    /** Null for a test event. */
    noticeId: uuid('notice_id')
      .unique()
      .references(() => lifecycleNotice.id),
    type: text().notNull(),
    body: text().notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [index('webhook_message_created').on(t.createdAt)],
);

/** One message to one endpoint. */
export const webhookDelivery = pgTable(
  'webhook_delivery',
  {
    id: id(),
    messageId: uuid('message_id')
      .notNull()
      .references(() => webhookMessage.id, { onDelete: 'cascade' }),
    endpointId: uuid('endpoint_id')
      .notNull()
      .references(() => webhookEndpoint.id),
    status: text().$type<'waiting' | 'delivered' | 'failed'>().notNull(),
    /** Attempts since it was added or redelivered; the schedule counts them. */
    attempts: integer().notNull().default(0),
    /** Null when it does not wait. */
    nextAttemptAt: at('next_attempt_at'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    unique('webhook_delivery_once').on(t.messageId, t.endpointId),
    index('webhook_delivery_due')
      .on(t.endpointId, t.nextAttemptAt)
      .where(sql`${t.status} = 'waiting'`),
    index('webhook_delivery_endpoint').on(t.endpointId, t.id),
  ],
);

/** The log of attempts. */
export const webhookAttempt = pgTable(
  'webhook_attempt',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    deliveryId: uuid('delivery_id')
      .notNull()
      .references(() => webhookDelivery.id, { onDelete: 'cascade' }),
    at: at('at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** Null when the endpoint did not answer. */
    statusCode: integer('status_code'),
    /** Null for a successful attempt. */
    error: text(),
  },
  (t) => [index('webhook_attempt_delivery').on(t.deliveryId, t.id)],
);

/** E-mail about a notice, one row for each person. */
export const noticeMail = pgTable(
  'notice_mail',
  {
    id: id(),
    noticeId: uuid('notice_id')
      .notNull()
      .references(() => lifecycleNotice.id),
    /** The name of the person, which is an e-mail address. */
    person: text().notNull(),
    /** `unknown`: the worker or the connection ended before the mail server answered. It is not sent again. */
    status: text().$type<'waiting' | 'sending' | 'sent' | 'failed' | 'skipped' | 'unknown'>().notNull(),
    /** Why it was skipped or failed. */
    reason: text(),
    attempts: integer().notNull().default(0),
    nextAttemptAt: at('next_attempt_at'),
    /** When the last attempt began. */
    startedAt: at('started_at'),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    unique('notice_mail_once').on(t.noticeId, t.person),
    index('notice_mail_open')
      .on(t.nextAttemptAt)
      .where(sql`${t.status} in ('waiting', 'sending')`),
    index('notice_mail_created').on(t.createdAt),
  ],
);

/** How a person gets notices. A person without a row gets all of them in English. */
export const noticePreference = pgTable('notice_preference', {
  person: text().primaryKey(),
  language: text().$type<'en' | 'de'>().notNull().default('en'),
  /** Since then the person gets only notices that ask for an action. */
  unsubscribedAt: at('unsubscribed_at'),
  /** The secret part of the address that unsubscribes. It allows nothing else. */
  token: text().notNull().unique(),
});
