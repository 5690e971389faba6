import { addExact, exactZero, formatExact, roundExact, sumExact, type Exact } from '#src/domain/exact.ts';
import type { IncentiveComponent } from '#src/domain/incentive/component.ts';
import { periodOf } from '#src/domain/period.ts';
import { baselines, type BaselineOf } from './baseline.ts';
import type { BucketId } from './bucket.ts';
import { Buckets, earlierDay, type FilledBucket } from './buckets.ts';
import { cappedAmounts, drawsAfter, type Budget, type CappedPiece, type Draws } from './caps.ts';
import { documentsAsOf } from './documents.ts';
import { exchangeRatesAt, type PinnedRates } from './exchange-rates.ts';
import type { KnownFacts } from './known-facts.ts';
import { lineAmounts, type LineAmount } from './line-amounts.ts';
import { incentiveLines, type IncentiveLine } from './lines.ts';
import { providedAmount } from './provision.ts';
import { shareOut } from './share-out.ts';
import { partnerTiers, type PartnerTiers, type PinnedTiers } from './tiers.ts';
import { bucketRules, componentOf, versionOn } from './versions.ts';
import { lastDayOf, windowAt } from './windows.ts';

/** Everything that earlier closes have fixed, and the buckets that have postings. */
export interface ClosedBefore {
  readonly rates: PinnedRates;
  readonly tiers: PinnedTiers;
  readonly draws: Draws;
  readonly buckets: readonly BucketId[];
}

export const nothingClosed: ClosedBefore = {
  rates: new Map(),
  tiers: new Map(),
  draws: new Map(),
  buckets: [],
};

/** A line with the minor units that its bucket's rounding gives it. */
export interface DesiredLine {
  readonly document: string;
  readonly line: number;
  readonly partner: string;
  readonly amountMinor: bigint;
  readonly trace: LineTrace;
}

/** Everything that is needed to recompute a line by hand. Numbers are exact, as decimals or fractions. */
export interface LineTrace {
  readonly booking: string;
  readonly version: string;
  readonly tier: string | null;
  readonly basis: string;
  readonly quantity: string;
  /** The volume of earlier lines in the window. */
  readonly before: string;
  readonly segments: readonly { readonly from: string; readonly part: string; readonly amount: string }[];
  readonly pieces: readonly { readonly date: string; readonly payment: string; readonly amount: string }[];
  /** After caps, before rounding. */
  readonly granted: string;
}

export interface DesiredBucket extends BucketId {
  /** The rules by which the bucket is settled. */
  readonly rules: IncentiveComponent;
  /** The lines of which something is released, in line order. */
  readonly lines: readonly DesiredLine[];
  readonly adjustmentsMinor: bigint;
  readonly earnedMinor: bigint;
  /** Equal to what is earned for components without a provision. */
  readonly providedMinor: bigint;
}

export interface Calculation {
  readonly period: string;
  /** By component, payee, currency and window. */
  readonly buckets: readonly DesiredBucket[];
  /** Everything that this calculation fixes once its period is closed. */
  readonly fixed: Pick<ClosedBefore, 'rates' | 'tiers' | 'draws'>;
}

/**
 * Calculates everything that should have been posted up to the last day of a period, from all facts known
 * now. The result does not depend on the order in which the facts arrived, except where two of them
 * contradict each other.
 */
export function calculate(known: KnownFacts, closed: ClosedBefore, period: string): Calculation {
  const cutOff = lastDayOf(period);
  const documents = documentsAsOf(known, cutOff);
  const rates = exchangeRatesAt(known, documents, closed.rates);
  const tiers = partnerTiers(known, documents, rates, closed.tiers);
  const lines = incentiveLines({ known, documents, rates, tiers });
  const buckets = new Buckets(known, cutOff);
  for (const line of lines) if (!line.isHistory) buckets.addLine(line);
  for (const id of closed.buckets) buckets.add(id);
  buckets.addAdjustments();

  const payeeOf = (line: IncentiveLine) => buckets.bucketOf(line).payee;
  const context: CalculationContext = {
    known,
    period,
    cutOff,
    tiers,
    baselineOf: baselines(known, lines, payeeOf, { period, cutOff }),
  };
  const rated = buckets.sorted().map((bucket) => ({ bucket, amounts: rateBucket(bucket, context) }));
  const pieces = rated.flatMap(({ bucket, amounts }) => piecesOf(bucket, amounts, context));
  const draws = drawsAfter(pieces, closed.draws, period);
  const granted = cappedAmounts(pieces, draws);
  return {
    period,
    buckets: rated.map(({ bucket, amounts }) => desiredBucket(bucket, amounts, granted, context)),
    fixed: { rates: rates.pins, tiers: tiers.pinsUpTo(period), draws },
  };
}

interface CalculationContext {
  readonly known: KnownFacts;
  readonly period: string;
  readonly cutOff: string;
  readonly tiers: PartnerTiers;
  readonly baselineOf: BaselineOf;
}

