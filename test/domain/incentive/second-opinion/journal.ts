/** Everything posted, as a plain list. Every balance is a sum over the list, counted from zero each time. */
import { keyOfBucket, inTextOrder, type Bucket } from './amounts.ts';
import type { Program } from './format.ts';
import { endOfTime, type Window } from './months.ts';
import { pooledInto, type Merge } from './rules.ts';

export type Field =
  | 'earned'
  | 'provided'
  | 'due'
  | 'fundsDue'
  | 'held'
  | 'claims'
  | 'inTransit'
  | 'paid'
  | 'repaid'
  | 'writtenOff'
  | 'available'
  | 'reserved'
  | 'claimed'
  | 'expired';

export interface Entry {
  readonly period: string;
  readonly bucket: Bucket;
  readonly field: Field;
  readonly minor: bigint;
  /** The name under which something was posted: the payee of an accrual or of a payout at that time. */
  readonly name: string;
}

export interface PostedMerge extends Merge {
  readonly period: string;
}

export interface Dispute {
  readonly id: string;
  readonly document: string;
  readonly line: number | null;
  readonly bucket: Bucket;
  readonly opened: string;
  resolved: string | null;
}

export interface DisputedLine {
  readonly bucket: Bucket;
  readonly document: string;
  readonly number: number;
  readonly minor: bigint;
}

export interface Consent {
  readonly partner: string;
  readonly netting: boolean;
  readonly period: string;
}

/** Claims of MDF are paid like earned money, in one bucket beside those of the component. */
export const fundWindow: Window = { key: 'claims', first: endOfTime, last: endOfTime };

export interface Balance {
  readonly bucket: Bucket;
  readonly holder: string;
  readonly balance: bigint;
  readonly disputed: bigint;
}

export interface Payable {
  readonly payee: string;
  readonly currency: string;
  readonly channel: string;
  readonly netting: boolean;
  readonly balances: readonly Balance[];
  /** Below zero where the payee owes; without netting only what may be paid. */
  readonly amount: bigint;
  readonly payable: bigint;
  readonly receivable: bigint;
  readonly disputed: bigint;
}

export class Journal {
  readonly entries: Entry[] = [];
  readonly merges: PostedMerge[] = [];
  readonly consents: Consent[] = [];
  readonly disputes: Dispute[] = [];
  /** The lines of all buckets as the last close allocated them. */
  lines: readonly DisputedLine[] = [];
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  post(period: string, bucket: Bucket, field: Field, minor: bigint, name = bucket.payee): void {
    if (minor !== 0n) this.entries.push({ period, bucket, field, minor, name });
  }

  /** The payee that holds the balances of this one in a period. */
  holder(payee: string, period: string): string {
    const merge = this.merges.find((one) => one.from === payee && one.period <= period);
    return merge === undefined ? payee : this.holder(merge.into, period);
  }

  /** The bucket that a bucket has become in a period, where a merge pools windows. */
  home(bucket: Bucket, period: string): Bucket {
    if (bucket.window.key === fundWindow.key) return bucket;
    const merges = this.merges.filter((one) => one.period <= period);
    return { ...bucket, payee: pooledInto(bucket.payee, bucket.window, merges) };
  }

  /** The sum of these fields for each bucket up to a period. */
  sums(fields: readonly Field[], until: string): ReadonlyMap<string, { bucket: Bucket; minor: bigint }> {
    const sums = new Map<string, { bucket: Bucket; minor: bigint }>();
    for (const entry of this.entries) {
      if (entry.period > until || !fields.includes(entry.field)) continue;
      const bucket = this.home(entry.bucket, until);
      const key = keyOfBucket(bucket);
      sums.set(key, { bucket, minor: (sums.get(key)?.minor ?? 0n) + entry.minor });
    }
    return sums;
  }

  /** What a component's fund of a payee has in one field. */
  fund(
    field: Field,
    component: string,
    holder: string,
    currency: string,
    asOf: string,
    until = endOfTime,
  ): bigint {
    let sum = 0n;
    for (const entry of this.entries)
      if (
        entry.field === field &&
        entry.bucket.component === component &&
        entry.bucket.currency === currency &&
        entry.period <= until &&
        this.holder(entry.bucket.payee, asOf) === holder
      )
        sum += entry.minor;
    return sum;
  }

  netting(payee: string, period: string): boolean {
    const consent = this.consents.findLast((one) => one.partner === payee && one.period <= period);
    const { contracts, settings } = this.#program;
    return consent?.netting ?? contracts?.[payee]?.netting ?? settings?.netting ?? true;
  }

  /** The balance of every bucket and what of it is disputed. */
  balances(until: string): readonly Balance[] {
    const signs = [
      ['due', 1n],
      ['held', -1n],
      ['claims', 1n],
      ['inTransit', -1n],
      ['paid', -1n],
      ['repaid', 1n],
      ['writtenOff', 1n],
    ] as const;
    const found = new Map<string, { bucket: Bucket; minor: bigint }>();
    for (const [field, sign] of signs)
      for (const [key, { bucket, minor }] of this.sums([field], until))
        found.set(key, { bucket, minor: (found.get(key)?.minor ?? 0n) + sign * minor });
    return [...found].map(([key, { bucket, minor }]) => {
      const held = this.#disputed(key, until);
      const positive = minor > 0n ? minor : 0n;
      const disputed = held < positive ? held : positive;
      return {
        bucket,
        holder: this.holder(bucket.payee, until),
        balance: minor,
        disputed: disputed > 0n ? disputed : 0n,
      };
    });
  }

  #disputed(key: string, until: string): bigint {
    const open = this.disputes.filter(
      (one) => one.opened <= until && (one.resolved === null || one.resolved > until),
    );
    let sum = 0n;
    for (const line of this.lines) {
      const bucket = this.home(line.bucket, until);
      if (keyOfBucket(bucket) !== key) continue;
      const disputed = open.some(
        (one) =>
          keyOfBucket(this.home(one.bucket, until)) === key &&
          one.document === line.document &&
          (one.line === null || one.line === line.number),
      );
      if (disputed) sum += line.minor;
    }
    return sum;
  }

  /** What may be paid to every payee, by currency and channel. */
  payables(until: string, channelOf: (bucket: Bucket) => string): readonly Payable[] {
    const groups = new Map<string, Balance[]>();
    for (const one of this.balances(until)) {
      const key = [one.holder, one.bucket.currency, channelOf(one.bucket)].join('|');
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    return [...groups].map(([key, balances]) => {
      const [payee = '', currency = '', channel = ''] = key.split('|');
      const netting = this.netting(payee, until);
      const free = balances.map(({ balance, disputed }) => balance - disputed);
      const sum = free.reduce((total, one) => total + one, 0n);
      const above = free.reduce((total, one) => total + (one > 0n ? one : 0n), 0n);
      const below = balances.reduce((total, { balance }) => total + (balance < 0n ? -balance : 0n), 0n);
      return {
        payee,
        currency,
        channel,
        netting,
        balances,
        amount: netting ? sum : above,
        payable: netting ? (sum > 0n ? sum : 0n) : above,
        receivable: netting ? (sum < 0n ? -sum : 0n) : below,
        disputed: balances.reduce((total, { disputed }) => total + disputed, 0n),
      };
    });
  }
}

/** Buckets in the order in which repayments and write-offs go to them. */
export function inBucketOrder(a: Bucket, b: Bucket): number {
  return (
    inTextOrder(a.component, b.component) ||
    inTextOrder(a.payee, b.payee) ||
    inTextOrder(a.window.key, b.window.key)
  );
}
