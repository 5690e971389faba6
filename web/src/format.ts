import type { Money } from './api/types.ts';

const number = new Intl.NumberFormat('en');
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const stamp = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const clockTime = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const day = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

export function countText(count: number): string {
  return number.format(count);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Groups the digits of an amount. Amounts are exact text and never become floating-point numbers. */
export function amountText(amount: string): string {
  return amount.replace(
    /^(-?)(\d+)/,
    (_, sign: string, whole: string) => `${sign === '-' ? '−' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}`,
  );
}

export function moneyText({ amount, currency }: Money): string {
  return `${amountText(amount)} ${currency}`;
}

const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A deadline is counted in days, never in months. */
const deadlineSteps = steps.slice(2);

/** "3 hours ago", "in 2 days". */
export function agoText(instant: string, now = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return 'just now';
}

/** `2 days overdue`: how long a deadline has passed. */
export function overdueText(dueAt: string, now = Date.now()): string {
  const seconds = (now - Date.parse(dueAt)) / 1000;
  const [unit, length] = deadlineSteps.find(([, one]) => seconds >= one) ?? ['minute', 60];
  return `${plural(Math.max(1, Math.floor(seconds / length)), unit)} overdue`;
}

/** `22 Nov 2026, 14:20 CET`: the reader’s own time zone, and its name. */
export function stampText(instant: string): string {
  return stamp.format(new Date(instant));
}

/** `22 Nov 2026`: a business date has no time zone. */
export function dayText(date: string): string {
  return day.format(new Date(`${date}T00:00:00Z`));
}

/** `2026-10` → "October 2026". */
export function periodText(period: string): string {
  return month.format(new Date(`${period}-01T00:00:00Z`));
}

export function durationText(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** An estimated duration: "about 9 minutes". */
export function roughlyText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return 'less than a minute';
  if (minutes < 90) return `about ${plural(Math.round(minutes), 'minute')}`;
  const hours = minutes / 60;
  return hours < 36
    ? `about ${plural(Math.round(hours), 'hour')}`
    : `about ${plural(Math.round(hours / 24), 'day')}`;
}

export function percentText(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.round((part / whole) * 100)} %`;
}

export function timeText(instant: string): string {
  return clockTime.format(new Date(instant));
}

/** A canonical value for the screen; null when it is empty. */
export function valueText(value: string | boolean | null): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return dayText(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return stampText(value);
  return /^-?\d+\.\d+$/.test(value) ? amountText(value) : value;
}
