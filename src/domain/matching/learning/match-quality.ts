/**
 * Measures the quality of matching from the answers of reviewers. Alerts are answered directly. Registrations
 * without an alert are not reviewed, so a random sample of them is asked about. Each answer represents the
 * registrations that were not sampled, which gives an estimate of the missed conflicts.
 */
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { reliability, type JudgedPair, type Reliability } from './reliability.ts';
import { wilson, type Interval } from './wilson.ts';

/** A reviewer's answer: the same customer, the same group of companies, or neither. */
export const matchAnswers = ['same', 'related', 'different'] as const;
export type MatchAnswer = (typeof matchAnswers)[number];

/** Two companies as they were compared, and a reviewer's answer. */
export interface AnsweredPair {
  readonly ours: NormalisedCompany;
  readonly theirs: NormalisedCompany;
  readonly answer: MatchAnswer;
}

/** True for the answers that make an alert correct. */
export function isOneGroup({ answer }: { readonly answer: MatchAnswer | null }): boolean {
  return answer === 'same' || answer === 'related';
}

/** With fewer answers no figure is shown, because it would be chance. */
export const minimumAnswers = 20;

/** Two compared companies and the reviewer's answer. */
export interface ComparedPair {
  readonly registrationId: string;
  /**
   * `alert`: shown as a conflict · `sample`: the most probable rival of a sampled registration without an
   * alert.
   */
  readonly origin: 'alert' | 'sample';
  readonly probability: number;
  /** The number of registrations that it represents. */
  readonly weight: number;
  /** Null until a reviewer answers. */
  readonly answer: MatchAnswer | null;
}

export interface Estimate extends Interval {
  readonly value: number;
}

export interface MatchQuality {
  /** Registrations with an alert, answered or not. */
  readonly alerts: number;
  /** Alerts that were answered. */
  readonly answeredAlerts: number;
  /** Sampled registrations without an alert, and how many of them were answered. */
  readonly sampledClear: number;
  readonly answeredClear: number;
  /**
   * The share of answered alerts that were correct. This and the other figures are null with too few answers.
   */
  readonly precision: Estimate | null;
  /** The share of registrations with a conflict that had an alert. */
  readonly recall: Estimate | null;
  /** The estimated number of registrations with a conflict but without an alert. */
  readonly missed: number | null;
  readonly calibration: Reliability | null;
}

/** @param alerted the number of registrations with an alert in the period of the pairs */
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

/**
 * The estimated number of registrations with a correct alert. One correct answer per registration is enough.
 */
function conflictsAmong(alerts: readonly ComparedPair[], alerted: number): Estimate | null {
  const registrations = [...Map.groupBy(alerts, ({ registrationId }) => registrationId).values()];
  if (registrations.length < minimumAnswers) return null;
  const share = registrations.filter((group) => group.some(isOneGroup)).length / registrations.length;
  return times(alerted, { value: share, ...wilson(share, registrations.length) });
}

/**
 * The estimated number of missed conflicts. Unanswered questions are assumed to be like the answered ones.
 */
function missedIn(asked: readonly ComparedPair[], answered: readonly ComparedPair[]): Estimate | null {
  if (answered.length < minimumAnswers) return null;
  const total = weightOf(answered);
  const share = weightOf(answered.filter(isOneGroup)) / total;
  // The effective number of answers (Kish). Weights differ if the share of the sample was changed.
  const effective = total ** 2 / answered.reduce((sum, { weight }) => sum + weight ** 2, 0);
  return times(weightOf(asked), { value: share, ...wilson(share, effective) });
}

/**
 * The interval is conservative: the low end combines the fewest found with the most missed conflicts, the
 * high end the opposite. Null if there are no conflicts.
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
  // Answered alerts represent the unanswered ones.
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
