import { AppError } from '#src/domain/errors.ts';
import { bucketKey, type BucketId } from '#src/domain/incentive/engine/bucket.ts';

/** In postings a debit is positive and a credit negative. */
export const bookAccounts = [
  'expense',
  'accrued',
  'provision',
  'held',
  'payable',
  'in_transit',
  'cash',
  'mdf_available',
  'mdf_reserved',
] as const;
export type BookAccount = (typeof bookAccounts)[number];

/** Why something was posted. */
export type TransactionReason =
  | 'earned'
  | 'provided'
  | 'due'
  | 'holdback'
  | 'holdback_release'
  | 'write_off'
  | 'repayment'
  | 'payout'
  | 'payout_paid'
  | 'payout_returned'
  | 'mdf_reserve'
  | 'mdf_claim'
  | 'mdf_release'
  | 'mdf_expiry';

export interface BookPosting {
  readonly account: BookAccount;
  readonly amountMinor: bigint;
}

/** An immutable entry of one bucket in one period. Its postings add up to 0. */
export interface Transaction {
  readonly period: string;
  readonly reason: TransactionReason;
  readonly bucket: BucketId;
  readonly postings: readonly BookPosting[];
}

/** A transaction as it was posted, under the name of who held the bucket then. */
export interface PostedTransaction extends Transaction {
  readonly payee: string;
}

/** @throws AppError `internal` if the postings do not add up to 0 */
export function transaction(
  period: string,
  reason: TransactionReason,
  bucket: BucketId,
  postings: readonly BookPosting[],
): Transaction {
  const sum = postings.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  if (sum !== 0n)
    throw new AppError('internal', `A transaction does not balance: ${reason} ${bucketKey(bucket)}`);
  return { period, reason, bucket, postings };
}

/** The amount by which a transaction changes the expense. */
export function expenseOf({ postings }: Transaction): bigint {
  return postings.reduce(
    (sum, { account, amountMinor }) => (account === 'expense' ? sum + amountMinor : sum),
    0n,
  );
}

/** Moves an amount from one account to another: the first is debited. */
export function transfer(
  debit: BookAccount,
  credit: BookAccount,
  amountMinor: bigint,
): readonly BookPosting[] {
  return [
    { account: debit, amountMinor },
    { account: credit, amountMinor: -amountMinor },
  ];
}

/** Sums of postings by bucket, reason and account. */
export class BookTotals {
  readonly #buckets = new Map<string, { readonly id: BucketId; readonly sums: Map<string, bigint> }>();

  add({ bucket, reason, postings }: Transaction): void {
    const key = bucketKey(bucket);
    let entry = this.#buckets.get(key);
    if (entry === undefined) {
      entry = { id: bucket, sums: new Map() };
      this.#buckets.set(key, entry);
    }
    for (const { account, amountMinor } of postings) {
      const name = `${reason}.${account}`;
      entry.sums.set(name, (entry.sums.get(name) ?? 0n) + amountMinor);
      entry.sums.set(account, (entry.sums.get(account) ?? 0n) + amountMinor);
    }
  }

  buckets(): readonly BucketId[] {
    return [...this.#buckets.values()].map(({ id }) => id);
  }

  /** The balance of an account, or the part of it that was posted for one reason. */
  sum(bucket: BucketId, account: BookAccount, reason?: TransactionReason): bigint {
    const name = reason === undefined ? account : `${reason}.${account}`;
    return this.#buckets.get(bucketKey(bucket))?.sums.get(name) ?? 0n;
  }
}
