import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, id, minorSum } from './columns.ts';

/** The books of one programme: its events, periods and entries in the ledger. */
export const ledgerBook = pgTable('ledger_book', {
  id: id(),
  name: text().notNull().unique(),
  /** The programme with which the books were opened, in the form of `encodeStored`. */
  program: jsonb().notNull(),
  programHash: text('program_hash').notNull(),
  /** The first period that is not closed. Nothing is posted into an earlier one; a trigger refuses it. */
  openPeriod: text('open_period').notNull(),
  createdAt: at('created_at').notNull(),
});

/** The amounts of one component, payee, currency and window. Postings of incentives are for a bucket. */
export const ledgerBucket = pgTable(
  'ledger_bucket',
  {
    id: id(),
    bookId: uuid('book_id')
      .notNull()
      .references(() => ledgerBook.id),
    component: text().notNull(),
    payee: text().notNull(),
    currency: text().notNull(),
    /** `2026-01`, `2026-01..2026-03`, `all`, or empty for requests of MDF. */
    windowKey: text('window_key').notNull(),
    windowFirst: text('window_first').notNull(),
    windowLast: text('window_last').notNull(),
  },
  (t) => [unique('ledger_bucket_identity').on(t.bookId, t.component, t.payee, t.currency, t.windowKey)],
);

/**
 * Everything that was learnt about a programme, in the order of arrival: facts, closes, payouts, disputes. Nothing
 * is changed; a later event corrects an earlier one. The books can be built again from these rows alone.
 */
export const bookEvent = pgTable(
  'book_event',
  {
    bookId: uuid('book_id')
      .notNull()
      .references(() => ledgerBook.id),
    /** 1 for the first event of the books, without gaps. */
    seq: integer().notNull(),
    kind: text().notNull(),
    /** What the event is about, such as the number of a document; null when it has no identity. */
    ref: text(),
    version: integer(),
    businessDate: date('business_date'),
    knownAt: at('known_at').notNull(),
    /** The event in the form of `encodeStored`. */
    payload: jsonb().notNull(),
    /** SHA-256 of the payload's canonical JSON. */
    hash: text().notNull(),
    /** Why the event has no effect; null when it has one. */
    refused: text(),
    /** A keyed hash of this event and the one before it. */
    chain: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.bookId, t.seq] }), index('book_event_ref').on(t.bookId, t.kind, t.ref)],
);

/**
 * A calculation that a person started in order to close a period. Another person confirms exactly this result: the
 * close is refused when later facts have changed it.
 */
export const bookClose = pgTable(
  'book_close',
  {
    bookId: uuid('book_id')
      .notNull()
      .references(() => ledgerBook.id),
    period: text().notNull(),
    /** calculating: one person has started the close · closed: another one has confirmed it. */
    status: text().$type<'calculating' | 'closed'>().notNull(),
    /** The newest event that the calculation knows. */
    watermark: integer().notNull(),
    resultHash: text('result_hash').notNull(),
    startedBy: uuid('started_by').notNull(),
    startedAt: at('started_at').notNull(),
    closedBy: uuid('closed_by'),
    closedAt: at('closed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.bookId, t.period] }),
    check('book_close_two_people', sql`${t.closedBy} is null or ${t.closedBy} <> ${t.startedBy}`),
    check(
      'book_close_complete',
      sql`(${t.status} = 'closed') = (${t.closedBy} is not null and ${t.closedAt} is not null)`,
    ),
  ],
);

/**
 * What later events need to know, such as the rates, tiers and cap grants that a close has fixed. An event adds a
 * row for each key that it changed; the newest row of a key counts, and null means that the key is gone.
 */
export const bookState = pgTable(
  'book_state',
  {
    id: bigserial({ mode: 'bigint' }).primaryKey(),
    bookId: uuid('book_id')
      .notNull()
      .references(() => ledgerBook.id),
    /** The event that changed it. */
    seq: integer().notNull(),
    kind: text().notNull(),
    key: text().notNull(),
    value: jsonb(),
  },
  (t) => [index('book_state_key').on(t.bookId, t.kind, t.key, t.id)],
);

/**
 * What a line of a document earns in a bucket, with everything that is needed to compute it by hand. A calculation
 * adds a row for each line that it changed; the newest row counts, and an amount of null means that the line is gone.
 */
export const incentiveLine = pgTable(
  'incentive_line',
  {
    id: bigserial({ mode: 'bigint' }).primaryKey(),
    bucketId: uuid('bucket_id')
      .notNull()
      .references(() => ledgerBucket.id),
    period: text().notNull(),
    document: text().notNull(),
    line: integer().notNull(),
    partner: text().notNull(),
    amountMinor: minorSum('amount_minor'),
    trace: jsonb(),
  },
  (t) => [
    index('incentive_line_bucket').on(t.bucketId, t.document, t.line),
    index('incentive_line_document').on(t.document),
  ],
);

/**
 * A seal on the postings of one transaction. Its hash is keyed and covers the postings and the seal before it, so a
 * change of an old posting breaks the chain.
 */
export const ledgerSeal = pgTable('ledger_seal', {
  id: bigserial({ mode: 'bigint' }).primaryKey(),
  /** The postings with ids above that of the seal before, up to this one. */
  lastPosting: bigint('last_posting', { mode: 'bigint' }).notNull(),
  /** Of these, the postings that another transaction made without a seal: one of an earlier version of Fairway. */
  unsealedBefore: integer('unsealed_before').notNull(),
  /** SHA-256 of the postings with their entries. */
  digest: text().notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text().notNull(),
  at: at('at').notNull(),
});
