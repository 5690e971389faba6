import type { ReadCalendar } from './calendar.ts';
import type { Pause } from './pauses.ts';
import { stretchesFrom, type LocalDay } from './zone.ts';

/** Open instants `[from, to)`, in seconds. */
export interface OpenSpan {
  readonly from: number;
  /** `Infinity` when it never closes. */
  readonly to: number;
  /** The business day that it belongs to. Null when the clock is always open. */
  readonly day: LocalDay | null;
}

/** The open time from an instant on, in order. The first span may have begun before the instant. */
export type OpenTime = (from: number) => Iterable<OpenSpan>;

/** A calendar that has not opened for so long is taken as one that never opens. */
export const horizonSeconds = 400 * 86_400;

const daySeconds = 86_400;

export const alwaysOpen: OpenTime = (from) => [{ from, to: Number.POSITIVE_INFINITY, day: null }];

/** The open time of a calendar. It ends where the calendar has not opened for 400 days. */
export function openTimeOf(calendar: ReadCalendar): OpenTime {
  return (from) => businessSpans(calendar, from);
}

/**
 * Every stretch of constant offset shows a range of the wall. The open part of that range is open time, so
 * hours that the wall reads twice are open twice and hours that it skips are not open.
 */
function* businessSpans({ timeZone, wallSpans }: ReadCalendar, start: number): Generator<OpenSpan> {
  let lastOpen = start;
  for (const { from, to, offset } of stretchesFrom(timeZone, start)) {
    const firstDay = Math.floor((Math.max(from, start) + offset) / daySeconds);
    const lastDay = Math.floor((to - 1 + offset) / daySeconds);
    for (let day = firstDay; day <= lastDay; day += 1) {
      if (day * daySeconds - offset > lastOpen + horizonSeconds) return;
      for (const wall of wallSpans(day)) {
        const span = {
          from: Math.max(wall.from - offset, from),
          to: Math.min(wall.to - offset, to),
          day: wall.day,
        };
        if (span.to <= Math.max(span.from, start)) continue;
        lastOpen = span.to;
        yield span;
      }
    }
  }
}

/** Open time that is not paused. The pauses must be in order and apart, as `joinPauses` makes them. */
export function runningTime(open: OpenTime, pauses: readonly Pause[]): OpenTime {
  return function* running(start) {
    for (const span of open(start)) {
      let from = span.from;
      for (const pause of pauses) {
        if (pause.to <= from) continue;
        if (pause.from >= span.to) break;
        if (pause.from > from) yield { ...span, from, to: pause.from };
        from = pause.to;
      }
      if (from < span.to) yield { ...span, from };
      if (from === Number.POSITIVE_INFINITY) return;
    }
  };
}

/** The seconds of this time in `[from, to)`. */
export function secondsBetween(time: OpenTime, from: number, to: number): number {
  let seconds = 0;
  for (const span of time(from)) {
    if (span.from >= to) break;
    seconds += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from));
  }
  return seconds;
}

/** The earliest instant at which that many seconds have passed since `from`; null if that never happens. */
export function whenPassed(time: OpenTime, from: number, seconds: number): number | null {
  if (seconds <= 0) return from;
  let left = seconds;
  for (const span of time(from)) {
    const begin = Math.max(span.from, from);
    const length = span.to - begin;
    if (length >= left) return begin + left;
    left -= Math.max(0, length);
  }
  return null;
}

export function isOpenAt(time: OpenTime, instant: number): boolean {
  for (const span of time(instant)) return span.from <= instant;
  return false;
}
