import type { ReadableStream } from 'node:stream/web';
import { stringify } from 'csv-stringify/sync';
import type { JsonValue, RemoteField } from '#connectors/contract/records.ts';
import { csvRows } from './csv-rows.ts';
import type { Cells } from './csv-rows.ts';

export type CsvRow = Readonly<Record<string, string>>;
/** The types of an object's fields, by field name. */
export type FieldTypes = ReadonlyMap<string, RemoteField['type']>;

/** Calls `onRow` for each row as it arrives. @throws ConnectorError */
export async function eachRow(body: ReadableStream<Uint8Array>, onRow: (row: CsvRow) => void): Promise<void> {
  await eachCells(
    body,
    (names) => (cells) => onRow(Object.fromEntries(names.map((name, n) => [name, cells[n] ?? '']))),
  );
}

/**
 * The same with the cells of a row in the columns' order, which is faster.
 * @param open gets the names of the columns and returns the function that receives each row
 */
export async function eachCells(
  body: ReadableStream<Uint8Array>,
  open: (names: Cells) => (cells: Cells) => void,
): Promise<void> {
  let onRow: ((cells: Cells) => void) | null = null;
  for await (const rows of csvRows(body)) {
    for (const cells of rows) {
      if (onRow) onRow(cells);
      else onRow = open(cells);
    }
  }
}

/**
 * Converts rows of CSV into the values that the REST API returns, so that both ways of reading give the same
 * values.
 */
export function jsonReader(names: Cells, types: FieldTypes): (cells: Cells) => Record<string, JsonValue> {
  const columns = names.map((name) => ({ name, type: types.get(name) }));
  return (cells) => {
    const values: Record<string, JsonValue> = {};
    for (const [n, { name, type }] of columns.entries()) values[name] = toValue(cells[n] ?? '', type);
    return values;
  };
}

function toValue(cell: string, type: RemoteField['type'] | undefined): JsonValue {
  if (cell === '') return null;
  if (type === 'boolean') return cell === 'true';
  if (type === 'number') return Number(cell);
  if (type === 'datetime') return cell.endsWith('Z') ? `${cell.slice(0, -1)}+0000` : cell;
  return cell;
}

/** Empties a field in bulk data. An empty cell leaves the field as it is. */
export const emptyMarker = '#N/A';

/** The rows as CSV for an upload. A field that a row does not have stays as it is. */
export function toBulkCsv(rows: readonly Readonly<Record<string, JsonValue>>[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return stringify(
    [names, ...rows.map((row) => names.map((name) => (name in row ? toCell(row[name]) : '')))],
    { quoted_empty: true },
  );
}

const toCell = (value: JsonValue | undefined): string =>
  value === null || value === '' ? emptyMarker : String(value);
