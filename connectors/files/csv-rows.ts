import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';

export interface CsvRow {
  /** The line on which the row begins, counted from 1. */
  readonly line: number;
  /** Null when the line cannot be split into cells. */
  readonly cells: readonly string[] | null;
}

/** The number of lines to parse at once. Larger windows are not faster and need more memory. */
const windowLines = 2000;
/**
 * A cell may span several lines, such as an address. A cell with more lines than this has a quote that was
 * never closed.
 */
const longestCell = 20;

/** A longer line has no separators or no line ends. It is not split, because that takes time and memory. */
const longestLine = 200_000;

/**
 * The rows of a CSV file, in blocks, header first. The separator is `,`, `;` or tab, as in the header. Line
 * ends, a byte order mark and blank lines do not matter.
 *
 * In a plain parser one stray quote hides all rows after it. Here a quote must close within a few lines and
 * give a row as wide as the header. Otherwise only its line is unreadable, and reading continues with the
 * next line.
 */
export async function* readCsvRows(file: string): AsyncGenerator<readonly CsvRow[]> {
  await using handle = await open(file);
  let window: string[] = [];
  let first = 1;
  let dialect: Dialect | null = null;
  for await (const line of handle.readLines({ autoClose: false })) {
    const shown = line.length > longestLine ? unclosed : line;
    window.push(window.length === 0 && first === 1 ? shown.replace(/^\uFEFF/, '') : shown);
    if (window.length < windowLines) continue;
    dialect ??= detect(window);
    const { rows, used } = split(window, first, dialect, false);
    yield rows;
    window = window.slice(used);
    first += used;
  }
  yield split(window, first, dialect ?? detect(window), true).rows;
}

/** A line in place of one that is too long: its quote never closes, so the row counts as unreadable. */
const unclosed = '"';

interface Dialect {
  readonly separator: string;
  /** The number of cells in the header, and so in every row. */
  readonly width: number;
}

function detect(lines: readonly string[]): Dialect {
  const header = lines.find((line) => line.trim() !== '') ?? '';
  const count = (separator: string): number => header.split(separator).length;
  const separator = [';', '\t'].reduce(
    (best, candidate) => (count(candidate) > count(best) ? candidate : best),
    ',',
  );
  return { separator, width: parseText(header, separator)?.[0]?.length ?? 0 };
}

interface Line {
  readonly line: number;
  readonly text: string;
}

/** Splits the window into rows, up to a quote that may close in lines that are not read yet. */
function split(
  window: readonly string[],
  first: number,
  dialect: Dialect,
  atEnd: boolean,
): { readonly rows: CsvRow[]; readonly used: number } {
  const rows: CsvRow[] = [];
  let index = 0;
  while (index < window.length) {
    const run: Line[] = [];
    for (; index < window.length && isBalanced(window[index] ?? ''); index += 1) {
      const text = window[index] ?? '';
      if (text.trim() !== '') run.push({ line: first + index, text });
    }
    rows.push(...parseRun(run, dialect.separator));
    if (index === window.length || (!atEnd && window.length - index < longestCell)) break;
    const { cells, lines } = joinCell(window.slice(index, index + longestCell), dialect);
    rows.push({ line: first + index, cells });
    index += lines;
  }
  return { rows, used: index };
}

function isBalanced(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 0;
}

/** The row that begins on the first of these lines and may continue on the following ones. */
function joinCell(
  lines: readonly string[],
  { separator, width }: Dialect,
): { readonly cells: readonly string[] | null; readonly lines: number } {
  const end = lines.findIndex((text, index) => index > 0 && !isBalanced(text));
  const joined = end < 0 ? null : parseText(lines.slice(0, end + 1).join('\n'), separator);
  if (joined?.length === 1 && joined[0]?.length === width) return { cells: joined[0], lines: end + 1 };
  return { cells: parseText(lines[0] ?? '', separator)?.[0] ?? null, lines: 1 };
}

function parseRun(run: readonly Line[], separator: string): CsvRow[] {
  const parsed = parseText(run.map(({ text }) => text).join('\n'), separator);
  if (parsed?.length === run.length)
    return run.map(({ line }, index) => ({ line, cells: parsed[index] ?? null }));
  return run.map(({ line, text }) => ({ line, cells: parseText(text, separator)?.[0] ?? null }));
}

/** Null when the quotes do not match. */
function parseText(text: string, separator: string): string[][] | null {
  try {
    return parse(text, {
      delimiter: separator,
      recordDelimiter: '\n',
      relaxColumnCount: true,
      relaxQuotes: true,
    });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
