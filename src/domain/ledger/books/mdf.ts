import { bucketKey, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import { bucketRules } from '#src/domain/incentive/engine/versions.ts';
import { lastDayOf, shiftMonth } from '#src/domain/incentive/engine/windows.ts';
import { balanceHolder, mdfAccount, post, type Books } from './books.ts';
import { transaction, transfer, type BookAccount, type TransactionReason } from './transaction.ts';

/** MDF is counted by component, holder and currency. */
interface MdfKey {
  readonly component: string;
  readonly holder: string;
  readonly currency: string;
}

function mdfSum(
  books: Books,
  { component, holder, currency }: MdfKey,
  period: string,
  account: BookAccount,
  reason?: TransactionReason,
): bigint {
  return books.live
    .buckets()
    .filter(
      (bucket) =>
        bucket.component === component &&
        bucket.currency === currency &&
        balanceHolder(books, bucket.payee, period) === holder,
    )
    .reduce((sum, bucket) => sum - books.live.sum(bucket, account, reason), 0n);
}

/** Sets MDF aside for a request. Returns the reason when it is refused. */
export function reserveMdf(
  books: Books,
  request: {
    readonly id: string;
    readonly partner: string;
    readonly component: string;
    readonly currency: string;
    readonly amountMinor: bigint;
  },
  period: string,
): string | null {
  const { id, component, currency, amountMinor } = request;
  if (books.mdfRequests.has(id)) return `MDF request ${id} was made before.`;
  const holder = balanceHolder(books, request.partner, period);
  const available = mdfSum(books, { component, holder, currency }, period, 'mdf_available');
  if (amountMinor > available) return `${holder} has less MDF available than request ${id} asks for.`;
  const bucket = mdfAccount(component, holder, currency);
  post(
    books,
    transaction(period, 'mdf_reserve', bucket, transfer('mdf_available', 'mdf_reserved', amountMinor)),
  );
  books.mdfRequests.set(id, { bucket, restMinor: amountMinor });
  return null;
}

/** Pays for proven costs of a request. Returns the reason when it is refused. */
export function useMdf(books: Books, id: string, amountMinor: bigint, period: string): string | null {
  const request = books.mdfRequests.get(id);
  if (request === undefined || amountMinor > request.restMinor)
    return `MDF request ${id} has less left than the proven costs.`;
  request.restMinor -= amountMinor;
  post(
    books,
    transaction(period, 'mdf_claim', request.bucket, transfer('mdf_reserved', 'payable', amountMinor)),
  );
  return null;
}

/** Gives back what a request did not use. Returns the reason when it is refused. */
export function releaseMdf(books: Books, id: string, period: string): string | null {
  const request = books.mdfRequests.get(id);
  if (request === undefined || request.restMinor === 0n)
    return `MDF request ${id} has nothing left to release.`;
  const { bucket, restMinor } = request;
  post(
    books,
    transaction(period, 'mdf_release', bucket, transfer('mdf_reserved', 'mdf_available', restMinor)),
  );
  request.restMinor = 0n;
  return null;
}

/** Lets MDF expire that became due some months before this period and was not used since. */
export function expireMdf(books: Books, period: string): void {
  for (const key of mdfKeys(books, period)) {
    const rules = bucketRules(books.known.versions, key.component, lastDayOf(period));
    if (rules === null || rules.expiresAfterMonths === null) continue;
    const matured = maturedMdf(books, key, period, shiftMonth(period, -rules.expiresAfterMonths));
    const used =
      mdfSum(books, key, period, 'payable', 'mdf_claim') +
      mdfSum(books, key, period, 'mdf_reserved') -
      mdfSum(books, key, period, 'mdf_available', 'mdf_expiry');
    const available = mdfSum(books, key, period, 'mdf_available');
    const expired = matured - used < available ? matured - used : available;
    if (expired <= 0n) continue;
    const bucket = mdfAccount(key.component, key.holder, key.currency);
    post(books, transaction(period, 'mdf_expiry', bucket, transfer('mdf_available', 'expense', expired)));
  }
}

/** When a negative amount would overdraw what is available, what had expired counts first. */
export function restoreExpired(books: Books, { component, payee, currency }: BucketId, period: string): void {
  const key = { component, holder: balanceHolder(books, payee, period), currency };
  const available = mdfSum(books, key, period, 'mdf_available');
  const expired = -mdfSum(books, key, period, 'mdf_available', 'mdf_expiry');
  const restored = -available < expired ? -available : expired;
  if (restored <= 0n) return;
  const bucket = mdfAccount(component, key.holder, currency);
  post(books, transaction(period, 'mdf_expiry', bucket, transfer('expense', 'mdf_available', restored)));
}

function mdfKeys(books: Books, period: string): readonly MdfKey[] {
  const keys = new Map<string, MdfKey>();
  for (const bucket of books.live.buckets()) {
    if (books.rules.get(bucketKey(bucket))?.kind !== 'mdf') continue;
    const { component, currency } = bucket;
    const holder = balanceHolder(books, bucket.payee, period);
    keys.set(JSON.stringify([component, holder, currency]), { component, holder, currency });
  }
  return [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

/** The amount that became available up to a period. */
function maturedMdf(books: Books, key: MdfKey, period: string, until: string): bigint {
  return books.transactions
    .filter(
      (entry) =>
        entry.reason === 'due' &&
        entry.period <= until &&
        entry.bucket.component === key.component &&
        entry.bucket.currency === key.currency &&
        balanceHolder(books, entry.bucket.payee, period) === key.holder,
    )
    .flatMap(({ postings }) => postings)
    .filter(({ account }) => account === 'mdf_available')
    .reduce((sum, { amountMinor }) => sum - amountMinor, 0n);
}
