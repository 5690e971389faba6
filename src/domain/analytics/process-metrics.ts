/** The definitions of the process metrics, and their numbers from promises. */
import { contentHash } from '#src/domain/content-hash.ts';
import type { Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import type { PromiseFact } from './promises.ts';

/** The product of shares such as 3/4 and 2/3 is not exact. */
const roundingError = 1e-9;

/** Fewer cases give no rate, because one more would change it too much. */
const fewestCases = 5;

export const processMetrics = {
  approval_turnaround: {
    version: 1,
    question: 'How long does a partner wait for the first decision?',
    period: 'the instant of the decision; the series “submitted” by the submission',
    counts:
      'business seconds from the submission to the first final decision, without pauses: the 50th and 90th percentile. Automatic decisions and those of people are series apart.',
    leavesOut: 'withdrawn before a decision, decided by time, reopened, appeals',
  },
  sla_compliance: {
    version: 1,
    question: 'How many promised times were met?',
    period: 'the instant at which the promise was due',
    counts: 'met ÷ (met + breached). A promise that is due and open is breached. Appeals are a series apart.',
    leavesOut: 'cancelled before it was due, not yet due, paused',
  },
  conflict_rate: {
    version: 1,
    question: 'How often is a deal disputed?',
    period: 'the instant of the decision',
    counts: 'decisions about registrations with a conflict ÷ all decisions',
    leavesOut: 'decided by time, appeals',
  },
  automatic_share: {
    version: 1,
    question: 'How many decisions need no person?',
    period: 'the instant of the decision',
    counts: 'decisions by the rules alone ÷ all decisions',
    leavesOut: 'decided by time, appeals',
  },
  overturn_rate: {
    version: 1,
    question: 'How many automatic decisions were wrong?',
    period: 'the instant of the decision that was taken back',
    counts:
      'automatic decisions that were reopened, overturned on appeal or replaced after an appeal ÷ automatic decisions. Approvals and rejections are series apart.',
    leavesOut: 'decisions of people, decisions without stored events',
  },
} as const satisfies Readonly<Record<string, Definition>>;

interface Definition {
  readonly version: number;
  readonly question: string;
  readonly period: string;
  readonly counts: string;
  readonly leavesOut: string;
}

export type ProcessMetric = keyof typeof processMetrics;
export const processMetricNames = Object.keys(processMetrics) as [ProcessMetric, ...ProcessMetric[]];

export interface MetricPeriod {
  readonly from: Instant;
  /** Not included. */
  readonly to: Instant;
  /** Nothing later is known. */
  readonly asOf: Instant;
}

/** One promise as a metric counts it. */
export interface MetricRow {
  readonly fact: PromiseFact;
  readonly series: readonly string[];
  /** The instant that puts it into the period. */
  readonly at: Instant;
  /** Why it is not counted; null for a row that is. */
  readonly leftOut: string | null;
  /** True when it counts in the numerator of a rate. */
  readonly isHit: boolean;
  /** The duration of a row that measures one. */
  readonly seconds: number | null;
}

type Row = Omit<MetricRow, 'fact'>;

/** The rows behind the numbers of a metric, counted and left out, oldest first. */
export function metricRows(
  metric: ProcessMetric,
  facts: readonly PromiseFact[],
  period: MetricPeriod,
): readonly MetricRow[] {
  return facts
    .flatMap((fact) => rowsOf[metric](fact, period).map((row) => ({ ...row, fact })))
    .toSorted((a, b) => a.at - b.at || (a.fact.registrationId < b.fact.registrationId ? -1 : 1));
}

const rowsOf: Readonly<Record<ProcessMetric, (fact: PromiseFact, period: MetricPeriod) => readonly Row[]>> = {
  approval_turnaround: turnaroundRows,
  sla_compliance: complianceRows,
  conflict_rate: (fact, period) => decisionRows(fact, period, () => fact.hasConflict),
  automatic_share: (fact, period) => decisionRows(fact, period, () => fact.decidedBy === 'rules'),
  overturn_rate: overturnRows,
};

const isIn = (at: Instant | null, { from, to, asOf }: MetricPeriod): at is Instant =>
  at !== null && at >= from && at < to && at <= asOf;

function turnaroundRows(fact: PromiseFact, period: MetricPeriod): readonly Row[] {
  const { clock, startedAt, decidedAt, cancelledAt, decidedBy, isReopened, businessSeconds } = fact;
  if (clock === 'appeal') return [];
  const leftOut = isReopened
    ? 'reopened'
    : decidedBy === 'time'
      ? 'decided_by_time'
      : businessSeconds === null
        ? 'not_countable'
        : null;
  const row = { leftOut, isHit: false, seconds: businessSeconds };
  const rows: Row[] = [];
  if (isIn(decidedAt, period))
    rows.push({ ...row, at: decidedAt, series: ['all', decidedBy === 'rules' ? 'automatic' : 'person'] });
  else if (isIn(cancelledAt, period))
    rows.push({ ...row, at: cancelledAt, series: ['all'], leftOut: 'withdrawn' });
  if (isIn(startedAt, period)) {
    const open = decidedAt !== null ? null : cancelledAt !== null ? 'withdrawn' : 'open';
    rows.push({ ...row, at: startedAt, series: ['submitted'], leftOut: leftOut ?? open });
  }
  return rows;
}

function complianceRows(fact: PromiseFact, period: MetricPeriod): readonly Row[] {
  const { clock, dueAt, decidedAt, cancelledAt } = fact;
  const row = { series: [clock], isHit: false, seconds: null };
  if (dueAt === null) {
    const isPaused = decidedAt === null && cancelledAt === null;
    return isPaused && isIn(fact.startedAt, period)
      ? [{ ...row, at: fact.startedAt, leftOut: 'paused' }]
      : [];
  }
  if (dueAt < period.from || dueAt >= period.to) return [];
  if (dueAt > period.asOf) return [{ ...row, at: dueAt, leftOut: 'not_yet_due' }];
  if (cancelledAt !== null && cancelledAt <= dueAt) return [{ ...row, at: dueAt, leftOut: 'cancelled' }];
  return [{ ...row, at: dueAt, leftOut: null, isHit: decidedAt !== null && decidedAt <= dueAt }];
}

function decisionRows(
  { clock, decidedAt, decidedBy }: PromiseFact,
  period: MetricPeriod,
  isHit: () => boolean,
): readonly Row[] {
  if (clock === 'appeal' || !isIn(decidedAt, period)) return [];
  const leftOut = decidedBy === 'time' ? 'decided_by_time' : null;
  return [{ series: ['all'], at: decidedAt, leftOut, isHit: leftOut === null && isHit(), seconds: null }];
}

function overturnRows(fact: PromiseFact, period: MetricPeriod): readonly Row[] {
  const { clock, decidedAt, decidedBy, outcome, reversedAt, hasHistory } = fact;
  if (clock === 'appeal' || !isIn(decidedAt, period)) return [];
  const leftOut = decidedBy === 'rules' ? (hasHistory ? null : 'no_events') : 'not_automatic';
  const isHit = leftOut === null && reversedAt !== null;
  const series = ['all', outcome === 'approved' ? 'approvals' : 'rejections'];
  return [{ series, at: decidedAt, leftOut, isHit, seconds: null }];
}

/** The numbers of one series. */
export interface MetricSeries {
  readonly name: string;
  /** The rows that are counted. */
  readonly n: number;
  /** Null for a metric of durations. */
  readonly hits: number | null;
  /** 0 to 1. Null with fewer than five cases. */
  readonly rate: number | null;
  readonly p50Seconds: number | null;
  readonly p90Seconds: number | null;
  /** The median with the open ones, by Kaplan and Meier; for `submitted`. Null when fewer than half are decided. */
  readonly medianWithOpenSeconds: number | null;
  /** The number of rows that are not counted, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

const seriesNames: Readonly<Record<ProcessMetric, readonly string[]>> = {
  approval_turnaround: ['all', 'automatic', 'person', 'submitted'],
  sla_compliance: ['decision', 'appeal'],
  conflict_rate: ['all'],
  automatic_share: ['all'],
  overturn_rate: ['all', 'approvals', 'rejections'],
};

export function metricSeries(metric: ProcessMetric, rows: readonly MetricRow[]): readonly MetricSeries[] {
  return seriesNames[metric].map((name) => {
    const all = rows.filter(({ series }) => series.includes(name));
    const counted = all.filter(({ leftOut }) => leftOut === null);
    const isDuration = metric === 'approval_turnaround';
    const seconds = counted.flatMap((row) => row.seconds ?? []).toSorted((a, b) => a - b);
    const hits = isDuration ? null : counted.filter(({ isHit }) => isHit).length;
    return {
      name,
      n: counted.length,
      hits,
      rate: hits === null || counted.length < fewestCases ? null : hits / counted.length,
      p50Seconds: isDuration ? percentile(seconds, 50) : null,
      p90Seconds: isDuration ? percentile(seconds, 90) : null,
      medianWithOpenSeconds: isDuration && name === 'submitted' ? medianWithOpen(all) : null,
      leftOut: countReasons(all),
    };
  });
}

/** The smallest value that at least this share of the values does not exceed. Null with fewer than five. */
function percentile(sorted: readonly number[], percent: number): number | null {
  if (sorted.length < fewestCases) return null;
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? null;
}

/**
 * A growing queue of open registrations would look fast if only the decided ones counted. One that is open, or was
 * withdrawn, says only that it lasted at least so long. https://doi.org/10.1080/01621459.1958.10501452
 */
function medianWithOpen(rows: readonly MetricRow[]): number | null {
  const censored: readonly (string | null)[] = ['open', 'withdrawn'];
  const known = rows
    .filter(({ leftOut, seconds }) => seconds !== null && (leftOut === null || censored.includes(leftOut)))
    // One that is open at the same duration as a decision was still waiting then.
    .toSorted(
      (a, b) =>
        (a.seconds ?? 0) - (b.seconds ?? 0) || Number(b.leftOut === null) - Number(a.leftOut === null),
    );
  if (known.length < fewestCases) return null;
  let waiting = 1;
  for (const [index, { seconds, leftOut }] of known.entries()) {
    const atRisk = known.length - index;
    if (leftOut === null) waiting *= 1 - 1 / atRisk;
    if (waiting <= 0.5 + roundingError) return seconds;
  }
  return null;
}

function countReasons(rows: readonly MetricRow[]): Readonly<Record<string, number>> {
  const reasons = rows.flatMap(({ leftOut }) => leftOut ?? []);
  return Object.fromEntries(
    [...new Set(reasons)]
      .toSorted()
      .map((reason) => [reason, reasons.filter((one) => one === reason).length]),
  );
}

/** Changes whenever the definition does, so that two numbers with the same hash can be compared. */
export function definitionHash(metric: ProcessMetric): string {
  return contentHash({ metric, fewestCases, ...processMetrics[metric] });
}
