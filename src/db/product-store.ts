import { sql } from 'drizzle-orm';
import { addExtra, bulkInsert, setExcluded } from './bulk.ts';
import type { Db } from './client.ts';
import { isIn } from './is-in.ts';
import { opportunityLine, product } from './schema/channel.ts';

export async function saveProducts(db: Db, rows: readonly (typeof product.$inferInsert)[]): Promise<void> {
  const set = setExcluded('code', 'name', 'family', 'is_active', 'deleted');
  await bulkInsert(db, product, rows, sql`on conflict (id) do update set ${set}${addExtra(product, rows)}`);
}

export async function markProductsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(product).set({ deleted: true }).where(isIn(product.id, ids));
}

export async function saveOpportunityLines(db: Db, rows: readonly (typeof opportunityLine.$inferInsert)[]): Promise<void> {
  const set = setExcluded('opportunity_id', 'product_id', 'name', 'quantity', 'unit_price', 'amount_minor', 'currency', 'deleted');
  await bulkInsert(db, opportunityLine, rows, sql`on conflict (id) do update set ${set}${addExtra(opportunityLine, rows)}`);
}

export async function markOpportunityLinesDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(opportunityLine).set({ deleted: true }).where(isIn(opportunityLine.id, ids));
}
