import { max, sql } from 'drizzle-orm';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { journalTx, payoutLine, period, posting } from '#src/db/schema/money.ts';
import { sealPostings } from './ledger-seal.ts';

export interface PostedAccrual {
  readonly partnerId: string;
  readonly component: string;
  readonly currency: string;
  readonly documentId: string;
  readonly amountMinor: bigint;
}

/**
 * Locks the ledger to the end of the transaction: one process posts entries about partners' earnings at a
 * time.
 */
export async function lockLedger(tx: Db): Promise<void> {
  await lockInTransaction(tx, 'ledger');
}

/**
 * The amounts posted so far for each document, component and currency: the credit side of `accrued`. Amounts
 * of a merged partner count for the surviving one, so that nothing is credited twice because two accounts
 * became one.
 */
export async function postedAccruals(db: Db): Promise<PostedAccrual[]> {
  const rows = await db.execute<{
    partner_id: string;
    component: string;
    currency: string;
    document_id: string;
    amount: string;
  }>(sql`
    select coalesce(q.merged_into, q.id) as partner_id, t.component, t.currency, t.document_id, (-sum(p.amount_minor))::text as amount
    from journal_tx t join posting p on p.tx_id = t.id and p.account = 'accrued' join partner q on q.id = t.partner_id
    where t.document_id is not null
    group by coalesce(q.merged_into, q.id), t.component, t.currency, t.document_id`);
  return rows.map((row) => ({
    partnerId: row.partner_id,
    component: row.component,
    currency: row.currency,
    documentId: row.document_id,
    amountMinor: BigInt(row.amount),
  }));
}

export type NewEntry = typeof journalTx.$inferInsert & {
  readonly postings: readonly { readonly account: string; readonly amountMinor: bigint }[];
};

/** Posts entries and seals them. Must run under `lockLedger`. All entries must have the same keys. */
export async function postEntries(tx: Db, entries: readonly NewEntry[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  await bulkInsert(
    tx,
    journalTx,
    entries.map(({ postings: _, ...entry }) => entry),
  );
  await bulkInsert(
    tx,
    posting,
    entries.flatMap((entry) =>
      entry.postings.map((one) => ({
        txId: entry.id,
        partnerId: entry.partnerId ?? null,
        currency: entry.currency,
        ...one,
      })),
    ),
  );
  await sealPostings(
    tx,
    entries.reduce((sum, { postings }) => sum + postings.length, 0),
    first.createdAt,
  );
}

/** The last closed period, such as `2026-10`; null while none is closed. */
export async function lastClosedPeriod(db: Db): Promise<string | null> {
  const [found] = await db.select({ period: max(period.period) }).from(period);
  return found?.period ?? null;
}

export async function closePeriod(tx: Db, name: string, closedAt: Date): Promise<void> {
  await tx.insert(period).values({ period: name, closedAt }).onConflictDoNothing();
}

export interface OpenEntry {
  readonly id: string;
  readonly partnerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/**
 * Accruals up to and including a period that no payout item pays yet, each under the partner that is paid for
 * it now.
 */
export async function unpaidEntries(db: Db, upTo: string): Promise<OpenEntry[]> {
  const rows = await db.execute<{ id: string; partner_id: string; currency: string; amount: string }>(sql`
    select t.id, coalesce(q.merged_into, q.id) as partner_id, t.currency, (-sum(p.amount_minor))::text as amount
    from journal_tx t
    join posting p on p.tx_id = t.id and p.account = 'accrued'
    join partner q on q.id = t.partner_id
    where t.book_id is null and t.reason <> 'payout' and t.period <= ${upTo} and not exists (select 1 from payout_line l where l.tx_id = t.id)
    group by t.id, q.id`);
  return rows.map((row) => ({
    id: row.id,
    partnerId: row.partner_id,
    currency: row.currency,
    amountMinor: BigInt(row.amount),
  }));
}

export async function savePayoutLines(
  tx: Db,
  rows: readonly (typeof payoutLine.$inferInsert)[],
): Promise<void> {
  await bulkInsert(tx, payoutLine, rows);
}

export async function countAccruals(db: Db): Promise<number> {
  return db.$count(journalTx, sql`${journalTx.bookId} is null and ${journalTx.reason} <> 'payout'`);
}

/**
 * Currencies whose postings do not add up to zero. The database refuses such entries; `verify` checks that it
 * did.
 */
export async function unbalancedCurrencies(db: Db): Promise<string[]> {
  const rows = await db
    .select({ currency: posting.currency })
    .from(posting)
    .groupBy(posting.currency)
    .having(sql`sum(${posting.amountMinor}) <> 0`);
  return rows.map((row) => row.currency);
}
