import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { bigint, customType, jsonb, timestamp, uuid } from 'drizzle-orm/pg-core';

/** UUIDv7, made by `deps.ids`, never by the database. */
export const id = () => uuid('id').primaryKey();
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
/** Minor units of the row's currency. */
export const minor = (name: string) => bigint(name, { mode: 'bigint' });
/**
 * A canonical value. Of drizzle's own `jsonb` a text that looks like a number would come back as one:
 * "95000.00" as 95000.
 */
export const canonical = customType<{ data: CanonicalValue; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value as CanonicalValue,
});
/** Values of the fields a customer has declared for a kind, by their names without `extra.` before them. */
export const extra = () => jsonb('extra').$type<CanonicalValues>().notNull().default({});
