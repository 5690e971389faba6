import { calendarAt, readCalendar, type BusinessCalendar } from './calendar.ts';
import { runningTime, whenPassed } from './open-time.ts';
import { joinPauses, pauseAround, type Pause } from './pauses.ts';
import { countTarget, isTargetValid, type CountedTarget, type Target } from './target.ts';

/** The reasons why a clock cannot start, in the order in which they are checked. */
export const clockErrors = [
  'pause_invalid',
  'target_invalid',
  'calendar_missing',
  'calendar_invalid',
  'never_open',
] as const;
export type ClockError = (typeof clockErrors)[number];

export interface ClockTerms {
  readonly calendars: readonly BusinessCalendar[];
  readonly target: Target;
  /** Seconds since 1970, as all times of a clock. */
  readonly start: number;
  readonly pauses: readonly Pause[];
}

/** A clock with the calendar version it keeps. What else happens to it is passed to the functions below. */
export interface ServiceClock extends CountedTarget {
  readonly start: number;
  readonly calendarVersion: number;
}

/**
 * An instant at which a share of the promised time has passed. Null while an unfinished pause holds it back.
 */
export interface Escalation {
  readonly percent: number;
  readonly at: number | null;
}

export function startClock({
  calendars,
  target,
  start,
  pauses,
}: ClockTerms): ServiceClock | { readonly error: ClockError } {
  if (pauses.some(({ from, to }) => to < from)) return { error: 'pause_invalid' };
  if (!isTargetValid(target)) return { error: 'target_invalid' };
  const calendar = calendarAt(calendars, start);
  if (calendar === undefined) return { error: 'calendar_missing' };
  const read = readCalendar(calendar);
  if (read === null) return { error: 'calendar_invalid' };
  const counted = countTarget(target, read, start);
  if (counted === null) return { error: 'never_open' };
  return { ...counted, start, calendarVersion: calendar.version };
}

/**
 * The first instant at which the promised time has passed, that is not before the moment the target names and
 * not inside a pause. A pause that begins at the instant comes too late. Null while a pause without an end
 * holds it back.
 */
export function clockDueAt(clock: ServiceClock, pauses: readonly Pause[]): number | null {
  const { open, anchor, budget, notBefore } = clock;
  const joined = joinPauses(pauses);
  const passed = whenPassed(runningTime(open, joined), anchor, budget);
  if (passed === null) return null;
  const due = Math.max(passed, notBefore);
  const resumed = pauseAround(joined, due)?.to ?? due;
  return resumed === Number.POSITIVE_INFINITY ? null : resumed;
}

/**
 * When each share of the promised time has passed, in percent. 100 is the due instant; no greater share is
 * earlier.
 */
export function escalationsOf(
  clock: ServiceClock,
  pauses: readonly Pause[],
  percents: readonly number[],
): readonly Escalation[] {
  const due = clockDueAt(clock, pauses);
  const running = runningTime(clock.open, joinPauses(pauses));
  return percents.map((percent) => {
    if (percent === 100 || clock.budget === 0) return { percent, at: due };
    const passed = whenPassed(running, clock.anchor, Math.ceil((clock.budget * percent) / 100));
    if (percent < 100 || passed === null) return { percent, at: passed };
    return { percent, at: due === null ? null : Math.max(passed, due) };
  });
}
