import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { StatedControl } from './control-total.ts';
import type { RowProblem } from '#connectors/contract/text/row-problem.ts';

const refusedInReceipt = 1000;

/** Counts the rows and amounts of one file. */
export class FileTally {
  sha256 = '';
  readonly #file: string;
  readonly #problems: RecordProblem[] = [];
  readonly #refused: { line?: number; code: string; reason: string; fix: string }[] = [];
  readonly #minor = new Map<string, bigint>();
  #rows = 0;
  #refusedRows = 0;
  #control: FileReading['control'] = 'not stated';

  constructor(file: string) {
    this.#file = file;
  }

  /** @param total what the row counts in the totals of the file; null when it has no amount */
  take(total: { readonly currency: string; readonly amount: string } | null): void {
    this.#rows += 1;
    if (total === null) return;
    const { currency, amount } = total;
    this.#minor.set(currency, (this.#minor.get(currency) ?? 0n) + BigInt(amount.replace('.', '')));
  }

  refuseRow(line: number, problem: RowProblem): void {
    this.#rows += 1;
    this.#refusedRows += 1;
    this.#problems.push(asRecordProblem(`${this.#file}:${line}`, problem));
    const { code, message: reason, fix } = problem;
    if (this.#refused.length < refusedInReceipt) this.#refused.push({ line, code, reason, fix });
  }

  /** Reports a row that was taken. */
  notice(line: number, problem: RowProblem): void {
    this.#problems.push(asRecordProblem(`${this.#file}:${line}`, problem));
  }

  /** Compares the file with what the ERP states about it. Returns what is wrong; null when nothing is. */
  compare({ rows, totals }: StatedControl): RowProblem | null {
    const wrong = [
      ...(rows === null || rows === this.#rows ? [] : [`${this.#rows} rows instead of ${rows}`]),
      ...(this.#refusedRows > 0 ? [] : this.#wrongTotals(totals)),
    ];
    this.#control =
      wrong.length > 0 ? 'wrong' : this.#refusedRows > 0 && totals.size > 0 ? 'open' : 'correct';
    if (wrong.length === 0) return null;
    return {
      code: 'control_wrong',
      message: `The file has ${wrong.join(' and ')}, as stated with it. Nothing of it was taken.`,
      fix: 'Export the file again, complete, or correct the stated number of rows and totals.',
    };
  }

  #wrongTotals(stated: ReadonlyMap<string, bigint>): readonly string[] {
    return [...stated].flatMap(([currency, minor]) => {
      const read = this.#minor.get(currency) ?? 0n;
      if (read === minor) return [];
      return [
        `${formatMinor(read, currency)} ${currency} instead of ${formatMinor(minor, currency)} ${currency}`,
      ];
    });
  }

  /** Refuses the whole file. */
  refuse(
    problem: RowProblem,
    line?: number,
  ): { readonly found: readonly RecordProblem[]; readonly reading: FileReading } {
    const found = [asRecordProblem(line === undefined ? this.#file : `${this.#file}:${line}`, problem)];
    const { code, message: reason, fix } = problem;
    const reading = {
      ...this.#reading(),
      refusedRows: this.#rows,
      refused: [{ ...(line !== undefined && { line }), code, reason, fix }],
      totals: {},
    };
    return { found, reading };
  }

  result(): { readonly found: readonly RecordProblem[]; readonly reading: FileReading } {
    return { found: this.#problems, reading: this.#reading() };
  }

  #reading(): FileReading {
    const totals = [...this.#minor].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
      file: this.#file,
      sha256: this.sha256,
      rows: this.#rows,
      refusedRows: this.#refusedRows,
      refused: this.#refused,
      totals: Object.fromEntries(totals.map(([currency, minor]) => [currency, formatMinor(minor, currency)])),
      control: this.#control,
    };
  }
}

export function asRecordProblem(ref: string, problem: RowProblem): RecordProblem {
  return { ref, failure: { class: 'validation', ...problem } };
}
