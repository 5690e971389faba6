/**
 * A second implementation of service-level clocks that walks every minute and asks the runtime what the wall
 * clock reads. It shares no code with the product and knows no intervals. All times are minutes since 1970.
 */
import { weekdays, type BusinessCalendar, type OpenHours } from '#src/domain/service-levels/calendar.ts';
import type { Target } from '#src/domain/service-levels/target.ts';

export interface WalkedPause {
  readonly from: number;
  readonly to: number;
}

export interface Walk {
  readonly anchor: number;
  readonly budget: number;
  readonly dueAt: (pauses: readonly WalkedPause[]) => number | null;
  /** Seconds since 1970. */
  readonly passedAt: (pauses: readonly WalkedPause[], seconds: number) => number | null;
  readonly counted: (pauses: readonly WalkedPause[], until: number) => number;
  readonly isOpen: (minute: number) => boolean;
  /** Minutes at which it opens, closes, or the clocks change. */
  readonly boundaries: readonly number[];
}

interface Reading {
  readonly date: string;
  readonly minute: number;
  /** The date that the open time belongs to; null when closed. */
  readonly owner: string | null;
}

/** Walks `length` minutes from the start; null when the target needs more. */
export function walkMinutes(
  calendar: BusinessCalendar,
  target: Target,
  start: number,
  length: number,
): Walk | null {
  const readings = readMinutes(calendar, start, length);
  const always = target.kind === 'elapsed' || target.kind === 'calendar_days';
  const at = (minute: number): Reading | undefined => readings[minute - start];
  const isOpen = (minute: number) => always || (at(minute)?.owner ?? null) !== null;
  const end = start + length;
  let anchor = start;
  while (anchor < end && !isOpen(anchor)) anchor += 1;
  if (anchor === end) return null;
  const moment = momentOf(target, readings, start, anchor);
  if (moment === null) return null;
  const isCounted = (pauses: readonly WalkedPause[], minute: number) =>
    isOpen(minute) && !pauses.some(({ from, to }) => from <= minute && minute < to);
  const counted = (pauses: readonly WalkedPause[], until: number) => {
    let minutes = 0;
    for (let minute = anchor; minute < until; minute += 1) if (isCounted(pauses, minute)) minutes += 1;
    return minutes;
  };
  const budget = 'minutes' in moment ? moment.minutes : counted([], moment.at);
  const notBefore = 'minutes' in moment ? anchor : moment.at;
  return {
    anchor,
    budget,
    isOpen,
    counted,
    dueAt: (pauses) => {
      let minutes = 0;
      for (let minute = anchor; minute < end; minute += 1) {
        const inside = covers(pauses, minute - 1) && covers(pauses, minute);
        if (minutes >= budget && minute >= notBefore && !inside) return minute;
        if (isCounted(pauses, minute)) minutes += 1;
      }
      return null;
    },
    passedAt: (pauses, seconds) => {
      let passed = 0;
      for (let minute = anchor; minute < end; minute += 1) {
        if (passed >= seconds) return minute * 60 - (passed - seconds);
        if (!isCounted(pauses, minute)) continue;
        if (passed + 60 >= seconds) return minute * 60 + seconds - passed;
        passed += 60;
      }
      return null;
    },
    boundaries: boundariesOf(readings, start),
  };
}

/**
 * Whether a pause covers the minute that begins then. A minute on both sides of an instant is covered inside
 * a pause.
 */
function covers(pauses: readonly WalkedPause[], minute: number): boolean {
  return pauses.some(({ from, to }) => from <= minute && minute < to);
}

function boundariesOf(readings: readonly Reading[], start: number): readonly number[] {
  return readings.flatMap((reading, index) => {
    const before = readings[index - 1];
    if (!before) return [];
    const jumped = reading.minute !== (before.minute + 1) % 1440;
    return jumped || reading.owner !== before.owner ? [start + index] : [];
  });
}

