import type { AccrualTrace } from '#src/domain/incentive/accrual.ts';
import { sql } from 'drizzle-orm';
import {
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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { connection } from './connection.ts';
import type { TransactionReason } from '#src/domain/ledger/books/transaction.ts';
import { at, id, minor, minorSum } from './columns.ts';
import { ledgerBook, ledgerBucket } from './incentive-books.ts';
import { partner } from './channel.ts';

/** An invoice or credit memo from the ERP. */
export const sourceDocument = pgTable(
  'source_document',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id),
    /** The company of the vendor that issued it; empty where the ERP has only one. */
    company: text().notNull().default(''),
    number: text().notNull(),
    /** The number in the form in which it is compared: `foldKey`. */
    numberKey: text('number_key').notNull(),
    /** The year of issue where numbers restart each year, else 0. */
    numberYear: integer('number_year').notNull().default(0),
    /** Empty, except for another document with the same number: a person has said that there are two. */
    separate: text().notNull().default(''),
    kind: text().$type<'invoice' | 'credit_memo'>().notNull(),
    partnerId: uuid('partner_id')
      .notNull()
      .references(() => partner.id),
    customerName: text('customer_name'),
    currency: text().notNull(),
    amountMinor: minor('amount_minor').notNull(),
    issuedOn: date('issued_on').notNull(),
    paidOn: date('paid_on'),
    appliesTo: text('applies_to'),
    /** The invoice that a credit memo corrects; null when it is not known. */
    appliesToId: uuid('applies_to_id'),
  },
  (t) => [
    unique('source_document_identity').on(
      t.numberKey,
      t.connectionId,
      t.kind,
      t.company,
      t.numberYear,
      t.separate,
    ),
    index('source_document_applies_to')
      .on(t.appliesToId)
      .where(sql`${t.appliesToId} is not null`),
    index('source_document_partner').on(t.partnerId, t.issuedOn),
    // Each decision about a registration looks up earlier sales by the customer's name.
    // A hash has room for a text of any length.
    index('source_document_customer').using('hash', sql`lower(${t.customerName})`),
  ],
);

/**
 * A person's answer to a question about a row of the ERP. It counts for this content of the row only: `hash` is
 * that of the remote record.
 */