function rateBucket(
  bucket: FilledBucket,
  { known, tiers, baselineOf }: CalculationContext,
): readonly LineAmount[] {
  return lineAmounts(bucket.lines, {
    rules: bucket.rules,
    baseline: (measure, compare) => baselineOf(bucket, measure, compare),
    ratesOn: (line, day) => {
      const version = versionOn(known.versions, day);
      const terms = version && componentOf(version, line.terms.code);
      return terms ? { method: terms.method, tier: tiers.tierOn(line.tierPartner, day) } : null;
    },
  });
}

function pieceId(line: IncentiveLine, payment: string): string {
  const { terms, currency, document, partner, payee } = line;
  const who = terms.payee === 'person' ? payee : partner;
  return JSON.stringify([terms.code, currency, document, line.line, who, payment]);
}

function piecesOf(
  bucket: FilledBucket,
  amounts: readonly LineAmount[],
  context: CalculationContext,
): readonly CappedPiece[] {
  return amounts.flatMap(({ line, pieces }) => {
    const budgets = bucket.rules.caps.map((_, place) => budgetOf(bucket, line, place, context));
    return pieces.map(({ date, payment, amount }) => ({
      id: pieceId(line, payment),
      amount,
      date,
      document: line.document,
      payee: bucket.payee,
      line: line.line,
      partner: line.partner,
      payment,
      budgets,
    }));
  });
}

/** The budget that a cap of a bucket gives a line, or null when the version in force no longer has it. */
function budgetOf(
  { component, payee, currency, rules, window }: FilledBucket,
  line: IncentiveLine,
  place: number,
  { known, cutOff }: CalculationContext,
): Budget | null {
  const cap = rules.caps[place];
  if (cap === undefined) return null;
  const key = (...parts: readonly string[]) =>
    JSON.stringify([component, currency, cap.per, place, ...parts]);
  switch (cap.per) {
    case 'document':
      return { key: key(payee, line.document), amountMinor: cap.amountMinor };
    case 'payee':
      return { key: key(payee, window.key.split('@')[0] ?? ''), amountMinor: cap.amountMinor };
    case 'all': {
      const kind = cap.window ?? rules.window;
      const span = windowAt(kind, periodOf(line.booking), known.program.settings.yearStartMonth);
      const inForce = bucketRules(known.versions, component, earlierDay(lastDayOf(span.last), cutOff));
      const current = inForce?.caps.find(
        (one) => one.per === 'all' && (one.window ?? inForce.window) === kind,
      );
      return current === undefined ? null : { key: key(span.key), amountMinor: current.amountMinor };
    }
  }
}

function desiredBucket(
  bucket: FilledBucket,
  amounts: readonly LineAmount[],
  granted: ReadonlyMap<string, Exact>,
  context: CalculationContext,
): DesiredBucket {
  const { component, payee, currency, window, rules, adjustmentsMinor } = bucket;
  const { settings } = context.known.program;
  const rounding = rules.rounding ?? settings.rounding;
  const sums = amounts.map(({ line, pieces }) =>
    pieces.map(({ payment }) => granted.get(pieceId(line, payment)) ?? exactZero).reduce(addExact, exactZero),
  );
  const earnedMinor = roundExact(sumExact(sums), rounding) + adjustmentsMinor;
  const parts = shareOut(sums, rounding, settings.remainder);
  return {
    component,
    payee,
    currency,
    window,
    rules,
    lines: amounts.flatMap((amount, place) =>
      amount.pieces.length === 0 ? [] : [desiredLine(amount, sums[place] ?? exactZero, parts[place] ?? 0n)],
    ),
    adjustmentsMinor,
    earnedMinor,
    providedMinor: providedFor(bucket, earnedMinor, context),
  };
}

function desiredLine(
  { line, pieces, segments, before }: LineAmount,
  granted: Exact,
  amountMinor: bigint,
): DesiredLine {
  return {
    document: line.document,
    line: line.line,
    partner: line.partner,
    amountMinor,
    trace: {
      booking: line.booking,
      version: line.version,
      tier: line.tier,
      basis: formatExact(line.basis),
      quantity: formatExact(line.quantity),
      before: formatExact(before),
      segments: segments.map(({ row, part, amount }) => ({
        from: formatExact(row.from),
        part: formatExact(part),
        amount: formatExact(amount),
      })),
      pieces: pieces.map(({ date, payment, amount }) => ({ date, payment, amount: formatExact(amount) })),
      granted: formatExact(granted),
    },
  };
}

function providedFor(bucket: FilledBucket, earnedMinor: bigint, context: CalculationContext): bigint {
  const { component, payee, rules, lines, window } = bucket;
  const { known, period, cutOff, tiers, baselineOf } = context;
  if (rules.provision === null || period >= window.last) return earnedMinor;
  const estimate = known.estimates.findLast(
    (fact) => fact.component === component && fact.partner === payee && fact.date <= cutOff,
  );
  return providedAmount(lines, earnedMinor, {
    method: rules.method,
    expected: estimate?.expected ?? rules.provision,
    tier: tiers.tierOn(payee, cutOff),
    rounding: rules.rounding ?? known.program.settings.rounding,
    baseline: () =>
      rules.method.type === 'growth'
        ? baselineOf(bucket, rules.method.measure, rules.method.compare)
        : exactZero,
  });
}
