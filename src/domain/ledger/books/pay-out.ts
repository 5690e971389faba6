import { post, type Books, type PayoutLine } from './books.ts';
import { channelBalances, type ChannelBalance } from './payable.ts';
import { transaction, transfer } from './transaction.ts';

/**
 * Puts what is payable in transit. An amount below the minimum is carried to the next payout. Returns the
 * reason when the payout is refused.
 *
 * @param payees null is everybody
 */
export function payOut(
  books: Books,
  { id, payees }: { readonly id: string; readonly payees: readonly string[] | null },
  period: string,
): string | null {
  if (books.payouts.has(id)) return `Payout ${id} was made before.`;
  const balances = channelBalances(books, books.live, period).filter(
    ({ payee, amountMinor }) => amountMinor !== 0n && (payees === null || payees.includes(payee)),
  );
  const [paid, carried] = [
    balances.filter((one) => isPaid(books, one)),
    balances.filter((one) => !isPaid(books, one)),
  ];
  books.payouts.set(id, {
    id,
    lines: paid.map((balance) => payoutLine(books, balance, period)),
    carried: carried.map(({ payee, currency, channel, amountMinor }) => ({
      payee,
      currency,
      channel,
      amountMinor,
    })),
  });
  return null;
}

function isPaid(books: Books, { currency, amountMinor }: ChannelBalance): boolean {
  const minimum = books.known.program.settings.minimumPayoutMinor[currency] ?? 1n;
  return amountMinor >= (minimum > 1n ? minimum : 1n);
}

function payoutLine(books: Books, balance: ChannelBalance, period: string): PayoutLine {
  const { payee, currency, channel, amountMinor, isNetted } = balance;
  const parts = balance.buckets
    .map(({ id, balanceMinor, disputedMinor }) => ({ bucket: id, amountMinor: balanceMinor - disputedMinor }))
    .filter((part) => (isNetted ? part.amountMinor !== 0n : part.amountMinor > 0n));
  for (const part of parts)
    post(
      books,
      transaction(period, 'payout', part.bucket, transfer('payable', 'in_transit', part.amountMinor)),
    );
  return { payee, currency, channel, amountMinor, parts, postedIn: period, paidIn: null, returnedIn: null };
}

interface PayoutSelection {
  readonly payout: string;
  readonly payee: string | null;
  readonly currency: string | null;
}

/** Books that the bank paid. Returns the reason when nothing in transit is meant. */
export function confirmPayout(books: Books, selection: PayoutSelection, period: string): string | null {
  const lines = selected(books, selection).filter((line) => line.paidIn === null);
  for (const line of lines) {
    for (const { bucket, amountMinor } of line.parts)
      post(books, transaction(period, 'payout_paid', bucket, transfer('in_transit', 'cash', amountMinor)));
    line.paidIn = period;
  }
  return lines.length > 0 ? null : `Payout ${selection.payout} has nothing in transit for that.`;
}

/** Makes an amount payable again that the bank returned. Returns the reason when nothing is meant. */
export function returnPayout(books: Books, selection: PayoutSelection, period: string): string | null {
  const lines = selected(books, selection);
  for (const line of lines) {
    const account = line.paidIn === null ? 'in_transit' : 'cash';
    for (const { bucket, amountMinor } of line.parts)
      post(books, transaction(period, 'payout_returned', bucket, transfer(account, 'payable', amountMinor)));
    line.returnedIn = period;
  }
  return lines.length > 0 ? null : `Payout ${selection.payout} has nothing to return for that.`;
}

function selected(books: Books, { payout, payee, currency }: PayoutSelection): readonly PayoutLine[] {
  return (books.payouts.get(payout)?.lines ?? []).filter(
    (line) =>
      line.returnedIn === null &&
      (payee === null || line.payee === payee) &&
      (currency === null || line.currency === currency),
  );
}

/**
 * Lowers what a partner owes, because it paid back or because finance gives it up. Returns the reason when
 * that is more than it owes.
 */
export function settleDebt(
  books: Books,
  debt: {
    readonly reason: 'repayment' | 'write_off';
    readonly holder: string;
    readonly currency: string;
    readonly amountMinor: bigint;
  },
  period: string,
): string | null {
  const { reason, holder, currency } = debt;
  const balance = channelBalances(books, books.live, period).find(
    (one) => one.payee === holder && one.currency === currency && one.channel === 'payout',
  );
  if (debt.amountMinor > (balance?.receivableMinor ?? 0n)) return `${holder} owes less than that.`;
  let left = debt.amountMinor;
  for (const { id, balanceMinor } of balance?.buckets ?? []) {
    if (balanceMinor >= 0n || left === 0n) continue;
    const amount = -balanceMinor < left ? -balanceMinor : left;
    left -= amount;
    const account = reason === 'repayment' ? 'cash' : 'expense';
    post(books, transaction(period, reason, id, transfer(account, 'payable', amount)));
  }
  return null;
}
