import type { ReadableStream } from 'node:stream/web';
import { stringify } from 'csv-stringify/sync';
import type { JsonValue, RemoteField } from '#connectors/contract/records.ts';
import { csvRows } from './csv-rows.ts';
import type { Cells } from './csv-rows.ts';

export type CsvRow = Readonly<Record<string, string>>;
/** What the fields of an object hold, by name. */
export type FieldTypes = ReadonlyMap<string, RemoteField['type']>;

/** Each row as it arrives. @throws ConnectorError */
export async function eachRow(body: ReadableStream<Uint8Array>, take: (row: CsvRow) => void): Promise<void> {
  await eachCells(
    body,
    (names) => (cells) => take(Object.fromEntries(names.map((name, n) => [name, cells[n] ?? '']))),
  );
}

/**
 * The same by the columns' places, which is quicker. @param reader is told the columns' names, and gives what
 * takes a row
 */
export async function eachCells(
  body: ReadableStream<Uint8Array>,
  reader: (names: Cells) => (cells: Cells) => void,
): Promise<void> {
  let take: ((cells: Cells) => void) | null = null;
  for await (const rows of csvRows(body)) {
    for (const cells of rows) {
      if (take) take(cells);
      else take = reader(cells);
    }
  }
}

/**
 * Turns rows of CSV into the values the REST API would give, so that both ways of reading agree to the
 * letter.
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

/** How bulk data spells the emptying of a field; an empty cell leaves it as it is. */
export const emptied = '#N/A';

/** Rows for an upload. What a row does not name stays as it is. */
export function toBulkCsv(rows: readonly Readonly<Record<string, JsonValue>>[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return stringify(
    [names, ...rows.map((row) => names.map((name) => (name in row ? toCell(row[name]) : '')))],
    { quoted_empty: true },
  );
}

const toCell = (value: JsonValue | undefined): string =>
  value === null || value === '' ? emptied : String(value);
