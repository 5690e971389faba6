import { addDays } from './period.ts';

export interface InvoiceDates {
  /** `YYYY-MM-DD`. */
  readonly issuedOn: string;
  readonly paidOn: string | null;
}

/**
 * Why the dates of an invoice or credit memo cannot be right; null when they can. A mistyped year would put
 * money into a month far away, so nothing later than tomorrow is believed (the ERP may be ahead
 * by a time zone), and nothing before the sales that the programme's first month counts: those of the twelve
 * months before it.
 *
 * @param programStartsOn `YYYY-MM-DD`
 */
export function implausibleDate(
  { issuedOn, paidOn }: InvoiceDates,
  { today, programStartsOn }: { readonly today: string; readonly programStartsOn: string },
): string | null {
  const latest = addDays(today, 1);
  const earliest = `${Number(programStartsOn.slice(0, 4)) - 1}-01-01`;
  for (const [what, date] of [
    ['issued', issuedOn],
    ['paid', paidOn],
  ] as const) {
    if (date === null) continue;
    if (date > latest) return `It was ${what} on ${date}, which is after ${latest}.`;
    if (date < earliest)
      return `It was ${what} on ${date}, which is before ${earliest}, when the programme begins to count sales.`;
  }
  return null;
}
