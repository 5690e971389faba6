/** Days are texts such as 2026-01-31 and months texts such as 2026-01, which compare in the order of time. */
import type { WindowKind } from './format.ts';

export interface Window {
  readonly key: string;
  readonly first: string;
  readonly last: string;
}

export const endOfTime = '9999-12';

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

export function monthsAfter(month: string, count: number): string {
  const total = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + count;
  return `${String(Math.floor(total / 12)).padStart(4, '0')}-${String((total % 12) + 1).padStart(2, '0')}`;
}

export function endOfMonth(month: string): string {
  if (month === endOfTime) return '9999-12-31';
  const next = new Date(`${monthsAfter(month, 1)}-01T00:00:00Z`);
  return new Date(next.getTime() - 86_400_000).toISOString().slice(0, 10);
}

export function daysFromTo(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}

/** The window that holds this month. Quarters and years are counted from the first month of the year. */
export function windowOf(kind: WindowKind, month: string, yearStartMonth: number): Window {
  if (kind === 'program') return { key: 'all', first: '0000-01', last: endOfTime };
  if (kind === 'month') return { key: month, first: month, last: month };
  const length = kind === 'quarter' ? 3 : 12;
  const place = (Number(month.slice(5)) - yearStartMonth + 12) % length;
  const first = monthsAfter(month, -place);
  const last = monthsAfter(first, length - 1);
  return { key: `${first}..${last}`, first, last };
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

export function later(a: string, b: string): string {
  return a > b ? a : b;
}
