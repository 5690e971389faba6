import { aliasedTable, and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { periodOf } from '#src/domain/period.ts';
import type { PartnerMerge } from '#src/domain/program/merged-partners.ts';
import { mergeExtra, bulkInsert, setExcluded, setExcludedExcept } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { account, opportunity, partner } from '#src/db/schema/channel.ts';

export type AccountRow = typeof account.$inferInsert;
export type OpportunityRow = typeof opportunity.$inferInsert;
export type Partner = typeof partner.$inferSelect;

/** @param keep columns of rows that are there already, to be left as they are */
export async function saveAccounts(
  db: Db,
  rows: readonly AccountRow[],
  keep?: ReadonlySet<string>,
): Promise<void> {
  const columns = [
    'name',
    'domain',
    'country',
    'street',
    'city',
    'region',
    'postcode',
    'phone',
    'aliases',
    'vat_id',
    'duns',
    'lei',
    'is_partner',
    'partner_code',
    'territory',
    'customer_since',
    // What a version before filled is emptied with the next change.
    ...['core', 'match_domain', 'normaliser_version'],
    'deleted',
  ];
  const set = setExcludedExcept(columns, keep);
  await bulkInsert(db, account, rows, sql`on conflict (id) do update set ${set}${mergeExtra(account, rows)}`);
}

export async function accountsByIds(
  db: Db,
  ids: readonly string[],
): Promise<(typeof account.$inferSelect)[]> {
  return ids.length === 0 ? [] : db.select().from(account).where(isIn(account.id, ids));
}

export async function markAccountsDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(account).set({ deleted: true }).where(isIn(account.id, ids));
}

/** @param keep columns of rows that are there already, to be left as they are */
export async function saveOpportunities(
  db: Db,
  rows: readonly OpportunityRow[],
  keep?: ReadonlySet<string>,
): Promise<void> {
  const columns = [
    'account_id',
    'name',
    'stage',
    'is_closed',
    'is_won',
    'amount_minor',
    'currency',
    'close_date',
    'product_family',
    'opened_at',
    'deleted',
  ];
  const set = setExcludedExcept(columns, keep);
  await bulkInsert(
    db,
    opportunity,
    rows,
    sql`on conflict (id) do update set ${set}${mergeExtra(opportunity, rows)}`,
  );
}

export async function opportunitiesByIds(
  db: Db,
  ids: readonly string[],
): Promise<(typeof opportunity.$inferSelect)[]> {
  return ids.length === 0 ? [] : db.select().from(opportunity).where(isIn(opportunity.id, ids));
}

export async function markOpportunitiesDeleted(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.update(opportunity).set({ deleted: true }).where(isIn(opportunity.id, ids));
}

/** A partner keeps its id for life; its name and code follow the account. */
export async function savePartners(
  db: Db,
  rows: readonly Pick<typeof partner.$inferInsert, 'id' | 'accountId' | 'name' | 'code'>[],
): Promise<void> {
  await bulkInsert(
    db,
    partner,
    rows,
    sql`on conflict (account_id) where merged_into is null do update set ${setExcluded('name', 'code')}`,
  );
}

/** Those that live: one that was merged away is part of another. */
export async function listPartners(db: Db): Promise<Partner[]> {
  return db.select().from(partner).where(isNull(partner.mergedInto));
}

/** Every partner that was merged away, with the living one it is part of now. */
export async function partnerMerges(
  db: Db,
): Promise<Map<string, PartnerMerge & { readonly survivorId: string }>> {
  const rows = await db
    .select({
      id: partner.id,
      survivorId: partner.mergedInto,
      into: partner.mergedFirstInto,
      at: partner.mergedAt,
    })
    .from(partner)
    .where(isNotNull(partner.mergedInto));
  return new Map(
    rows.flatMap(({ id, survivorId, into, at }) => {
      // The database lets none of them be missing alone.
      if (survivorId === null || into === null || at === null) return [];
      return [[id, { survivorId, into, period: periodOf(at.toISOString().slice(0, 10)) }]];
    }),
  );
}

/** By account id. */
export async function partnersOfAccounts(
  db: Db,
  accountIds: readonly string[],
): Promise<Map<string, Partner>> {
  if (accountIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(partner)
    .where(and(isNull(partner.mergedInto), isIn(partner.accountId, accountIds)));
  return new Map(rows.map((row) => [row.accountId, row]));
}

const living = aliasedTable(partner, 'living');

/**
 * By partner code. A code that two partners claim belongs to neither. The code of a partner that was merged
 * away leads to its survivor, until a partner that lives carries it: codes are given out again.
 */
export async function partnersByCode(
  db: Db,
  codes: readonly string[],
): Promise<Map<string, Partner | 'ambiguous'>> {
  if (codes.length === 0) return new Map();
  const rows = await db
    .select({ code: partner.code, mergedInto: partner.mergedInto, living })
    .from(partner)
    .innerJoin(living, eq(living.id, sql`coalesce(${partner.mergedInto}, ${partner.id})`))
    .innerJoin(account, and(eq(account.id, living.accountId), eq(account.deleted, false)))
    .where(isIn(partner.code, codes));
  const found = new Map<string, Partner | 'ambiguous'>();
  for (const [code, holders] of Map.groupBy(rows, (row) => row.code)) {
    const unmerged = holders.filter((holder) => holder.mergedInto === null);
    const claims = new Map(
      (unmerged.length > 0 ? unmerged : holders).map((holder) => [holder.living.id, holder.living]),
    );
    const [first] = claims.values();
    if (code !== null && first) found.set(code, claims.size === 1 ? first : 'ambiguous');
  }
  return found;
}
