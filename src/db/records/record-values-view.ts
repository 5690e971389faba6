import { sql } from 'drizzle-orm';
import { extraPrefix, fieldsOf, type CanonicalKind, type CanonicalValue } from '#src/domain/record.ts';
import { formatMinor } from '#src/domain/money.ts';
import { columnOf } from './canonical-columns.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';

/** What a record of ours says, by the names mappings use; `null` for a field that is empty. */
export type RecordValues = Readonly<Record<string, CanonicalValue>>;

/** Kinds whose table is not named after them. */
const tables: Partial<Readonly<Record<CanonicalKind, string>>> = {
  invoice: 'source_document',
  payout: 'payout_item',
};

/**
 * What these records of ours say, by our ids, for showing what a mapping changes: the fields mappings may
 * fill, the customer's own under `extra.…`. A reference is our id of what it points at. Those that are not
 * there are absent.
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
  // As PostgreSQL writes an instant in JSON it carries its own precision and zone.
  return type === 'instant' ? new Date(text).toISOString() : text;
}

function amountOf(minor: string | null, currency: unknown): CanonicalValue {
  return minor === null || typeof currency !== 'string' ? null : formatMinor(BigInt(minor), currency);
}
