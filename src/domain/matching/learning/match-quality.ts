/**
 * How good matching is, from what reviewers say. Of alerts they say whether they were right. What raised no
 * alert nobody looks at, so a random sample of it is asked about, and each answer stands for as many as were
 * not asked: only so can be told what was missed.
 */
import { reliability, type JudgedPair, type Reliability } from './reliability.ts';
import { wilson, type Interval } from './wilson.ts';

/** What a person says of two companies: one customer, one group of companies, or neither. */
export const matchAnswers = ['same', 'related', 'different'] as const;
export type MatchAnswer = (typeof matchAnswers)[number];

/** What an alert is for. */
export function isOneGroup({ answer }: { readonly answer: MatchAnswer | null }): boolean {
  return answer === 'same' || answer === 'related';
}

/** Fewer answers than this are chance, and no figure is shown. */
export const minimumAnswers = 20;

/** Two companies that were compared, and what a person said of them; null while nobody has answered. */
export interface ComparedPair {
  readonly registrationId: string;
  /** `alert`: shown as a conflict · `sample`: the likeliest of those that were not. */
  readonly origin: 'alert' | 'sample';
  readonly probability: number;
  /** How many registrations it stands for. */
  readonly weight: number;
  readonly answer: MatchAnswer | null;
}

export interface Estimate extends Interval {
  readonly value: number;
}

export interface MatchQuality {
  /** Registrations with an alert, whether anybody said something of it or not. */
  readonly alerts: number;
  /** Alerts that were answered. */
  readonly answeredAlerts: number;
  /** Clear registrations in the sample, and how many of them were answered. */
  readonly sampledClear: number;
  readonly answeredClear: number;
  /**
   * The share of answered alerts that were one customer or one group; null with too few answers, as the
   * others.
   */
  readonly precision: Estimate | null;
  /** The share of registrations in conflict that got an alert. */
  readonly recall: Estimate | null;
  /** Registrations in conflict that got none, estimated. */
  readonly missed: number | null;
  readonly calibration: Reliability | null;
}

/** @param alerted registrations with an alert in the time the pairs are from */
export function matchQuality(pairs: readonly ComparedPair[], alerted: number): MatchQuality {
  const alerts = pairs.filter(({ origin, answer }) => origin === 'alert' && answer !== null);
  const sample = pairs.filter(({ origin }) => origin === 'sample');
  const answered = sample.filter(({ answer }) => answer !== null);
  const right = alerts.filter(isOneGroup).length;
  const conflicts = conflictsAmong(alerts, alerted);
  const missed = missedIn(sample, answered);
  return {
    alerts: alerted,
    answeredAlerts: alerts.length,
    sampledClear: sample.length,
    answeredClear: answered.length,
    precision:
      alerts.length < minimumAnswers
        ? null
        : { value: right / alerts.length, ...wilson(right / alerts.length, alerts.length) },
    recall: conflicts && missed && recallOf(conflicts, missed),
    missed: missed && missed.value,
    calibration: calibrationOf(alerts, answered, alerted),
  };
}

/** Registrations with an alert that are in conflict: one answer of a registration that says so is enough. */
function conflictsAmong(alerts: readonly ComparedPair[], alerted: number): Estimate | null {
  const registrations = [...Map.groupBy(alerts, ({ registrationId }) => registrationId).values()];
  if (registrations.length < minimumAnswers) return null;
  const share = registrations.filter((group) => group.some(isOneGroup)).length / registrations.length;
  return times(alerted, { value: share, ...wilson(share, registrations.length) });
}

/** Questions nobody has answered count as the others. */
function missedIn(asked: readonly ComparedPair[], answered: readonly ComparedPair[]): Estimate | null {
  if (answered.length < minimumAnswers) return null;
  const total = weightOf(answered);
  const share = weightOf(answered.filter(isOneGroup)) / total;
  // As many answers of one weight as tell as much as these (Kish), should the share of the sample have been
  // changed on the way.
  const equal = total ** 2 / answered.reduce((sum, { weight }) => sum + weight ** 2, 0);
  return times(weightOf(asked), { value: share, ...wilson(share, equal) });
}

/**
 * Both ends on the safe side: fewest found with most missed, and the other way round. Null when there is
 * nothing to find.
 */
function recallOf(found: Estimate, missed: Estimate): Estimate | null {
  const recall = (hits: number, misses: number): number => hits / (hits + misses);
  if (found.value + missed.value === 0) return null;
  return {
    value: recall(found.value, missed.value),
    low: recall(found.low, missed.high),
    high: recall(found.high, missed.low),
  };
}

function calibrationOf(
  alerts: readonly ComparedPair[],
  answered: readonly ComparedPair[],
  alerted: number,
): Reliability | null {
  if (alerts.length + answered.length < minimumAnswers) return null;
  // Answered alerts stand for those nobody said anything of.
  const each = Math.max(
    1,
    alerted / Math.max(1, new Set(alerts.map(({ registrationId }) => registrationId)).size),
  );
  const judged = (pair: ComparedPair, weight: number): JudgedPair => ({
    probability: pair.probability,
    same: isOneGroup(pair),
    weight,
  });
  return reliability([
    ...alerts.map((pair) => judged(pair, each)),
    ...answered.map((pair) => judged(pair, pair.weight)),
  ]);
}

function weightOf(pairs: readonly ComparedPair[]): number {
  return pairs.reduce((sum, { weight }) => sum + weight, 0);
}

function times(count: number, { value, low, high }: Estimate): Estimate {
  return { value: count * value, low: count * low, high: count * high };
}