/** What the target asks for: minutes of open time, or a moment. Null when the walk is too short to say. */
function momentOf(
  target: Target,
  readings: readonly Reading[],
  start: number,
  anchor: number,
): { readonly minutes: number } | { readonly at: number } | null {
  const now = readings[anchor - start];
  if (!now) return null;
  if (target.kind === 'business_hours' || target.kind === 'elapsed') return { minutes: target.minutes };
  if (target.kind === 'calendar_days')
    return found(firstReading(readings, start, dateAfter(now.date, target.days), now.minute));
  if (target.dayRule === 'day_length') return { minutes: target.days * (target.minutesPerDay ?? 0) };
  const owner = now.owner ?? '';
  const later = new Set(readings.slice(anchor - start).flatMap(({ owner: date }) => date ?? []));
  const days = [owner, ...[...later].filter((date) => date > owner).toSorted()];
  const last = days[target.days];
  if (last === undefined) return null;
  if (target.dayRule === 'end_of_day') {
    const closing = readings.findLastIndex(({ owner: date }) => date === last);
    return closing + 1 >= readings.length - 3 * 1440 ? null : { at: start + closing + 1 };
  }
  if (target.days === 0) return { at: anchor };
  const dates = [...new Set(readings.map(({ date }) => date))].toSorted();
  const date = now.date === owner ? last : dates[dates.indexOf(last) + 1];
  return date === undefined ? null : found(firstReading(readings, start, date, now.minute));
}

function found(at: number | null): { readonly at: number } | null {
  return at === null ? null : { at };
}

/**
 * The first minute that reads this; one that is missing is as far after the minute before the gap as the wall
 * says.
 */
function firstReading(
  readings: readonly Reading[],
  start: number,
  date: string,
  minute: number,
): number | null {
  const wall = wallMinutes(date, minute);
  const exact = readings.findIndex((reading) => reading.date === date && reading.minute === minute);
  if (exact >= 0) return start + exact;
  const after = readings.findIndex((reading) => wallMinutes(reading.date, reading.minute) > wall);
  const before = readings[after - 1];
  return before ? start + after - 1 + wall - wallMinutes(before.date, before.minute) : null;
}

function wallMinutes(date: string, minute: number): number {
  return Date.parse(`${date}T00:00:00Z`) / 60_000 + minute;
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function readMinutes(calendar: BusinessCalendar, start: number, length: number): readonly Reading[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: calendar.timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const daysBefore = 3 * 1440;
  const readings: Reading[] = [];
  const dates = new Set<string>();
  let previous: string | null = null;
  let current = '';
  for (let minute = start - daysBefore; minute < start + length; minute += 1) {
    const text = format.format(minute * 60_000);
    const date = text.slice(0, 10);
    if (!dates.has(date)) {
      previous = current === '' ? null : current;
      current = date;
      dates.add(date);
    }
    const time = Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16));
    if (minute < start) continue;
    // After clocks went back over midnight, the date before is read again.
    const before = date === current ? previous : null;
    readings.push({
      date,
      minute: time,
      owner: ownerOf(calendar, date, before ?? dateAfter(date, -1), time),
    });
  }
  return readings;
}

function ownerOf(calendar: BusinessCalendar, date: string, before: string, minute: number): string | null {
  const isOnDate = hoursOn(calendar, date).some(
    ([from, to]) => from <= minute && minute < (to <= from ? 1440 : to),
  );
  if (isOnDate) return date;
  return hoursOn(calendar, before).some(([from, to]) => to < from && minute < to) ? before : null;
}

function hoursOn(
  { weekly, holidays = [], exceptions = [] }: BusinessCalendar,
  date: string,
): readonly (readonly [number, number])[] {
  const weekday = weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon';
  const isHoliday = holidays.some((holiday) => 'date' in holiday && holiday.date === date);
  const hours =
    exceptions.find((exception) => exception.date === date)?.hours ??
    (isHoliday ? [] : (weekly[weekday] ?? []));
  return hours.map(([from, to]: OpenHours) => [minuteOf(from), minuteOf(to)] as const);
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
