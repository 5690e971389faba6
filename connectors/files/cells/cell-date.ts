import { z } from 'zod';

export type DateReading =
  | { readonly is: 'date'; readonly date: string }
  | {
      readonly is: 'blank';
      /** The date that stands for no date; null when the cell is empty. */
      readonly written: string | null;
      /** The date is in the far future. */
      readonly openEnd: boolean;
    }
  | { readonly is: 'unreadable' };

/**
 * Dates that ERPs and their databases write where there is no date: the first day that SQL Server, Delphi,
 * Excel, Unix, .NET, Oracle and MySQL can store.
 */
const noDate: ReadonlySet<string> = new Set([
  '0000-00-00', '0001-01-01', '1601-01-01', '1753-01-01', '1800-12-28', '1858-11-17', '1899-12-30', '1899-12-31',
  '1900-01-00', '1900-01-01', '1901-01-01', '1904-01-01', '1970-01-01',
]); // prettier-ignore
/** The same, from ERPs that mean *without end*: the last day that they can store. */
const openEnds: ReadonlySet<string> = new Set([
  '2079-06-06', '2099-12-31', '2999-12-31', '4712-12-31', '9999-12-30', '9999-12-31',
]); // prettier-ignore

/** Reads a date, `YYYY-MM-DD`. A date that stands for no date is blank. */
export function readCellDate(text: string): DateReading {
  if (text === '') return { is: 'blank', written: null, openEnd: false };
  if (noDate.has(text)) return { is: 'blank', written: text, openEnd: false };
  if (openEnds.has(text)) return { is: 'blank', written: text, openEnd: true };
  return z.iso.date().safeParse(text).success ? { is: 'date', date: text } : { is: 'unreadable' };
}
