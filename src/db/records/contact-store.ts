import { sql } from 'drizzle-orm';
import { mergeExtra, bulkInsert, setExcludedExcept } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { contact } from '#src/db/schema/channel.ts';

/** @param preserved columns that are not changed in existing rows */
export async function saveContacts(
  db: Db,
  rows: readonly (typeof contact.$inferInsert)[],
  preserved?: ReadonlySet<string>,
): Promise<void> {
  const set = setExcludedExcept(
    ['account_id', 'first_name', 'last_name', 'email', 'phone', 'title', 'deleted'],
    preserved,
  );
  await bulkInsert(db, contact, rows, sql`on conflict (id) do update set ${set}${mergeExtra(contact, rows)}`);
}

export async function markContactsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(contact).set({ deleted: true }).where(isIn(contact.id, ids));
}
