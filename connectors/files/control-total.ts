import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#src/domain/errors.ts';
import { parseMinor } from '#src/domain/money.ts';
import type { CsvRow } from '#connectors/contract/text/csv-rows.ts';
import type { RowProblem } from '#connectors/contract/text/row-problem.ts';

/** What an ERP states about a file, so that one that is cut off is noticed. */
export interface StatedControl {
  /** Rows with content, without the header and the control row. Null when it is not stated. */
  readonly rows: number | null;
  /** The net amounts by currency, in minor units; credit memos are subtracted. */
  readonly totals: ReadonlyMap<string, bigint>;
}

const controlRow = '#control';

/** The statements of a row such as `#control,rows=3,USD=18400.00`; null for any other row. */
export function controlCells({ cells }: CsvRow): readonly string[] | null {
  const [mark, ...stated] = cells ?? [];
  return mark?.trim().toLowerCase() === controlRow ? stated : null;
}

/** Reads `rows=3` and `USD=18400.00`, in any order. */
export function readControl(stated: readonly string[]): StatedControl | 'unreadable' {
  let rows: number | null = null;
  const totals = new Map<string, bigint>();
  for (const text of stated) {
    if (text.trim() === '') continue;
    const [, name = '', value = ''] = /^\s*(\w+)\s*=\s*(-?[\d.]+)\s*$/.exec(text) ?? [];
    if (name.toLowerCase() === 'rows' && /^\d+$/.test(value)) rows = Number(value);
    else {
      const minor = minorOf(value, name.toUpperCase());
      if (minor === null) return 'unreadable';
      totals.set(name.toUpperCase(), minor);
    }
  }
  return { rows, totals };
}

function minorOf(amount: string, currency: string): bigint | null {
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Reads `invoices.csv.control`, which has one statement a line. Null when there is no such file. */
export async function readControlFile(
  folder: string,
  name: string,
): Promise<StatedControl | 'unreadable' | null> {
  try {
    const text = await readFile(join(folder, `${name}.control`), 'utf8');
    return readControl(text.split(/\r?\n/));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export const unreadableControl: RowProblem = {
  code: 'control_unreadable',
  message: 'What is stated about the rows and totals of the file cannot be read. Nothing of it was taken.',
  fix: 'State rows=3 for the number of rows and USD=18400.00 for the total of a currency.',
};
