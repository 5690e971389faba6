import type { InvoiceFact } from '#src/domain/invoice.ts';
import type { BookedDocument } from '#src/domain/invoice-identity.ts';
import { foldKey } from '#src/domain/document-key.ts';
import { eq, sql } from 'drizzle-orm';
import { bulkInsert, listOf, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
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

/** Saves documents. A document that is booked under the same number gets the new values and stays the same. */
export async function saveDocuments(
  db: Db,
  documents: readonly Omit<typeof sourceDocument.$inferInsert, 'numberKey'>[],
): Promise<void> {
  const rows = documents.map((row) => ({ ...row, numberKey: foldKey(row.number) }));
  const set = setExcluded(
    'number',
    'customer_name',
    'currency',
    'amount_minor',
    'issued_on',
    'paid_on',
    'applies_to',
    'applies_to_id',
  );
  await bulkInsert(
    db,
    sourceDocument,
    rows,
    sql`on conflict (number_key, connection_id, kind, company, number_year, separate) do update
        set ${set}, partner_id = ${bookedTo}`,
  );
  await saveBilledCustomers(
    db,
    rows.flatMap(({ customerName }) => customerName ?? []),
  );
}

/**
 * Gives documents the company and year that their connection declares by now. Call it before they are saved.
 */
export async function completeNumbers(
  db: Db,
  documents: readonly Pick<BookedDocument, 'id' | 'company' | 'numberYear'>[],
): Promise<void> {
  for (const { id, company, numberYear } of documents)
    await db.update(sourceDocument).set({ company, numberYear }).where(eq(sourceDocument.id, id));
}

const bookedColumns = {
  id: sourceDocument.id,
  connectionId: sourceDocument.connectionId,
  company: sourceDocument.company,
  kind: sourceDocument.kind,
  number: sourceDocument.number,
  numberYear: sourceDocument.numberYear,
  separate: sourceDocument.separate,
  partnerId: sourceDocument.partnerId,
  mergedInto: partner.mergedInto,
  partnerCode: sql<string>`coalesce(${partner.code}, '')`,
  currency: sourceDocument.currency,
  issuedOn: sourceDocument.issuedOn,
  amountMinor: sourceDocument.amountMinor,
  appliesTo: sourceDocument.appliesTo,
  appliesToId: sourceDocument.appliesToId,
};

/** The booked documents with these numbers, of all connections. @param numbers as `foldKey` gives them */
export async function documentsByNumber(db: Db, numbers: readonly string[]): Promise<StoredDocument[]> {
  return db
    .select(bookedColumns)
    .from(sourceDocument)
    .innerJoin(partner, eq(partner.id, sourceDocument.partnerId))
    .where(isKeyIn(sourceDocument.numberKey, numbers, 'text'));
}

export interface StoredDocument extends BookedDocument {
  readonly connectionId: string;
  readonly separate: string;
}

/** The credit memos that correct these invoices. */
export async function creditMemosOf(db: Db, invoiceIds: readonly string[]): Promise<CreditMemo[]> {
  const rows = await db
    .select({
      id: sourceDocument.id,
      invoiceId: sourceDocument.appliesToId,
      amountMinor: sourceDocument.amountMinor,
    })
    .from(sourceDocument)
    .where(isKeyIn(sourceDocument.appliesToId, invoiceIds, 'uuid'));
  return rows.map(({ invoiceId, ...row }) => ({ ...row, invoiceId: invoiceId ?? '' }));
}

export interface CreditMemo {
  readonly id: string;
  readonly invoiceId: string;
  readonly amountMinor: bigint;
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
      appliesToId: sourceDocument.appliesToId,
    })
    .from(sourceDocument)
    .innerJoin(partner, eq(partner.id, sourceDocument.partnerId));
}
