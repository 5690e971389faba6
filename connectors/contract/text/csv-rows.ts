/** A line, or several lines that a quoted cell joins. */
export interface CsvRow {
  /** The line on which the row begins, counted from 1. */
  readonly line: number;
  /** The number of lines it has. */
  readonly lines: number;
  /** Null when the row cannot be split into cells. */
  readonly cells: readonly string[] | null;
  /** The reason, when there are no cells. */
  readonly fault?: RowFault;
}

/**
 * `quote`: a quote does not open or close a whole cell. `several`: the lines are one row if their quotes are
 * meant, and several rows if the quotes are stray. `break`: a carriage return is outside quotes. `long`: there
 * are no separators or no line ends.
 */
export type RowFault = 'quote' | 'several' | 'break' | 'long';

/** A longer line has no separators or no line ends. It is not split, because that takes time and memory. */
const longestLine = 200_000;

/**
 * The most characters of a cell that spans lines. No ERP field is longer, so a quote that is still open after
 * them is stray.
 */
const longestCell = 20_000;

/**
 * The rows of a CSV file, header first. The separator is `,`, `;` or tab, as in the header, or the one that a
 * first line such as `sep=;` names. Blank lines do not matter.
 *
 * A row is a line, unless its quotes are well formed: they open a cell and close it. A stray quote costs its
 * own line only. Lines that can be read as one row and as several are all refused.
 */
export function* readCsvRows(lines: Iterable<string>): Generator<CsvRow> {
  const source = new LineWindow(lines);
  let separator: string | null = null;
  let width: number | null = null;
  for (;;) {
    const line = source.line;
    const first = source.peek(0);
    if (first === undefined) return;
    if (first.trim() === '') {
      source.skip(1);
      continue;
    }
    const declared: string | undefined =
      separator === null ? /^"?sep=([^\w"\s]|\t)"?\s*$/i.exec(first)?.[1] : undefined;
    if (declared !== undefined) {
      separator = declared;
      source.skip(1);
      continue;
    }
    separator ??= separatorOf(first);
    const row = readRow(source, separator, width);
    width ??= row.cells?.length ?? 0;
    const count = row.fault === 'several' ? row.lines : 1;
    for (let n = 0; n < count; n += 1) yield { ...row, line: line + n, lines: count > 1 ? 1 : row.lines };
    source.skip(row.lines);
  }
}

function separatorOf(header: string): string {
  const count = (separator: string): number => header.split(separator).length;
  return [';', '\t'].reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best), ',');
}

/** The row that begins on the next line. The width is that of the header; null for the header itself. */
function readRow(source: LineWindow, separator: string, width: number | null): Omit<CsvRow, 'line'> {
  const text = source.peek(0) ?? '';
  if (text.length > longestLine) return { lines: 1, cells: null, fault: 'long' };
  if (!text.includes('"')) {
    if (text.includes('\r')) return { lines: 1, cells: null, fault: 'break' };
    return { lines: 1, cells: text.split(separator) };
  }
  const quoted = splitQuoted(source, separator);
  if (quoted === null) return { lines: 1, cells: null, fault: 'quote' };
  const { cells, lines } = quoted;
  if (lines === 1) return { lines, cells };
  const isWhole = (line: string | undefined): boolean => line?.split(separator).length === (width ?? -1);
  // In the second reading the lines are rows by themselves, and their quotes are characters of their cells.
  const firstIsWhole = isWhole(text);
  if (cells.length === width || width === null)
    return firstIsWhole && isWhole(source.peek(lines - 1))
      ? { lines, cells: null, fault: 'several' }
      : { lines, cells };
  return firstIsWhole ? { lines: 1, cells: null, fault: 'quote' } : { lines, cells: null, fault: 'several' };
}

/** The cells of a row with quotes, or null when a quote that opens a cell does not close it. */
function splitQuoted(
  source: LineWindow,
  separator: string,
): { readonly cells: readonly string[]; readonly lines: number } | null {
  const cells: string[] = [];
  let lines = 1;
  let text = source.peek(0) ?? '';
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      // A quote inside a cell that does not begin with one is a character of it: 19" Rack.
      const end = text.indexOf(separator, at);
      const cell = end < 0 ? text.slice(at) : text.slice(at, end);
      if (cell.includes('\r')) return null;
      cells.push(cell);
      if (end < 0) return { cells, lines };
      at = end + 1;
      continue;
    }
    let cell = '';
    at += 1;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) {
        const next = source.peek(lines);
        cell += `${text.slice(at)}\n`;
        if (next === undefined || next.length > longestLine || cell.length > longestCell) return null;
        lines += 1;
        text = next;
        at = 0;
      } else if (text[quote + 1] === '"') {
        cell += text.slice(at, quote + 1);
        at = quote + 2;
      } else {
        cell += text.slice(at, quote);
        at = quote + 1;
        break;
      }
    }
    cells.push(cell);
    if (at === text.length) return { cells, lines };
    if (text[at] !== separator) return null;
    at += 1;
  }
}

/** Lines with a view of the next ones, which are read only when a quoted cell goes on. */
class LineWindow {
  /** The number of the next line, from 1. */
  line = 1;
  readonly #lines: Iterator<string>;
  #ahead: string[] = [];

  constructor(lines: Iterable<string>) {
    this.#lines = lines[Symbol.iterator]();
  }

  /** The text of a line after `offset` others; undefined after the end. */
  peek(offset: number): string | undefined {
    while (this.#ahead.length <= offset) {
      const { done, value } = this.#lines.next();
      if (done === true) return undefined;
      this.#ahead.push(value);
    }
    return this.#ahead[offset];
  }

  skip(count: number): void {
    this.#ahead = this.#ahead.slice(count);
    this.line += count;
  }
}
