import { bucketKey, compareText, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import type { DesiredLine } from '#src/domain/incentive/engine/calculate.ts';
import { isMdfAccount, type Books, type PayoutLine } from './books.ts';
import { channelBalances } from './payable.ts';
import { bookAccounts, expenseOf, type BookAccount, type Transaction } from './transaction.ts';

/** The amount that a period added to one book of a payee's component, and the total under the payee's name. */
export interface BookRow {
  readonly payee: string;
  readonly component: string;
  readonly currency: string;
  readonly deltaMinor: bigint;
  readonly totalMinor: bigint;
}

/** A payee's balances through one channel. Fields that are 0 are left out. */
export interface BalanceRow {
  readonly payee: string;
  readonly currency: string;
  readonly channel: 'payout' | 'credit_memo' | 'mdf';
  readonly amounts: Readonly<Record<string, bigint>>;
}

export interface PeriodReport {
  readonly period: string;
  readonly earned: readonly BookRow[];
  readonly provided: readonly BookRow[];
  readonly balances: readonly BalanceRow[];
  /** The movement of each account in the period, by currency. */
  readonly accounts: Readonly<Record<string, Readonly<Partial<Record<BookAccount, bigint>>>>>;
  readonly lines: readonly (BucketId & { readonly lines: readonly DesiredLine[] })[];
}

/** The report of the period that was just closed, from postings up to that period only. */
export function periodReport(books: Books, period: string): PeriodReport {
  const entries = books.transactions.filter((entry) => entry.period === period);
  return {
    period,
    earned: bookRows(books, ['earned'], period),
    provided: bookRows(books, ['earned', 'provided'], period),
    balances: balanceRows(books, period),
    accounts: accountMovements(entries),
    lines: books.lastBuckets.filter(({ lines }) => lines.length > 0),
  };
}

/** The deltas under the name of who held the bucket when they were posted. */
function bookRows(
  books: Books,
  reasons: readonly Transaction['reason'][],
  period: string,
): readonly BookRow[] {
  const rows = new Map<string, BookRow>();
  for (const entry of books.transactions) {
    if (!reasons.includes(entry.reason) || entry.period > period) continue;
    const { payee } = entry;
    const { component, currency } = entry.bucket;
    if (reasons.includes('provided') && !books.providedComponents.has(component)) continue;
    const amount = expenseOf(entry);
    const key = JSON.stringify([payee, component, currency]);
    const before = rows.get(key);
    rows.set(key, {
      payee,
      component,
      currency,
      deltaMinor: (before?.deltaMinor ?? 0n) + (entry.period === period ? amount : 0n),
      totalMinor: (before?.totalMinor ?? 0n) + amount,
    });
  }
  return [...rows.values()].filter(({ deltaMinor }) => deltaMinor !== 0n).toSorted(compareRows);
}

function accountMovements(entries: readonly Transaction[]): PeriodReport['accounts'] {
  const accounts: Record<string, Partial<Record<BookAccount, bigint>>> = {};
  for (const { bucket, postings } of entries) {
    const sums = (accounts[bucket.currency] ??= {});
    for (const { account, amountMinor } of postings) sums[account] = (sums[account] ?? 0n) + amountMinor;
  }
  // A posting that a later calculation of the same period reversed is no movement.
  for (const sums of Object.values(accounts))
    for (const account of bookAccounts) if (sums[account] === 0n) delete sums[account];
  return Object.fromEntries(Object.entries(accounts).filter(([, sums]) => Object.keys(sums).length > 0));
}

function balanceRows(books: Books, period: string): readonly BalanceRow[] {
  const rows = new Map<
    string,
    { row: Pick<BalanceRow, 'payee' | 'currency' | 'channel'>; amounts: Map<string, bigint> }
  >();
  const add = (
    row: Pick<BalanceRow, 'payee' | 'currency' | 'channel'>,
    field: string,
    amountMinor: bigint,
  ) => {
    if (amountMinor === 0n) return;
    const key = JSON.stringify([row.payee, row.currency, row.channel]);
    const entry = rows.get(key) ?? {
      row: { payee: row.payee, currency: row.currency, channel: row.channel },
      amounts: new Map<string, bigint>(),
    };
    rows.set(key, entry);
    entry.amounts.set(field, (entry.amounts.get(field) ?? 0n) + amountMinor);
  };
  for (const balance of channelBalances(books, books.closed, period)) {
    const { payee, currency, channel } = balance;
    const row = { payee, currency, channel };
    add(row, 'payable', balance.payableMinor);
    add(row, 'receivable', balance.receivableMinor);
    add(row, 'disputed', balance.disputedMinor);
    for (const { id, members } of balance.buckets)
      for (const member of members) addBucketFields(books, { id, member, row }, add);
  }
  for (const line of paidLines(books)) addPayoutFields(line, period, add);
  return [...rows.values()]
    .map(({ row, amounts }) => ({
      ...row,
      amounts: Object.fromEntries([...amounts].filter(([, amount]) => amount !== 0n)),
    }))
    .filter(({ amounts }) => Object.keys(amounts).length > 0)
    .toSorted((a, b) => compareText(payoutSortKey(a), payoutSortKey(b)));
}

type Row = Pick<BalanceRow, 'payee' | 'currency' | 'channel'>;
type AddField = (row: Row, field: string, amountMinor: bigint) => void;

function addBucketFields(
  { closed, rules }: Books,
  { id, member, row }: { readonly id: BucketId; readonly member: BucketId; readonly row: Row },
  add: AddField,
): void {
  const isMdf = isMdfAccount(id) || rules.get(bucketKey(id))?.kind === 'mdf';
  const mdf: Row = isMdf ? { ...row, channel: 'mdf' } : row;
  add(mdf, 'accrued', -closed.sum(member, 'accrued'));
  add(mdf, 'available', -closed.sum(member, 'mdf_available'));
  add(mdf, 'reserved', -closed.sum(member, 'mdf_reserved'));
  add(mdf, 'claimed', -closed.sum(member, 'payable', 'mdf_claim'));
  add(mdf, 'expired', closed.sum(member, 'mdf_available', 'mdf_expiry'));
  add(row, 'held', -closed.sum(member, 'held'));
  add(row, 'repaid', -closed.sum(member, 'payable', 'repayment'));
  add(row, 'writtenOff', -closed.sum(member, 'payable', 'write_off'));
}

function paidLines(books: Books): readonly PayoutLine[] {
  return [...books.payouts.values()].flatMap(({ lines }) => lines);
}

/** An amount that was paid or is in transit stays under the name it was paid to. */
function addPayoutFields(line: PayoutLine, period: string, add: AddField): void {
  const happened = (step: string | null) => step !== null && step <= period;
  if (!happened(line.postedIn) || happened(line.returnedIn)) return;
  add(line, happened(line.paidIn) ? 'paid' : 'inTransit', line.amountMinor);
}

function payoutSortKey(row: Row): string {
  return JSON.stringify([row.payee, row.currency, row.channel]);
}

function compareRows(a: BookRow, b: BookRow): number {
  return (
    compareText(a.payee, b.payee) ||
    compareText(a.component, b.component) ||
    compareText(a.currency, b.currency)
  );
}
