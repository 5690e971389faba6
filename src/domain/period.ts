/**
 * A period is a calendar month, `YYYY-MM`; a business date is `YYYY-MM-DD`. Both are strings that sort and
 * compare in calendar order. All functions throw an AppError `bad_request` that names the value if it is not
 * a date or month.
 */
import { Temporal } from 'temporal-polyfill';
import { AppError } from './errors.ts';

/** The month of a date. Only the format of the date is checked, because this runs once for every invoice. */
export function periodOf(date: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new AppError('bad_request', `"${date}" is not a date like 2026-10-31.`);
  return date.slice(0, 7);
}

/** True for a date that exists, as `YYYY-MM-DD`. */
export function isBusinessDate(text: string): boolean {
  try {
    return addDays(text, 0) === text;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

export function firstDay(period: string): string {
  return monthOf(period).toPlainDate({ day: 1 }).toString();
}

export function addMonths(period: string, months: number): string {
  return monthOf(period).add({ months }).toString();
}

export function addDays(date: string, days: number): string {
  return dayOf(date).add({ days }).toString();
}

/** The same day that many months before, or the last day of that month. */
export function monthsBefore(date: string, months: number): string {
  return dayOf(date).subtract({ months }).toString();
}

/** The number of days from one date to another. Negative if `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return dayOf(from).until(dayOf(to)).days;
}

/** Every period from `from` to `to`, both included. Empty if `from` is after `to`. */
export function periodsBetween(from: string, to: string): string[] {
  const last = monthOf(to);
  const periods: string[] = [];
  for (
    let month = monthOf(from);
    Temporal.PlainYearMonth.compare(month, last) <= 0;
    month = month.add({ months: 1 })
  ) {
    periods.push(month.toString());
  }
  return periods;
}

function monthOf(period: string): Temporal.PlainYearMonth {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(period))
    throw new AppError('bad_request', `"${period}" is not a month like 2026-10.`);
  return Temporal.PlainYearMonth.from(period);
}

function dayOf(date: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(date);
  } catch (cause) {
    throw new AppError('bad_request', `"${date}" is not a date like 2026-10-31.`, {}, cause);
  }
}

/** The month to close and pay: the latest one that ended at least `graceDays` before today. */
export function monthToPay(today: string, graceDays: number): string {
  return addMonths(periodOf(addDays(today, -graceDays)), -1);
}

/**
 * The period for a new entry: its own if that is open, otherwise the first open one. Closed periods never
 * change.
 */
export function openPeriodFor(period: string, lastClosed: string | null): string {
  return lastClosed === null || period > lastClosed ? period : addMonths(lastClosed, 1);
}
