import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { UsageError } from '#src/cli/command.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CompanyInput } from '#src/domain/matching/company.ts';

export type CsvRow = Readonly<Record<string, string>>;

const csvRow = z.record(z.string(), z.string());

/**
 * Rows of a CSV file with a header line.
 *
 * @throws AppError `bad_request` when the file cannot be read or lacks one of these columns
 */
export async function readCompanyRows(path: string, columns: readonly string[]): Promise<readonly CsvRow[]> {
  const rows: CsvRow[] = [];
  const parser = createReadStream(path)
    .on('error', (error) => parser.destroy(error))
    .pipe(
      parse({
        columns: true,
        bom: true,
        relax_quotes: true,
        relax_column_count: true,
        skip_empty_lines: true,
      }),
    );
  try {
    for await (const row of parser) rows.push(csvRow.parse(row));
  } catch (error) {
    throw new AppError(
      'bad_request',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    );
  }
  const missing = columns.filter((column) => rows[0] !== undefined && !(column in rows[0]));
  if (missing.length > 0)
    throw new AppError(
      'bad_request',
      `${path} has no column ${missing.map((column) => `“${column}”`).join(', ')}.`,
    );
  return rows;
}

/** The fields that a column can hold. */
export const companyFields = [
  'name',
  'alias',
  'website',
  'email',
  'phone',
  'address',
  'postcode',
  'city',
  'country',
  'vat',
  'lei',
  'duns',
] as const;
export type CompanyField = (typeof companyFields)[number];
export type ColumnMap = Readonly<Partial<Record<CompanyField, string>>>;

/** The usual column of each field; `--map` needs to name only others. */
const usualColumns: ColumnMap & Readonly<Record<'name', string>> = {
  name: 'name',
  website: 'domain',
  country: 'country',
  city: 'city',
  postcode: 'zipcode',
};

/**
 * Parses `name=Site name,address=Address`.
 *
 * @throws AppError `bad_request`, naming what is not a field
 */
export function parseColumnMap(text: string): ColumnMap {
  const map: Partial<Record<CompanyField, string>> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const field = companyFields.find((one) => one === part.slice(0, at).trim());
    if (at < 0 || !field)
      throw new UsageError(
        `--map: “${part}” is not FIELD=COLUMN, with a field of ${companyFields.join(', ')}.`,
      );
    map[field] = part.slice(at + 1).trim();
  }
  return map;
}

/** The columns with usual names that this row has. */
export function usualMap(row: CsvRow | undefined): ColumnMap {
  return Object.fromEntries(
    Object.entries(usualColumns).filter(([, column]) => row !== undefined && column in row),
  );
}

export function companyOf(row: CsvRow, map: ColumnMap): CompanyInput {
  const text = (field: CompanyField): string | null => row[map[field] ?? '']?.trim() || null;
  const alias = text('alias');
  return {
    name: text('name') ?? '',
    aliases: alias === null ? [] : [alias],
    domain: text('website'),
    email: text('email'),
    phone: text('phone'),
    street: text('address'),
    postcode: text('postcode'),
    city: text('city'),
    country: text('country'),
    registryIds: { vat: text('vat'), lei: text('lei'), duns: text('duns') },
  };
}
