import { sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { incentiveLine } from '#src/db/schema/incentive-books.ts';

/** The postings of one bucket under one name, for one reason in one period, added up by account. */
export interface PostedSum {
  readonly period: string;
  readonly reason: string;
  readonly bucketId: string;
  readonly payee: string;
  readonly account: string;
  readonly amountMinor: bigint;
}

/** Everything posted for the books, in the order in which it was first posted. */
export async function postedSums(db: Db, bookId: string): Promise<readonly PostedSum[]> {
  const rows = await db.execute<{
    period: string;
    reason: string;
    bucket_id: string;
    payee: string;
    account: string;
    amount: string;
  }>(sql`
    select t.period, t.reason, t.bucket_id, t.payee, p.account, sum(p.amount_minor)::text as amount
    from journal_tx t join posting p on p.tx_id = t.id
    where t.book_id = ${bookId}
    group by t.period, t.reason, t.bucket_id, t.payee, p.account order by min(p.id)`);
  return rows.map((row) => ({
    period: row.period,
    reason: row.reason,
    bucketId: row.bucket_id,
    payee: row.payee,
    account: row.account,
    amountMinor: BigInt(row.amount),
  }));
}

export interface LineRow {
  readonly bucketId: string;
  readonly document: string;
  readonly line: number;
  readonly partner: string;
  /** Null for a line that is gone. */
  readonly amountMinor: bigint | null;
  readonly trace: unknown;
}

/** The newest row of each line of the books, and of each line the newest of a closed period. */
export async function newestLines(
  db: Db,
  bookId: string,
  openPeriod: string,
): Promise<readonly (LineRow & { readonly isNewest: boolean; readonly isClosed: boolean })[]> {
  const rows = await db.execute<{
    bucket_id: string;
    document: string;
    line: number;
    partner: string;
    amount: string | null;
    trace: unknown;
    is_newest: boolean;
    is_closed: boolean;
  }>(sql`
    select distinct on (bucket_id, document, line, partner, is_closed)
      bucket_id, document, line, partner, amount_minor::text as amount, trace, is_closed,
      id = max(id) over (partition by bucket_id, document, line, partner) as is_newest
    from (
      select l.*, l.period < ${openPeriod} as is_closed
      from incentive_line l join ledger_bucket b on b.id = l.bucket_id where b.book_id = ${bookId}) lines
    order by bucket_id, document, line, partner, is_closed, id desc`);
  return rows.map((row) => ({
    bucketId: row.bucket_id,
    document: row.document,
    line: row.line,
    partner: row.partner,
    amountMinor: row.amount === null ? null : BigInt(row.amount),
    trace: row.trace,
    isNewest: row.is_newest,
    isClosed: row.is_closed,
  }));
}

export async function insertLines(tx: Db, period: string, rows: readonly LineRow[]): Promise<void> {
  await bulkInsert(
    tx,
    incentiveLine,
    rows.map((row) => ({ period, ...row })),
  );
}
