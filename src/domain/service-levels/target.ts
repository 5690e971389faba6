import type { ReadCalendar } from './calendar.ts';
import { alwaysOpen, horizonSeconds, openTimeOf, secondsBetween, type OpenTime } from './open-time.ts';
import { instantAt, nextDay, wallAt, type LocalDay } from './zone.ts';

/**
 * Which moment of the last business day is meant: the time of day at which the clock began, the last closing,
 * or as many business hours as the days have (`minutesPerDay` each).
 */
export const dayRules = ['same_time', 'end_of_day', 'day_length'] as const;
export type DayRule = (typeof dayRules)[number];

/** The promised time. `elapsed` and `calendar_days` also count while the calendar is closed. */
export type Target =
  | {
      readonly kind: 'business_days';
      readonly days: number;
      readonly dayRule?: DayRule | undefined;
      readonly minutesPerDay?: number | undefined;
    }
  | { readonly kind: 'business_hours'; readonly minutes: number }
  | { readonly kind: 'elapsed'; readonly minutes: number }
  | { readonly kind: 'calendar_days'; readonly days: number };

/** When time counts for a target, and how much of it there is. Seconds. */
export interface CountedTarget {
  readonly open: OpenTime;
  /** The start if it is open, else the next opening. */
  readonly anchor: number;
  readonly budget: number;
  /**
   * The due instant of a clock that is never paused, where the target names a moment. Otherwise the anchor.
   */
  readonly notBefore: number;
}

const daySeconds = 86_400;

export function isTargetValid(target: Target): boolean {
  if (target.kind === 'business_hours' || target.kind === 'elapsed') return isCount(target.minutes);
  if (!isCount(target.days)) return false;
  if (target.kind === 'calendar_days' || target.dayRule !== 'day_length') return true;
  return target.minutesPerDay !== undefined && isCount(target.minutesPerDay);
}

/** Null when the calendar does not open, or not on enough days, within 400 days from the start. */
export function countTarget(target: Target, calendar: ReadCalendar, start: number): CountedTarget | null {
  const open =
    target.kind === 'elapsed' || target.kind === 'calendar_days' ? alwaysOpen : openTimeOf(calendar);
  const first = firstOpening(open, start);
  if (first === null) return null;
  const { anchor, day } = first;
  if (target.kind === 'calendar_days')
    return until(
      open,
      anchor,
      instantAt(calendar.timeZone, wallAt(calendar.timeZone, anchor) + target.days * daySeconds),
    );
  if (target.kind !== 'business_days') return lasting(open, anchor, target.minutes);
  if (target.dayRule === 'day_length')
    return lasting(open, anchor, target.days * (target.minutesPerDay ?? 0));
  if (day === null) throw new RangeError('a business day has a date');
  const last = laterDay(open, first.anchor, day, target.days, start + horizonSeconds);
  if (last === null) return null;
  if (target.dayRule === 'end_of_day') return until(open, anchor, lastClosing(open, anchor, last));
  if (target.days === 0) return until(open, anchor, anchor);
  return until(open, anchor, sameTime(calendar.timeZone, anchor, day, last));
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function lasting(open: OpenTime, anchor: number, minutes: number): CountedTarget {
  return { open, anchor, budget: minutes * 60, notBefore: anchor };
}

function until(open: OpenTime, anchor: number, moment: number): CountedTarget {
  return { open, anchor, budget: secondsBetween(open, anchor, moment), notBefore: moment };
}

function firstOpening(
  open: OpenTime,
  start: number,
): { readonly anchor: number; readonly day: LocalDay | null } | null {
  for (const span of open(start)) {
    if (span.from > start + horizonSeconds) return null;
    return { anchor: Math.max(span.from, start), day: span.day };
  }
  return null;
}

/** The n-th business day after `day`; `day` itself for 0. */
function laterDay(
  open: OpenTime,
  anchor: number,
  day: LocalDay,
  count: number,
  horizon: number,
): LocalDay | null {
  let last = day;
  let found = 0;
  if (count === 0) return day;
  for (const span of open(anchor)) {
    if (span.from > horizon) return null;
    // When clocks go back over midnight, a span of the day before comes again.
    if (span.day === null || span.day <= last) continue;
    last = span.day;
    found += 1;
    if (found === count) return last;
  }
  return null;
}

/**
 * The end of the last span of a day. Its night ends on the next date that exists, which is at most two days
 * later.
 */
function lastClosing(open: OpenTime, anchor: number, day: LocalDay): number {
  let closing = anchor;
  for (const span of open(anchor)) {
    if (span.day === day) closing = span.to;
    else if (span.day !== null && span.day > day + 2) break;
  }
  return closing;
}

/**
 * The time of day of the anchor on the last day. In the small hours of a night shift it is on the date after.
 */
function sameTime(timeZone: string, anchor: number, day: LocalDay, last: LocalDay): number {
  const wall = wallAt(timeZone, anchor);
  const date = Math.floor(wall / daySeconds);
  const isSmallHours = date > day;
  const dueDate = isSmallHours ? nextDay(timeZone, last) : last;
  return instantAt(timeZone, dueDate * daySeconds + (wall - date * daySeconds));
}
