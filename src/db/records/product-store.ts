import { sql } from 'drizzle-orm';
import { mergeExtra, bulkInsert, setExcludedExcept } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { opportunityLine, product } from '#src/db/schema/channel.ts';

/** @param preserved columns that are not changed in existing rows */
export async function saveProducts(
  db: Db,
  rows: readonly (typeof product.$inferInsert)[],
  preserved?: ReadonlySet<string>,
): Promise<void> {
  const set = setExcludedExcept(['code', 'name', 'family', 'is_active', 'deleted'], preserved);
  await bulkInsert(db, product, rows, sql`on conflict (id) do update set ${set}${mergeExtra(product, rows)}`);
}

export async function markProductsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(product).set({ deleted: true }).where(isIn(product.id, ids));
}

/** @param preserved columns that are not changed in existing rows */
export async function saveOpportunityLines(
  db: Db,
  rows: readonly (typeof opportunityLine.$inferInsert)[],
  preserved?: ReadonlySet<string>,
): Promise<void> {
  const columns = [
    'opportunity_id',
    'product_id',
    'name',
    'quantity',
    'unit_price',
    'amount_minor',
    'currency',
    'deleted',
  ];
  const set = setExcludedExcept(columns, preserved);
  await bulkInsert(
    db,
    opportunityLine,
    rows,
    sql`on conflict (id) do update set ${set}${mergeExtra(opportunityLine, rows)}`,
  );
}

export async function markOpportunityLinesDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await db.update(opportunityLine).set({ deleted: true }).where(isIn(opportunityLine.id, ids));
}
