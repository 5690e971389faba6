import { aliasedTable, and, eq, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm';
import { foldKey } from '#src/domain/document-key.ts';
import { periodOf } from '#src/domain/period.ts';
import type { PartnerMerge } from '#src/domain/program/merged-partners.ts';
import { mergeExtra, bulkInsert, setExcluded, setExcludedExcept } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { account, opportunity, partner } from '#src/db/schema/channel.ts';

export type AccountRow = typeof account.$inferInsert;
export type OpportunityRow = typeof opportunity.$inferInsert;
export type Partner = typeof partner.$inferSelect;

/** @param preserved columns that are not changed in existing rows */
export async function saveAccounts(
  db: Db,
  rows: readonly AccountRow[],
  preserved?: ReadonlySet<string>,
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
    'partner_suspended',
    'partner_code',
    'territory',
    'customer_since',
    'owner',
    // Columns that are no longer filled become null.
    'core',
    'match_domain',
    'normaliser_version',
    'deleted',
  ];
  const set = setExcludedExcept(columns, preserved);
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

/**
 * @param preserved columns that are not changed in existing rows
 * @param readOn the day of the read, `YYYY-MM-DD`, which is stored for an opportunity that is closed since; left
 * out for rows that were not read from a CRM
 */
export async function saveOpportunities(
  db: Db,
  rows: readonly OpportunityRow[],
  preserved?: ReadonlySet<string>,
  readOn?: string,
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
    'lost_reason',
    'opened_at',
    'owner',
    'deleted',
  ];
  const set = setExcludedExcept(columns, preserved);
  await bulkInsert(
    db,
    opportunity,
    rows,
    sql`on conflict (id) do update set ${set}${closedSeenOn(readOn)}${mergeExtra(opportunity, rows)}`,
  );
}

function closedSeenOn(readOn: string | undefined): SQL {
  if (readOn === undefined) return sql``;
  return sql`, closed_seen_on = case when not excluded.is_closed then null
    when not opportunity.is_closed then ${readOn}::date else opportunity.closed_seen_on end`;
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

/** Saves partners. The id of a partner never changes; its name and code are copied from the account. */
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

/** All partners, without the merged ones. */
export async function listPartners(db: Db): Promise<Partner[]> {
  return db.select().from(partner).where(isNull(partner.mergedInto));
}

/** Every merged partner, with the partner that it is part of now. */
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
      // A check constraint ensures that all three are set or none is.
      if (survivorId === null || into === null || at === null) return [];
      return [[id, { survivorId, into, period: periodOf(at.toISOString().slice(0, 10)) }]];
    }),
  );
}

/** Partners by account id, without the merged ones. */
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

/** `foldKey` in SQL. */
const foldedCode = sql`upper(regexp_replace(normalize(${partner.code}, NFKC), '\\s+', '', 'g'))`;

/**
 * Partners by code, in the form that `foldKey` gives. A code that two partners have is ambiguous. The code of a merged partner leads to the
 * surviving one, unless another partner has it now, because codes are reused.
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
    .where(or(isIn(partner.code, codes), isKeyIn(foldedCode, codes.map(foldKey), 'text')));
  const found = new Map<string, Partner | 'ambiguous'>();
  for (const [code, holders] of Map.groupBy(rows, (row) => foldKey(row.code ?? ''))) {
    const unmerged = holders.filter((holder) => holder.mergedInto === null);
    const candidates = new Map(
      (unmerged.length > 0 ? unmerged : holders).map((holder) => [holder.living.id, holder.living]),
    );
    const [first] = candidates.values();
    if (first) found.set(code, candidates.size === 1 ? first : 'ambiguous');
  }
  return found;
}
