import type { AccrualTrace } from '#src/domain/incentive/accrual.ts';
import { aliasedTable, and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { partner } from '#src/db/schema/channel.ts';
import {
  journalTx,
  payoutBatch,
  payoutItem,
  payoutLine,
  posting,
  sourceDocument,
} from '#src/db/schema/money.ts';
import { person } from '#src/db/schema/people.ts';

const submitter = aliasedTable(person, 'submitter');
const approver = aliasedTable(person, 'approver');

const batchColumns = {
  id: payoutBatch.id,
  key: payoutBatch.key,
  period: payoutBatch.period,
  currency: payoutBatch.currency,
  status: payoutBatch.status,
  totalMinor: payoutBatch.totalMinor,
  itemCount: payoutBatch.itemCount,
  contentHash: payoutBatch.contentHash,
  createdBy: payoutBatch.createdBy,
  submittedBy: payoutBatch.submittedBy,
  submittedByName: submitter.name,
  approvedByName: approver.name,
  createdAt: payoutBatch.createdAt,
  submittedAt: payoutBatch.submittedAt,
  approvedAt: payoutBatch.approvedAt,
  exportedAt: payoutBatch.exportedAt,
  fileWrittenAt: payoutBatch.fileWrittenAt,
};

function batches(db: Db) {
  return db
    .select(batchColumns)
    .from(payoutBatch)
    .leftJoin(submitter, eq(submitter.id, payoutBatch.submittedBy))
    .leftJoin(approver, eq(approver.id, payoutBatch.approvedBy));
}

export type PayoutBatchRow = Awaited<ReturnType<typeof listPayoutBatches>>[number];

export async function listPayoutBatches(db: Db) {
  return batches(db).orderBy(desc(payoutBatch.period), asc(payoutBatch.currency));
}

export async function findPayoutBatchRow(db: Db, id: string): Promise<PayoutBatchRow | null> {
  const [found] = await batches(db).where(eq(payoutBatch.id, id));
  return found ?? null;
}

export async function payoutItemsOf(db: Db, batchId: string) {
  return db
    .select({
      id: payoutItem.id,
      key: payoutItem.key,
      partnerId: payoutItem.partnerId,
      partnerName: partner.name,
      partnerCode: partner.code,
      amountMinor: payoutItem.amountMinor,
      currency: payoutItem.currency,
      lineCount: payoutItem.lineCount,
    })
    .from(payoutItem)
    .innerJoin(partner, eq(partner.id, payoutItem.partnerId))
    .where(eq(payoutItem.batchId, batchId))
    .orderBy(desc(payoutItem.amountMinor), asc(partner.name));
}

/** The amount that an entry owes its partner: the credit side of `accrued`. */
const owedMinor = sql`(select coalesce(-sum(${posting.amountMinor}), 0) from ${posting} where ${posting.txId} = ${journalTx.id} and ${posting.account} = 'accrued')`;

/** The journal entries that an item pays, oldest document first; none when the item is not in this batch. */
export async function payoutLinesOf(
  db: Db,
  { id, itemId }: { readonly id: string; readonly itemId: string },
  limit: number,
) {
  return db
    .select({
      txId: journalTx.id,
      // Payouts of a batch pay the entries of the commission by tier, which have no other reason.
      reason: sql<'accrual' | 'adjustment' | 'clawback' | 'payout'>`${journalTx.reason}`,
      component: journalTx.component,
      period: journalTx.period,
      currency: journalTx.currency,
      trace: sql<AccrualTrace | null>`${journalTx.trace}`,
      document: sourceDocument.number,
      documentKind: sourceDocument.kind,
      customerName: sourceDocument.customerName,
      issuedOn: sourceDocument.issuedOn,
      paidOn: sourceDocument.paidOn,
      amountMinor: sql<string>`${owedMinor}::text`.mapWith(BigInt),
    })
    .from(payoutLine)
    .innerJoin(payoutItem, eq(payoutItem.id, payoutLine.itemId))
    .innerJoin(journalTx, eq(journalTx.id, payoutLine.txId))
    .leftJoin(sourceDocument, eq(sourceDocument.id, journalTx.documentId))
    .where(and(eq(payoutItem.id, itemId), eq(payoutItem.batchId, id)))
    .orderBy(asc(sourceDocument.issuedOn), asc(sourceDocument.number), asc(journalTx.id))
    .limit(limit);
}

/** The net amount earned in a period, one row for each currency. */
export async function accruedIn(db: Db, period: string) {
  return db
    .select({
      currency: journalTx.currency,
      amountMinor: sql<string>`(-sum(${posting.amountMinor}))::text`.mapWith(BigInt),
    })
    .from(journalTx)
    .innerJoin(posting, eq(posting.txId, journalTx.id))
    .where(
      sql`${journalTx.bookId} is null and ${journalTx.period} = ${period} and ${journalTx.reason} <> 'payout' and ${posting.account} = 'accrued'`,
    )
    .groupBy(journalTx.currency)
    .orderBy(journalTx.currency);
}
