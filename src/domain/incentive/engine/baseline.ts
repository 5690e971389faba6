import { addExact, exactZero, type Exact } from '#src/domain/exact.ts';
import type { Measure } from '#src/domain/incentive/component.ts';
import { periodOf } from '#src/domain/period.ts';
import type { BucketId } from './bucket.ts';
import type { KnownFacts } from './known-facts.ts';
import type { IncentiveLine } from './lines.ts';
import { pooledPayee } from './merged.ts';
import { shiftMonth } from './windows.ts';

/** The volume of a bucket's window a year earlier, as far as growth is compared with it. */
export type BaselineOf = (bucket: BucketId, measure: Measure, compare: 'full' | 'to_date') => Exact;

/**
 * Baselines that people gave count before those from documents. A bucket that merges have pooled is compared
 * with the baselines of all its payees together.
 *
 * @param payeeOf the payee whose bucket a line is in
 */
export function baselines(
  known: KnownFacts,
  lines: readonly IncentiveLine[],
  payeeOf: (line: IncentiveLine) => string,
  { period, cutOff }: { readonly period: string; readonly cutOff: string },
): BaselineOf {
  const byPayee = new Map<string, IncentiveLine[]>();
  for (const line of lines) {
    const key = seriesKey(line.terms.code, payeeOf(line), line.currency);
    const list = byPayee.get(key);
    if (list === undefined) byPayee.set(key, [line]);
    else list.push(line);
  }
  return ({ component, payee, currency, window }, measure, compare) => {
    const first = shiftMonth(window.first, -12);
    const end = compare === 'to_date' && period < window.last ? period : window.last;
    const last = shiftMonth(end, -12);
    return pooledPayees(known, payee, window.last, cutOff)
      .map((one) => {
        const given = known.baselines.findLast(
          (fact) =>
            fact.component === component &&
            fact.partner === one &&
            fact.currency === currency &&
            fact.period === window.first,
        );
        if (given !== undefined) return given.amount;
        return (byPayee.get(seriesKey(component, one, currency)) ?? [])
          .filter(({ booking }) => first <= periodOf(booking) && periodOf(booking) <= last)
          .reduce<Exact>(
            (sum, line) => addExact(sum, measure === 'amount' ? line.basis : line.quantity),
            exactZero,
          );
      })
      .reduce(addExact, exactZero);
  };
}

function pooledPayees(
  known: KnownFacts,
  payee: string,
  lastMonth: string,
  cutOff: string,
): readonly string[] {
  const others = [...known.merges.keys()].filter(
    (from) => from !== payee && pooledPayee(known, from, lastMonth, (date) => date <= cutOff) === payee,
  );
  return [payee, ...others];
}

function seriesKey(component: string, payee: string, currency: string): string {
  return JSON.stringify([component, payee, currency]);
}
