/** What a period shows when it is closed, from the postings up to it. */
import type { Bucket } from './amounts.ts';
import type { Calculation } from './calculate.ts';
import { fundWindow, type Field, type Journal } from './journal.ts';

export interface Report {
  readonly period: string;
  readonly earned: readonly object[];
  readonly provided: readonly object[];
  readonly balances: readonly object[];
  readonly accounts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export function reportOf(calculation: Calculation, journal: Journal, period: string): Report {
  return {
    period,
    earned: rowsOf(journal, 'earned', period),
    provided: rowsOf(journal, 'provided', period, ({ component }) => {
      const rules = calculation.rules.bucketRules(component, { last: period });
      return rules?.provision !== undefined;
    }),
    balances: balancesOf(calculation, journal, period),
    accounts: accountsOf(journal, period),
  };
}

function rowsOf(
  journal: Journal,
  field: Field,
  period: string,
  isShown: (bucket: Bucket) => boolean = () => true,
): readonly object[] {
  const rows = new Map<
    string,
    { payee: string; component: string; currency: string; delta: bigint; total: bigint }
  >();
  for (const entry of journal.entries) {
    if (entry.field !== field || entry.period > period || !isShown(entry.bucket)) continue;
    const { component, currency } = entry.bucket;
    const key = [entry.name, component, currency].join('|');
    const before = rows.get(key) ?? { payee: entry.name, component, currency, delta: 0n, total: 0n };
    rows.set(key, {
      ...before,
      delta: before.delta + (entry.period === period ? entry.minor : 0n),
      total: before.total + entry.minor,
    });
  }
  return [...rows.values()]
    .filter(({ delta }) => delta !== 0n)
    .map(({ delta, total, ...row }) => ({ ...row, deltaMinor: Number(delta), totalMinor: Number(total) }));
}

/** The channel in which a bucket is paid. Claims of a fund are paid out. */
export function channelOf({ rules }: Calculation, bucket: Bucket): string {
  if (bucket.window.key === fundWindow.key) return 'payout';
  const component = rules.bucketRules(bucket.component, bucket.window);
  return component?.kind === 'mdf' ? 'mdf' : (component?.channel ?? 'payout');
}

function balancesOf(calculation: Calculation, journal: Journal, period: string): readonly object[] {
  const rows = new Map<string, Record<string, string | number>>();
  const add = (payee: string, currency: string, channel: string, field: string, minor: bigint) => {
    const key = [payee, currency, channel].join('|');
    const row = rows.get(key) ?? { payee, currency, channel };
    row[field] = Number(row[field] ?? 0) + Number(minor);
    rows.set(key, row);
  };
  for (const entry of journal.entries) {
    if (entry.period > period) continue;
    const { bucket, field, minor, name } = entry;
    const holder = journal.holder(bucket.payee, period);
    const channel = channelOf(calculation, bucket);
    if (field === 'earned') add(holder, bucket.currency, channel, 'accrued', minor);
    if (field === 'due' || field === 'fundsDue') add(holder, bucket.currency, channel, 'accrued', -minor);
    if (field === 'held' || field === 'repaid' || field === 'writtenOff')
      add(holder, bucket.currency, channel, field, minor);
    if (field === 'inTransit' || field === 'paid') add(name, bucket.currency, channel, field, minor);
    if (field === 'available' || field === 'reserved' || field === 'claimed' || field === 'expired')
      add(holder, bucket.currency, 'mdf', field, minor);
  }
  for (const one of journal.payables(period, (bucket) => channelOf(calculation, bucket)))
    for (const field of ['payable', 'receivable', 'disputed'] as const)
      add(one.payee, one.currency, one.channel, field, one[field]);
  return [...rows.values()].filter((row) =>
    Object.values(row).some((one) => typeof one === 'number' && one !== 0),
  );
}

type Movements = Readonly<Record<string, 1n | -1n>>;

/**
 * The movement of the accounts for each field; debit is positive. Expense follows the provided book, which is equal to
 * the earned one without a provision; the account of the provision has what is provided above earned.
 */
const accounts: Readonly<Record<Field, Movements>> = {
  earned: { accrued: -1n, provision: 1n },
  provided: { expense: 1n, provision: -1n },
  due: { accrued: 1n, payable: -1n },
  fundsDue: { accrued: 1n },
  held: { payable: 1n, held: -1n },
  claims: { payable: -1n },
  inTransit: { payable: 1n, in_transit: -1n },
  paid: { payable: 1n, cash: -1n },
  repaid: { cash: 1n, payable: -1n },
  writtenOff: { expense: 1n, payable: -1n },
  available: { mdf_available: -1n },
  reserved: { mdf_reserved: -1n },
  claimed: {},
  expired: { expense: -1n },
};

function accountsOf(journal: Journal, period: string): Report['accounts'] {
  const sums: Record<string, Record<string, number>> = {};
  const add = (currency: string, account: string, minor: bigint) => {
    const inCurrency = (sums[currency] ??= {});
    inCurrency[account] = (inCurrency[account] ?? 0) + Number(minor);
  };
  for (const { period: posted, bucket, field, minor } of journal.entries) {
    if (posted !== period) continue;
    for (const [account, sign] of Object.entries(accounts[field]))
      add(bucket.currency, account, sign * minor);
  }
  return Object.fromEntries(
    Object.entries(sums)
      .map(
        ([currency, inCurrency]) =>
          [currency, Object.fromEntries(Object.entries(inCurrency).filter(([, one]) => one !== 0))] as const,
      )
      .filter(([, inCurrency]) => Object.keys(inCurrency).length > 0),
  );
}
