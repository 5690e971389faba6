import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { UsageError } from '#src/cli/command.ts';
import { environmentFault } from '#src/cli/faults/fault-sentence.ts';

const columns = ['name', 'domain', 'country', 'city', 'zipcode'] as const;
type Column = (typeof columns)[number];
export type CompanyRow = Readonly<Record<Column, string>>;

/** Other usual names of the columns, in lower case. */
const otherNames: Readonly<Record<string, Column>> = {
  company: 'name',
  'company name': 'name',
  'account name': 'name',
  website: 'domain',
  'website url': 'domain',
  'company domain name': 'domain',
  url: 'domain',
  'country/region': 'country',
  'billing country': 'country',
  'billing city': 'city',
  town: 'city',
  zip: 'zipcode',
  'zip code': 'zipcode',
  'postal code': 'zipcode',
  postcode: 'zipcode',
  'billing zip/postal code': 'zipcode',
};

const separators = [',', ';', '\t', '|'] as const;

const needs =
  '--companies needs a CSV file with a header line that has the column name (also domain, country, city and zipcode if you have them), at least 1 row with a name, in UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons, tabs or bars.';

const mostBytes = 256 * 1024 * 1024;

export interface CompanyFile {
  readonly rows: readonly CompanyRow[];
  /** The skipped rows and missing columns, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads the companies of a CSV file, before anything is started. It takes what it can and says what it skipped.
 * @throws UsageError that says what is wrong and what the file needs
 */
export async function readCompanyFile(path: string): Promise<CompanyFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UsageError(`--companies: ${environmentFault(error) ?? `${path} cannot be read.`} ${needs}`);
  });
  if (bytes.length > mostBytes) throw new UsageError(`--companies: ${path} is larger than 256 MB. ${needs}`);
  const { text, encoding } = decode(bytes);
  const [header = ''] = text.split(/\r\n|\r|\n/, 1);
  const separator = separators.toSorted((a, b) => count(header, b) - count(header, a))[0] ?? ',';
  const records = recordsOf(path, text, separator);
  const [head = [], ...body] = records;
  const at = columnsIn(head);
  if (at.name === undefined)
    throw new UsageError(
      `--companies: ${path} has no column “name”. Its first line has: ${
        head
          .map((cell) => cell.trim())
          .filter(Boolean)
          .slice(0, 12)
          .join(', ') || 'nothing'
      }. ${needs}`,
    );
  const rows = body.map((cells) => rowOf(cells, at)).filter(({ name }) => name !== '');
  if (rows.length === 0) throw new UsageError(`--companies: ${path} has no row with a name. ${needs}`);
  const skipped = body.length - rows.length;
  const missing = columns.filter((column) => at[column] === undefined);
  return {
    rows,
    notes: [
      `${path}: ${rows.length} ${rows.length === 1 ? 'company' : 'companies'} (${encoding}).`,
      ...(skipped > 0 ? [`${skipped} rows without a name were skipped.`] : []),
      ...(missing.length > 0
        ? [`It has no column ${missing.join(', ')}, so fewer duplicates are found.`]
        : []),
    ],
  };
}

/** The format that the sandbox reads. */
export const companiesCsv = (rows: readonly CompanyRow[]): string =>
  stringify([[...columns], ...rows.map((row) => columns.map((column) => row[column]))]);

function decode(bytes: Buffer): { readonly text: string; readonly encoding: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'UTF-16' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'UTF-16' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'read as Windows-1252' };
  }
}

const count = (text: string, part: string): number => text.split(part).length - 1;

function recordsOf(path: string, text: string, delimiter: string): readonly (readonly string[])[] {
  try {
    return parse(text.replaceAll('\0', ''), {
      bom: true,
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    throw new UsageError(
      `--companies: ${path} is not a CSV file: ${error instanceof Error ? error.message : String(error)}. ${needs}`,
    );
  }
}

function columnsIn(head: readonly string[]): Partial<Readonly<Record<Column, number>>> {
  const found: Partial<Record<Column, number>> = {};
  for (const [index, cell] of head.entries()) {
    const label = cell.trim().toLowerCase();
    const column = columns.find((one) => one === label) ?? otherNames[label];
    if (column !== undefined) found[column] ??= index;
  }
  return found;
}

function rowOf(cells: readonly string[], at: Partial<Readonly<Record<Column, number>>>): CompanyRow {
  const cell = (column: Column): string => cells[at[column] ?? -1]?.trim() ?? '';
  return {
    name: cell('name').slice(0, 255),
    domain: cell('domain').slice(0, 253),
    country: cell('country').slice(0, 80),
    city: cell('city').slice(0, 80),
    zipcode: cell('zipcode').slice(0, 20),
  };
}
