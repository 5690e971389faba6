import { sql } from 'drizzle-orm';
import { extraPrefix, fieldsOf, type CanonicalKind, type CanonicalValue } from '#src/domain/record.ts';
import { formatMinor } from '#src/domain/money.ts';
import { columnOf } from './canonical-columns.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';

/** The values of one of our records, by the field names of mappings. An empty field is null. */
export type RecordValues = Readonly<Record<string, CanonicalValue>>;

/** The tables of kinds with another name than the table. */
const tables: Partial<Readonly<Record<CanonicalKind, string>>> = {
  invoice: 'source_document',
  payout: 'payout_item',
};

/**
 * The values of these records, by our ids, to show what a mapping changes: the fields that mappings may fill,
 * and custom fields as `extra.…`. A reference is our id of the record it points to. Unknown records are left
 * out.
 */
export async function recordValues(
  db: Db,
  kind: CanonicalKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordValues>> {
  if (ids.length === 0) return new Map();
  const table = sql.identifier(tables[kind] ?? kind);
  const rows = await db.execute<{ id: string; row: Row; amount: string | null }>(sql`
    select t.id, to_jsonb(t) as row, to_jsonb(t) ->> 'amount_minor' as amount from ${table} t where ${isKeyIn(sql`t.id`, ids, 'uuid')}`);
  return new Map(rows.map(({ id, row, amount }) => [id, valuesOf(kind, row, amount)]));
}

type Row = Readonly<Record<string, unknown>>;

function valuesOf(kind: CanonicalKind, row: Row, amountMinor: string | null): RecordValues {
  const values: Record<string, CanonicalValue> = { deleted: row['deleted'] === true };
  for (const [field, { type }] of Object.entries(fieldsOf(kind))) {
    const value = row[columnOf(kind, field)];
    if (field === 'amount') values[field] = amountOf(amountMinor, row['currency']);
    else if (value !== undefined) values[field] = shown(value, type);
  }
  const extra = row['extra'];
  if (extra !== null && typeof extra === 'object')
    for (const [name, value] of Object.entries(extra)) values[`${extraPrefix}${name}`] = shown(value, 'text');
  return values;
}

function shown(value: unknown, type: string): CanonicalValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // PostgreSQL writes an instant in JSON with its own precision and time zone.
  return type === 'instant' ? new Date(text).toISOString() : text;
}

function amountOf(minor: string | null, currency: unknown): CanonicalValue {
  return minor === null || typeof currency !== 'string' ? null : formatMinor(BigInt(minor), currency);
}
