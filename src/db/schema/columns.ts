import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { bigint, customType, jsonb, numeric, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A UUIDv7 that `deps.ids` makes, never the database. */
export const id = () => uuid('id').primaryKey();
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
/** An amount in minor units of the row's currency. */
export const minor = (name: string) => bigint(name, { mode: 'bigint' });
/** A sum of amounts, in minor units: more digits than `minor`, so that no sum is beyond it. */
export const minorSum = (name: string) => numeric(name, { precision: 38, scale: 0, mode: 'bigint' });
/**
 * A canonical value. Drizzle's own `jsonb` returns a text that looks like a number as a number: "95000.00" as
 * 95000.
 */
export const canonical = customType<{ data: CanonicalValue; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value as CanonicalValue,
});
/** Values of the custom fields that a customer has declared for a kind, by their names without `extra.`. */
export const extra = () => jsonb('extra').$type<CanonicalValues>().notNull().default({});
