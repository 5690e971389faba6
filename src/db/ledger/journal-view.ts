import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

export interface AccountBalance {
  readonly currency: string;
  readonly account: string;
  /** Up to the end of the month before; debits are positive. */
  readonly openingMinor: bigint;
  readonly debitMinor: bigint;
  /** Positive. */
  readonly creditMinor: bigint;
}

/** The balance of each account of the whole ledger at the end of a month, with its movement in that month. */
export async function trialBalance(db: Db, period: string): Promise<readonly AccountBalance[]> {
  const rows = await db.execute<Record<'currency' | 'account' | 'opening' | 'debit' | 'credit', string>>(sql`
    select p.currency, p.account,
      coalesce(sum(p.amount_minor) filter (where t.period < ${period}), 0)::text as opening,
      coalesce(sum(p.amount_minor) filter (where t.period = ${period} and p.amount_minor > 0), 0)::text as debit,
      coalesce(-sum(p.amount_minor) filter (where t.period = ${period} and p.amount_minor < 0), 0)::text as credit
    from posting p join journal_tx t on t.id = p.tx_id where t.period <= ${period}
    group by p.currency, p.account order by p.currency, p.account`);
  return rows.map(({ currency, account, opening, debit, credit }) => ({
    currency,
    account,
    openingMinor: BigInt(opening),
    debitMinor: BigInt(debit),
    creditMinor: BigInt(credit),
  }));
}

/** The last month with an entry; null while the ledger is empty. */
export async function lastPostedPeriod(db: Db): Promise<string | null> {
  const [found] = await db.execute<{ period: string | null }>(
    sql`select max(period) as period from journal_tx`,
  );
  return found?.period ?? null;
}

export interface JournalRow {
  readonly posting: bigint;
  readonly entry: string;
  readonly period: string;
  readonly postedAt: string;
  readonly reason: string;
  readonly book: string;
  readonly component: string;
  readonly payee: string;
  readonly window: string;
  readonly document: string;
  readonly account: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/**
 * Postings with their entries, in the order in which they were posted.
 *
 * @param after the id of the last posting of the part before; 0 for the first part
 */
export async function journalRows(
  db: Db,
  {
    period,
    after,
    limit,
  }: { readonly period: string | null; readonly after: bigint; readonly limit: number },
): Promise<readonly JournalRow[]> {
  const rows = await db.execute<Record<Exclude<keyof JournalRow, 'amountMinor'> | 'amount', string>>(sql`
    select p.id::text as posting, t.id::text as entry, t.period,
      to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD') as "postedAt", t.reason, coalesce(k.name, '') as book,
      t.component, coalesce(t.payee, q.name, '') as payee, coalesce(b.window_key, '') as window,
      coalesce(d.number, '') as document, p.account, p.currency, p.amount_minor::text as amount
    from posting p join journal_tx t on t.id = p.tx_id
      left join ledger_book k on k.id = t.book_id left join ledger_bucket b on b.id = t.bucket_id
      left join partner q on q.id = t.partner_id left join source_document d on d.id = t.document_id
    where p.id > ${String(after)}::bigint and (${period}::text is null or t.period = ${period})
    order by p.id limit ${limit}`);
  return rows.map(({ posting, amount, ...row }) => ({
    ...row,
    posting: BigInt(posting),
    amountMinor: BigInt(amount),
  }));
}
