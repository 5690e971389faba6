import { sql } from 'drizzle-orm';
import { addExtra, bulkInsert, setExcluded } from './bulk.ts';
import type { Db } from './client.ts';
import { isIn } from './is-in.ts';
import { contact } from './schema/channel.ts';

export async function saveContacts(db: Db, rows: readonly (typeof contact.$inferInsert)[]): Promise<void> {
  const set = setExcluded('account_id', 'first_name', 'last_name', 'email', 'phone', 'title', 'deleted');
  await bulkInsert(db, contact, rows, sql`on conflict (id) do update set ${set}${addExtra(contact, rows)}`);
}

export async function markContactsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(contact).set({ deleted: true }).where(isIn(contact.id, ids));
}
