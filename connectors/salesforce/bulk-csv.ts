import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { ReadableStream } from 'node:stream/web';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import type { JsonValue, RemoteField } from '../connector.ts';

export type CsvRow = Readonly<Record<string, string>>;
/** What the fields of an object hold, by name. */
export type FieldTypes = ReadonlyMap<string, RemoteField['type']>;

/** So few at once that whatever else this process has to do does not wait for a page of them. */
const rowsAtOnce = 100;

/** Each row as it arrives; the text is never held whole. */
export async function eachRow(body: ReadableStream<Uint8Array>, take: (row: CsvRow) => void): Promise<void> {
  await pipeline(Readable.fromWeb(body), parse({ columns: true, bom: true }), async (rows: AsyncIterable<CsvRow>) => {
    let taken = 0;
    for await (const row of rows) {
      take(row);
      taken += 1;
      if (taken % rowsAtOnce === 0) await setImmediate();
    }
  });
}

/** A row of CSV with the values the REST API would give, so that both ways of reading agree to the letter. */
export function toJson(row: CsvRow, types: FieldTypes): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const name in row) values[name] = toValue(row[name] ?? '', types.get(name));
  return values;
}

function toValue(cell: string, type: RemoteField['type'] | undefined): JsonValue {
  if (cell === '') return null;
  if (type === 'boolean') return cell === 'true';
  if (type === 'number') return Number(cell);
  if (type === 'datetime') return cell.replace(/Z$/, '+0000');
  return cell;
}

/** How bulk data spells the emptying of a field; an empty cell leaves it as it is. */
export const emptied = '#N/A';

/** Rows for an upload. What a row does not name stays as it is. */
export function toCsv(rows: readonly Readonly<Record<string, JsonValue>>[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return stringify([names, ...rows.map((row) => names.map((name) => (name in row ? toCell(row[name]) : '')))], { quoted_empty: true });
}

const toCell = (value: JsonValue | undefined): string => (value === null || value === '' ? emptied : String(value));
