import type { InvoiceFact } from '#src/domain/invoice.ts';
import { eq, sql } from 'drizzle-orm';
import { bulkInsert, listOf, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { partner } from '#src/db/schema/channel.ts';
import { kindNumbers } from '#src/db/matching/match-profile-store.ts';
import { sourceDocument } from '#src/db/schema/money.ts';

/**
 * The partner of a document. If the stored one has been merged since, it stays: its code now leads to the
 * survivor or to another partner, and either would change the document's rating.
 */
const bookedTo = sql`case when exists (
    select from partner was join partner now on now.id = excluded.partner_id
    where was.id = source_document.partner_id and was.merged_into is not null and (was.merged_into = now.id or was.code = now.code)
  ) then source_document.partner_id else excluded.partner_id end`;

export async function saveDocuments(
  db: Db,
  rows: readonly (typeof sourceDocument.$inferInsert)[],
): Promise<void> {
  const set = setExcluded(
    'kind',
    'customer_name',
    'currency',
    'amount_minor',
    'issued_on',
    'paid_on',
    'applies_to',
  );
  await bulkInsert(
    db,
    sourceDocument,
    rows,
    sql`on conflict (connection_id, number) do update set ${set}, partner_id = ${bookedTo}`,
  );
  await saveBilledCustomers(
    db,
    rows.flatMap(({ customerName }) => customerName ?? []),
  );
}

/** Saves names that no document had before, and lists them for matching. */
async function saveBilledCustomers(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.execute(sql`
    with added as (
      insert into billed_customer (name)
      select distinct on (lower(name)) name from ${listOf('text', names, (name) => name)} n (name)
      on conflict (md5(lower(name))) do nothing returning id
    )
    insert into match_stale (subject_kind, subject_id) select ${kindNumbers.billed_customer}, id from added`);
}

/**
 * Every invoice and credit memo, for tiers and incentives. Sales of a merged partner are credited to the
 * surviving one.
 */
export async function invoiceFacts(db: Db): Promise<InvoiceFact[]> {
  return db
    .select({
      id: sourceDocument.id,
      number: sourceDocument.number,
      kind: sourceDocument.kind,
      partnerId: sql<string>`coalesce(${partner.mergedInto}, ${partner.id})`,
      soldBy: sql<string | null>`case when ${partner.mergedInto} is not null then ${partner.id} end`,
      currency: sourceDocument.currency,
      amountMinor: sourceDocument.amountMinor,
      issuedOn: sourceDocument.issuedOn,
      paidOn: sourceDocument.paidOn,
      appliesTo: sourceDocument.appliesTo,
    })
    .from(sourceDocument)
    .innerJoin(partner, eq(partner.id, sourceDocument.partnerId));
}