export const documentAnswer = pgTable(
  'document_answer',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    extId: text('ext_id').notNull(),
    hash: text().notNull(),
    /**
     * `replace`: the row corrects the booked document · `book`: it is a document of its own · `discard`: the row
     * is wrong.
     */
    answer: text().$type<'replace' | 'book' | 'discard'>().notNull(),
    answeredBy: uuid('answered_by').notNull(),
    answeredAt: at('answered_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.extId] })],
);

/**
 * The name of a customer on invoices, once for all documents and in any case. An invoice has only this name, so it is
 * compared with the customers of registrations like any other company.
 */
export const billedCustomer = pgTable(
  'billed_customer',
  {
    id: uuid()
      .primaryKey()
      .default(sql`gen_random_uuid()`),
    name: text().notNull(),
  },
  // A hash has room for a text of any length.
  (t) => [uniqueIndex('billed_customer_name').on(sql`md5(lower(${t.name}))`)],
);

/** A balanced journal entry. It never changes; a correction is another entry. */
export const journalTx = pgTable(
  'journal_tx',
  {
    id: id(),
    reason: text().$type<'accrual' | 'adjustment' | 'clawback' | 'payout' | TransactionReason>().notNull(),
    documentId: uuid('document_id').references(() => sourceDocument.id),
    /** Of the commission by tier. Null for an entry of incentive books, which names a bucket. */
    partnerId: uuid('partner_id').references(() => partner.id),
    component: text().notNull(),
    currency: text().notNull(),
    period: text().notNull(),
    programVersion: integer('program_version'),
    trace: jsonb().$type<AccrualTrace | Readonly<Record<string, string>>>(),
    runId: uuid('run_id'),
    /** The bucket and the event of incentive books that this entry is about. */
    bucketId: uuid('bucket_id').references(() => ledgerBucket.id),
    bookId: uuid('book_id').references(() => ledgerBook.id),
    eventSeq: integer('event_seq'),
    /** Who held the bucket when the entry was posted. */
    payee: text(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('journal_tx_bucket')
      .on(t.bookId, t.bucketId)
      .where(sql`${t.bookId} is not null`),
    check(
      'journal_tx_owner',
      sql`num_nulls(${t.bookId}, ${t.bucketId}, ${t.eventSeq}, ${t.payee}) = case when ${t.partnerId} is null then 0 else 4 end`,
    ),
    index('journal_tx_document').on(t.documentId, t.component),
    index('journal_tx_partner').on(t.partnerId, t.period),
  ],
);

/**
 * A debit is positive, a credit negative. The postings of an entry add up to zero in each currency; a
 * deferred trigger checks it.
 */
export const posting = pgTable(
  'posting',
  {
    id: bigserial({ mode: 'bigint' }).primaryKey(),
    txId: uuid('tx_id')
      .notNull()
      .references(() => journalTx.id),
    account: text().notNull(),
    partnerId: uuid('partner_id'),
    currency: text().notNull(),
    amountMinor: minorSum('amount_minor').notNull(),
  },
  (t) => [index('posting_tx').on(t.txId)],
);

/**
 * The payouts of one period in one currency. The person who approves it is neither the one who made it nor
 * the one who submitted it; a check constraint enforces this.
 */
export const payoutBatch = pgTable(
  'payout_batch',
  {
    id: id(),
    /** Period and currency, such as `2026-10-USD`. */
    key: text().notNull().unique(),
    period: text().notNull(),
    currency: text().notNull(),
    status: text().$type<'draft' | 'submitted' | 'approved' | 'exported'>().notNull().default('draft'),
    totalMinor: minorSum('total_minor').notNull(),
    itemCount: integer('item_count').notNull(),
    contentHash: text('content_hash').notNull(),
    approvedHash: text('approved_hash'),
    /** A person's id; null when Fairway made the draft. */
    createdBy: uuid('created_by'),
    submittedBy: uuid('submitted_by'),
    approvedBy: uuid('approved_by'),
    createdAt: at('created_at').notNull(),
    submittedAt: at('submitted_at'),
    approvedAt: at('approved_at'),
    exportedAt: at('exported_at'),
    /** When the released file was in every folder. Null until then; each run tries again. */
    fileWrittenAt: at('file_written_at'),
  },
  (t) => [
    check(
      'payout_batch_two_people',
      sql`${t.approvedBy} is null or (${t.submittedBy} is not null and ${t.approvedBy} <> ${t.submittedBy} and ${t.approvedBy} is distinct from ${t.createdBy})`,
    ),
    check(
      'payout_batch_approved_as_is',
      sql`${t.status} in ('draft', 'submitted') or (${t.approvedBy} is not null and ${t.approvedHash} = ${t.contentHash})`,
    ),
  ],
);

export const payoutItem = pgTable(
  'payout_item',
  {
    id: id(),
    batchId: uuid('batch_id')
      .notNull()
      .references(() => payoutBatch.id),
    /** `payoutKey` of the item. A key is paid at most once. */
    key: text().notNull().unique(),
    partnerId: uuid('partner_id')
      .notNull()
      .references(() => partner.id),
    period: text().notNull(),
    currency: text().notNull(),
    amountMinor: minorSum('amount_minor').notNull(),
    lineCount: integer('line_count').notNull(),
  },
  (t) => [index('payout_item_batch').on(t.batchId)],
);

/** The journal entries that an item pays. An entry is paid at most once. */
export const payoutLine = pgTable(
  'payout_line',
  {
    txId: uuid('tx_id')
      .notNull()
      .references(() => journalTx.id),
    itemId: uuid('item_id')
      .notNull()
      .references(() => payoutItem.id),
  },
  (t) => [primaryKey({ columns: [t.txId] }), index('payout_line_item').on(t.itemId)],
);

/**
 * The request to reopen a closed period, and its confirmation by another person. It is the record of what was
 * reopened: confirmed rows are never deleted.
 */
export const periodReopening = pgTable(
  'period_reopening',
  {
    id: id(),
    period: text().notNull(),
    /** When the period was closed, by the clock that closed it. */
    closedAt: at('closed_at').notNull(),
    reason: text().notNull(),
    /** The batches as the first person saw them. The second person confirms exactly these. */
    batches: jsonb().$type<readonly ReopenedBatch[]>().notNull(),
    requestedBy: uuid('requested_by').notNull(),
    requestedAt: at('requested_at').notNull(),
    confirmedBy: uuid('confirmed_by'),
    confirmedAt: at('confirmed_at'),
    /** The transaction that took the close back. Only in it may the rows of the close be deleted. */
    confirmedTx: text('confirmed_tx'),
  },
  (t) => [
    uniqueIndex('period_reopening_open')
      .on(t.period)
      .where(sql`${t.confirmedBy} is null`),
    check(
      'period_reopening_two_people',
      sql`${t.confirmedBy} is null or ${t.confirmedBy} <> ${t.requestedBy}`,
    ),
  ],
);

export interface ReopenedBatch {
  readonly key: string;
  readonly currency: string;
  readonly totalMinor: string;
  readonly itemCount: number;
  readonly contentHash: string;
}

/**
 * A closed period, such as `2026-10`. Later entries for it are posted in the next open period. All earlier
 * periods are closed as well.
 */
export const period = pgTable('period', {
  period: text().primaryKey(),
  closedAt: at('closed_at').notNull(),
});
