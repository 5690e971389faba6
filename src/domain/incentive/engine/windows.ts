import type { WindowKind } from '#src/domain/incentive/component.ts';

/** Months over which volume adds up. */
export interface Window {
  /** `2026-01`, `2026-01..2026-03` or `all`; after a restart with `@` and the version's first day. */
  readonly key: string;
  readonly first: string;
  /** After every month for the window that never ends. */
  readonly last: string;
}

const never = '9999-12';
const monthsIn = { month: 1, quarter: 3, year: 12 } as const;

/** Adds months to `YYYY-MM`. */
export function shiftMonth(period: string, months: number): string {
  const index = monthIndex(period) + months;
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, '0')}-${String(index - year * 12 + 1).padStart(2, '0')}`;
}

export function monthIndex(period: string): number {
  return Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7)) - 1;
}

/** The window of this kind that holds the month. Quarters and years count from `yearStartMonth`. */
export function windowAt(kind: WindowKind, period: string, yearStartMonth: number, restart = ''): Window {
  if (kind === 'program') return { key: `all${restart}`, first: '0000-01', last: never };
  const length = monthsIn[kind];
  const offset = (((monthIndex(period) - (yearStartMonth - 1)) % length) + length) % length;
  const first = shiftMonth(period, -offset);
  const last = shiftMonth(first, length - 1);
  return { key: `${length === 1 ? first : `${first}..${last}`}${restart}`, first, last };
}

/** The last day of a month, for comparisons of dates. */
export function lastDayOf(period: string): string {
  if (period === never) return '9999-12-31';
  const [year = 0, month = 1] = period.split('-').map(Number);
  return `${period}-${String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, '0')}`;
}
