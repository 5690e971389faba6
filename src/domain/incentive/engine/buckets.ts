import type { IncentiveComponent } from '#src/domain/incentive/component.ts';
import { periodOf } from '#src/domain/period.ts';
import { bucketKey, compareBuckets, compareText, type BucketId } from './bucket.ts';
import type { KnownFacts } from './known-facts.ts';
import type { IncentiveLine } from './lines.ts';
import { pooledPayee } from './merged.ts';
import { bucketRules, componentOf, versionOn } from './versions.ts';
import { lastDayOf, windowAt, type Window } from './windows.ts';

export interface FilledBucket extends BucketId {
  readonly rules: IncentiveComponent;
  readonly lines: IncentiveLine[];
  adjustmentsMinor: bigint;
}

/** The buckets of a calculation. Windows that a merge has pooled are under the payee that holds them. */
export class Buckets {
  readonly #known: KnownFacts;
  readonly #cutOff: string;
  readonly #buckets = new Map<string, FilledBucket>();

  constructor(known: KnownFacts, cutOff: string) {
    this.#known = known;
    this.#cutOff = cutOff;
  }

  sorted(): readonly FilledBucket[] {
    const buckets = [...this.#buckets.values()];
    for (const { lines } of buckets) lines.sort(compareLines);
    return buckets.toSorted(compareBuckets);
  }

  bucketOf({ terms, payee, currency, booking, version }: IncentiveLine): BucketId {
    return this.#pooled({
      component: terms.code,
      payee,
      currency,
      window: this.#windowOf(terms, periodOf(booking), version),
    });
  }

  addLine(line: IncentiveLine): void {
    this.add(this.bucketOf(line))?.lines.push(line);
  }

  /** Null when no version has the component. */
  add(id: BucketId): FilledBucket | null {
    const pooled = this.#pooled(id);
    const key = bucketKey(pooled);
    const before = this.#buckets.get(key);
    if (before !== undefined) return before;
    const rules = rulesOf(this.#known, pooled.component, pooled.window, this.#cutOff);
    if (rules === null) return null;
    const bucket: FilledBucket = { ...pooled, rules, lines: [], adjustmentsMinor: 0n };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  addAdjustments(): void {
    for (const fact of this.#known.adjustments) {
      if (fact.date > this.#cutOff) continue;
      const id = 'bucket' in fact ? fact.bucket : this.#bucketOfMonth(fact);
      const bucket = id === null ? null : this.add(id);
      if (bucket !== null) bucket.adjustmentsMinor += fact.amountMinor;
    }
  }

  #bucketOfMonth({ component, partner, period, currency }: MonthAdjustment): BucketId | null {
    const day = lastDayOf(period);
    const terms = bucketRules(this.#known.versions, component, day);
    if (terms === null) return null;
    const effective = versionOn(this.#known.versions, day)?.effective ?? '';
    return { component, payee: partner, currency, window: this.#windowOf(terms, period, effective) };
  }

  #windowOf(terms: IncentiveComponent, period: string, version: string): Window {
    const restart = terms.onVersionChange === 'restart' ? `@${version}` : '';
    return windowAt(terms.window, period, this.#known.program.settings.yearStartMonth, restart);
  }

  #pooled(id: BucketId): BucketId {
    const payee = pooledPayee(this.#known, id.payee, id.window.last, (date) => date <= this.#cutOff);
    return { component: id.component, payee, currency: id.currency, window: id.window };
  }
}

type MonthAdjustment = Extract<KnownFacts['adjustments'][number], { readonly period: string }>;

/** A bucket's rules: of the version in force when its window ends or at the cut-off, if that is earlier. */
function rulesOf(
  known: KnownFacts,
  component: string,
  window: Window,
  cutOff: string,
): IncentiveComponent | null {
  const rules = bucketRules(known.versions, component, earlierDay(lastDayOf(window.last), cutOff));
  const restartedOn = window.key.split('@')[1];
  if (rules === null || restartedOn === undefined) return rules;
  // After a restart the table is that of the version that restarted the window.
  const version = known.versions.findLast(({ effective }) => effective === restartedOn);
  const restarted = version && componentOf(version, component);
  return restarted ? { ...rules, method: restarted.method } : rules;
}

function compareLines(a: IncentiveLine, b: IncentiveLine): number {
  return (
    compareText(a.booking, b.booking) ||
    compareText(a.document, b.document) ||
    a.line - b.line ||
    compareText(a.partner, b.partner)
  );
}

/** The earlier of two days. */
export function earlierDay(a: string, b: string): string {
  return a < b ? a : b;
}
