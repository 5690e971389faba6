import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';

export interface CsvRow {
  /** Where the row begins, counted from 1. */
  readonly line: number;
  /** Null when the line cannot be taken apart. */
  readonly cells: readonly string[] | null;
}

/** Enough to make parsing cheap, few enough to keep a large file out of memory. */
const windowLines = 2000;
/** An address can span lines; a cell longer than this is a quote somebody forgot to close. */
const longestCell = 20;

/**
 * A CSV file's rows, in blocks, the header first. Separator `,`, `;` or tab, as the header has it; line ends,
 * a byte order mark and blank lines do not matter.
 *
 * To a plain parser one stray quote hides everything behind it. Here a quote must close within a few lines
 * and leave a row as wide as the header, or its line alone is given up and reading goes on with the next.
 */
export async function* readCsvRows(file: string): AsyncGenerator<readonly CsvRow[]> {
  await using handle = await open(file);
  let window: string[] = [];
  let first = 1;
  let dialect: Dialect | null = null;
  for await (const line of handle.readLines({ autoClose: false })) {
    window.push(window.length === 0 && first === 1 ? line.replace(/^\uFEFF/, '') : line);
    if (window.length < windowLines) continue;
    dialect ??= detect(window);
    const { rows, used } = split(window, first, dialect, false);
    yield rows;
    window = window.slice(used);
    first += used;
  }
  yield split(window, first, dialect ?? detect(window), true).rows;
}

interface Dialect {
  readonly separator: string;
  /** Cells of the header, and so of every row. */
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

/** Takes the window apart, up to a quote that may close in lines not yet read. */
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

/** The row that begins on the first of these lines, over as many of them as make it whole. */
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

/** Null when the quotes make no sense. */
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
