import { hasDay, isTimeZone, previousDay, type LocalDay } from './zone.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** `HH:MM` to `HH:MM`. An end before its beginning is on the next date; `24:00` and `00:00` end the date. */
export type OpenHours = readonly [from: string, to: string];

/** Whole dates, `YYYY-MM-DD`. Nothing is derived: a substitute day must be listed. */
export type Holiday =
  | { readonly date: string; readonly name?: string | undefined }
  | {
      readonly country: string;
      readonly region?: string | undefined;
      readonly dates: readonly { readonly date: string; readonly name?: string | undefined }[];
    };

/** One version of the hours in which a team answers. */
export interface BusinessCalendar {
  readonly version: number;
  /** ISO instant. Null: it was always in force. */
  readonly publishedAt: string | null;
  /** IANA name. */
  readonly timeZone: string;
  /** A weekday that is left out is closed. */
  readonly weekly: Readonly<Partial<Record<Weekday, readonly OpenHours[]>>>;
  readonly holidays?: readonly Holiday[] | undefined;
  /** The hours of single dates, instead of what the date would have. No hours close it. */
  readonly exceptions?:
    | readonly { readonly date: string; readonly hours: readonly OpenHours[] }[]
    | undefined;
}

/** Seconds on the wall since 1970-01-01 00:00, with the business day that they belong to. */
export interface WallSpan {
  readonly from: number;
  readonly to: number;
  readonly day: LocalDay;
}

/** A calendar that was checked, for calculating. */
export interface ReadCalendar {
  readonly timeZone: string;
  /**
   * Open stretches of the date, in order and without overlaps. A stretch after midnight may belong to the
   * date before.
   */
  readonly wallSpans: (day: LocalDay) => readonly WallSpan[];
}

/** The newest version that was published at or before this instant, which a clock keeps. */
export function calendarAt(
  calendars: readonly BusinessCalendar[],
  instant: number,
): BusinessCalendar | undefined {
  return calendars
    .filter((calendar) => publishedAt(calendar) <= instant)
    .toSorted((a, b) => publishedAt(b) - publishedAt(a) || b.version - a.version)[0];
}

/**
 * Null for a calendar with an unknown zone, a time or date that does not exist, or an interval without a
 * length.
 */
export function readCalendar(calendar: BusinessCalendar): ReadCalendar | null {
  const { timeZone, weekly, exceptions = [], holidays = [] } = calendar;
  if (!isTimeZone(timeZone)) return null;
  const byWeekday = weekdays.map((weekday) => readHours(weekly[weekday] ?? []));
  const byDay = new Map<LocalDay | null, DayHours | null>(
    holidays.flatMap(holidayDates).map((date) => [dayOf(date), closed]),
  );
  for (const { date, hours } of exceptions) byDay.set(dayOf(date), readHours(hours));
  if (byWeekday.includes(null) || byDay.has(null) || [...byDay.values()].includes(null)) return null;
  // 1970-01-01 was a Thursday.
  const hoursOf = (day: LocalDay): DayHours =>
    byDay.get(day) ?? byWeekday[(((day + 3) % 7) + 7) % 7] ?? closed;
  return { timeZone, wallSpans: (day) => spansOfDay(timeZone, hoursOf, day) };
}

/**
 * Seconds since midnight, in order and without overlaps. The night is after the midnight that ends the date.
 */
interface DayHours {
  readonly day: readonly Range[];
  readonly night: readonly Range[];
}
type Range = readonly [from: number, to: number];

const closed: DayHours = { day: [], night: [] };
const daySeconds = 86_400;

function spansOfDay(
  timeZone: string,
  hoursOf: (day: LocalDay) => DayHours,
  day: LocalDay,
): readonly WallSpan[] {
  if (!hasDay(timeZone, day)) return [];
  const before = previousDay(timeZone, day);
  const { day: ranges } = hoursOf(day);
  const night = without(hoursOf(before).night, ranges);
  const midnight = day * daySeconds;
  return [
    ...night.map(([from, to]) => ({ from: midnight + from, to: midnight + to, day: before })),
    ...ranges.map(([from, to]) => ({ from: midnight + from, to: midnight + to, day })),
  ].toSorted((a, b) => a.from - b.from);
}

function readHours(hours: readonly OpenHours[]): DayHours | null {
  const day: Range[] = [];
  const night: Range[] = [];
  for (const [begin, end] of hours) {
    const from = secondsOf(begin);
    const to = end === '24:00' ? daySeconds : secondsOf(end);
    if (from === null || to === null || from === to) return null;
    if (to > from) day.push([from, to]);
    else {
      day.push([from, daySeconds]);
      if (to > 0) night.push([0, to]);
    }
  }
  return { day: joined(day), night: joined(night) };
}

/** Null unless it is a time of day, `HH:MM`. */
function secondsOf(time: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60;
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** The parts of `ranges` that none of `others` covers. */
function without(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return others.reduce(
    (rest, [from, to]) =>
      rest.flatMap((range): Range[] => {
        const before: Range = [range[0], Math.min(range[1], from)];
        const after: Range = [Math.max(range[0], to), range[1]];
        return [before, after].filter(([begin, end]) => begin < end);
      }),
    ranges,
  );
}

/** The dates of a holiday, or of the holidays of a country. */
export function holidayDates(holiday: Holiday): readonly string[] {
  return 'dates' in holiday ? holiday.dates.map(({ date }) => date) : [holiday.date];
}

/** Null unless it is a date, `YYYY-MM-DD`. */
function dayOf(date: string): LocalDay | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date) return null;
  return time / 1000 / daySeconds;
}

function publishedAt({ publishedAt: instant }: BusinessCalendar): number {
  return instant === null ? Number.NEGATIVE_INFINITY : Math.floor(Date.parse(instant) / 1000);
}
