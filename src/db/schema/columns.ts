import { bigint, timestamp, uuid } from 'drizzle-orm/pg-core';

/** UUIDv7, made by `deps.ids`, never by the database. */
export const id = () => uuid('id').primaryKey();
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
/** Minor units of the row's currency. */
export const minor = (name: string) => bigint(name, { mode: 'bigint' });
