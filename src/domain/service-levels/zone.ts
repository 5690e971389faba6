/**
 * A time zone as stretches of constant offset. The rules come from the time zone data of the runtime
 * (`process.versions.tz`).
 */

const daySeconds = 86_400;

/** Instants in `[from, to)` have this offset to UTC, in seconds. */
export interface OffsetStretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** The days from 1970-01-01 to a date, both counted on the wall. */
export type LocalDay = number;

const formatters = new Map<string, Intl.DateTimeFormat>();
const stretchesByZone = new Map<string, Map<number, readonly OffsetStretch[]>>();

/** True when the runtime knows this IANA name. An offset such as `+02:00` is not a name. */
export function isTimeZone(timeZone: string): boolean {
  return formatterOf(timeZone) !== null;
}

/** The stretches of one UTC year in order. The first and the last one are cut at the ends of the year. */
export function stretchesOfYear(timeZone: string, year: number): readonly OffsetStretch[] {
  let byYear = stretchesByZone.get(timeZone);
  if (byYear === undefined) stretchesByZone.set(timeZone, (byYear = new Map()));
  let stretches = byYear.get(year);
  if (stretches === undefined) byYear.set(year, (stretches = findStretches(timeZone, year)));
  return stretches;
}

/** The stretches from the one at this instant on, without an end. */
export function* stretchesFrom(timeZone: string, instant: number): Generator<OffsetStretch> {
  for (let year = yearOf(instant); ; year += 1)
    for (const stretch of stretchesOfYear(timeZone, year)) if (stretch.to > instant) yield stretch;
}

/** The reading of the wall clock at an instant, as seconds since 1970-01-01 00:00 on the wall. */
export function wallAt(timeZone: string, instant: number): number {
  const [stretch] = stretchesFrom(timeZone, instant);
  if (stretch === undefined) throw new RangeError('stretches have no end');
  return instant + stretch.offset;
}

/**
 * The instant at which the wall clock reads this. A reading that comes twice is the first one; one that is
 * missing is read with the offset before the gap (RFC 5545, section 3.3.5; `compatible` in Temporal).
 */
export function instantAt(timeZone: string, wall: number): number {
  let before: OffsetStretch | null = null;
  // No zone is more than a day from UTC.
  for (const stretch of stretchesFrom(timeZone, wall - 2 * daySeconds)) {
    if (wall < stretch.from + stretch.offset) break;
    if (wall < stretch.to + stretch.offset) return wall - stretch.offset;
    before = stretch;
  }
  if (before === null) throw new RangeError('the first stretch begins a day earlier');
  return wall - before.offset;
}

/** False for a date that the zone skipped, such as 30 December 2011 in Apia. */
export function hasDay(timeZone: string, day: LocalDay): boolean {
  const from = day * daySeconds;
  const to = from + daySeconds;
  for (const stretch of stretchesFrom(timeZone, from - daySeconds)) {
    if (stretch.from >= to + daySeconds) return false;
    if (stretch.from + stretch.offset < to && stretch.to + stretch.offset > from) return true;
  }
  return false;
}

export function nextDay(timeZone: string, day: LocalDay): LocalDay {
  return hasDay(timeZone, day + 1) ? day + 1 : day + 2;
}

export function previousDay(timeZone: string, day: LocalDay): LocalDay {
  return hasDay(timeZone, day - 1) ? day - 1 : day - 2;
}

function yearOf(instant: number): number {
  return new Date(instant * 1000).getUTCFullYear();
}

/**
 * Since 1970 no zone has changed its offset twice within a day, so a change shows between two midnights and
 * is then narrowed down to the second.
 */
function findStretches(timeZone: string, year: number): readonly OffsetStretch[] {
  const start = Date.UTC(year, 0, 1) / 1000;
  const end = Date.UTC(year + 1, 0, 1) / 1000;
  const stretches: OffsetStretch[] = [];
  let from = start;
  let offset = offsetAt(timeZone, start);
  for (let day = start; day < end; day += daySeconds) {
    const next = Math.min(day + daySeconds, end - 1);
    const offsetNext = offsetAt(timeZone, next);
    if (offsetNext === offset) continue;
    const change = firstWith(timeZone, offsetNext, day, next);
    stretches.push({ from, to: change, offset });
    from = change;
    offset = offsetNext;
  }
  return [...stretches, { from, to: end, offset }];
}

/** The first instant after `low` with this offset, which `high` has and `low` does not have. */
function firstWith(timeZone: string, offset: number, low: number, high: number): number {
  let without = low;
  let having = high;
  while (having - without > 1) {
    const middle = Math.floor((having + without) / 2);
    if (offsetAt(timeZone, middle) === offset) having = middle;
    else without = middle;
  }
  return having;
}

function offsetAt(timeZone: string, instant: number): number {
  const formatter = formatterOf(timeZone);
  if (!formatter) throw new RangeError(`there is no time zone ${timeZone}`);
  const [, month, day, year, hour, minute, second] =
    /(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)/.exec(formatter.format(instant * 1000)) ?? [];
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return wall / 1000 - instant;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | null {
  const cached = formatters.get(timeZone);
  if (cached) return cached;
  const formatter = newFormatter(timeZone);
  if (formatter) formatters.set(timeZone, formatter);
  return formatter;
}

function newFormatter(timeZone: string): Intl.DateTimeFormat | null {
  if (!/^[A-Za-z]/.test(timeZone)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}
