import type { WindowKind } from '#src/domain/incentive/component.ts';
import { addDays, firstDay } from '#src/domain/period.ts';
import { lastDayOf, windowAt } from './windows.ts';

/**
 * The days whose documents a period still accepts, and the day it is calculated: some days of grace after its
 * end, for documents that come late.
 */
export function calculationDates(
  kind: Exclude<WindowKind, 'program'>,
  period: string,
  { graceDays, calculationDays }: { readonly graceDays: number; readonly calculationDays: number },
): { readonly from: string; readonly to: string; readonly calculatedOn: string } {
  const { first, last } = windowAt(kind, period, 1);
  const end = lastDayOf(last);
  return { from: firstDay(first), to: addDays(end, graceDays), calculatedOn: addDays(end, calculationDays) };
}
