import {
  addExact,
  exact,
  exactZero,
  formatExact,
  multiplyExact,
  parseExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import { calculate, nothingClosed, type DesiredLine } from '#src/domain/incentive/engine/calculate.ts';
import type { DocumentFact } from '#src/domain/incentive/engine/facts.ts';
import { addFact, noFacts } from '#src/domain/incentive/engine/known-facts.ts';
import { programCase } from './incentive-program-case.ts';

const hundred = exact(100n);

/** Cases write amounts in major units with two decimals; the engine counts cents. */
export function inMinor(amount: string | number): string {
  return formatExact(multiplyExact(parseExact(amount), hundred));
}

export function inMajor(minor: Exact | bigint): Exact {
  return multiplyExact(typeof minor === 'bigint' ? exact(minor) : minor, exact(1n, 100n));
}

/** @throws Error when the amount is not whole cents */
export function wholeMinor(amount: string | number): bigint {
  const [numerator, denominator] = multiplyExact(parseExact(amount), hundred);
  if (denominator !== 1n) throw new Error(`${amount} has more than two decimals`);
  return numerator;
}

/** A programme with these components, as the history format writes them. */
export function programOf(components: readonly object[]): IncentiveProgram {
  const named = components.map((component, place) => ({ code: `c${place + 1}`, ...component }));
  return programCase.parse({
    currency: 'USD',
    firstPeriod: '2026-01',
    versions: [{ effective: '2026-01-01', components: named }],
  });
}

export interface SaleLine {
  readonly amount?: string | number | undefined;
  readonly quantity?: string | number | undefined;
  readonly product?: string | undefined;
}

/** An invoice of the partner P. */
export function invoiceOf(id: string, date: string, lines: readonly SaleLine[]): DocumentFact {
  return {
    type: 'invoice',
    id,
    version: 1,
    date,
    partner: 'P',
    currency: 'USD',
    lines: lines.map(({ amount = 0, quantity = 0, product = null }) => ({
      netMinor: wholeMinor(amount),
      taxMinor: 0n,
      quantity: parseExact(quantity),
      product,
      line: null,
    })),
    shares: null,
    person: null,
    dealType: null,
    registered: false,
    saleRef: null,
    replaces: null,
    of: null,
  };
}

export interface EngineRun {
  /** Everything earned, after rounding. */
  readonly earnedMinor: bigint;
  /** Everything earned, before rounding. */
  readonly exactMinor: Exact;
  readonly lines: readonly DesiredLine[];
  readonly byComponent: ReadonlyMap<string, Exact>;
}

/** Calculates what documents of January to December earn under these components. */
export function runEngine(components: readonly object[], documents: readonly DocumentFact[]): EngineRun {
  const known = noFacts(programOf(components));
  for (const document of documents) {
    const refused = addFact(known, document);
    if (refused !== null) throw new Error(refused);
  }
  const { buckets } = calculate(known, nothingClosed, '2026-12');
  const byComponent = new Map<string, Exact>();
  let exactMinor = exactZero;
  for (const bucket of buckets) {
    for (const { trace } of bucket.lines) {
      const granted = parseExact(trace.granted);
      exactMinor = addExact(exactMinor, granted);
      byComponent.set(bucket.component, addExact(byComponent.get(bucket.component) ?? exactZero, granted));
    }
  }
  return {
    earnedMinor: buckets.reduce((sum, bucket) => sum + bucket.earnedMinor, 0n),
    exactMinor,
    lines: buckets.flatMap((bucket) => bucket.lines),
    byComponent,
  };
}

/** A sale of one line in January. */
export function saleOf(line: SaleLine): readonly DocumentFact[] {
  return [invoiceOf('I1', '2026-01-10', [line])];
}
