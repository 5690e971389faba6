import type { InvoiceFact } from '#src/domain/incentive/facts.ts';
import { eq, sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from './bulk.ts';
import type { Db } from './client.ts';
import { partner } from './schema/channel.ts';
import { sourceDocument } from './schema/money.ts';

export async function saveDocuments(db: Db, rows: readonly (typeof sourceDocument.$inferInsert)[]): Promise<void> {
  const set = setExcluded('kind', 'partner_id', 'customer_name', 'currency', 'amount_minor', 'issued_on', 'paid_on', 'applies_to');
  await bulkInsert(db, sourceDocument, rows, sql`on conflict (connection_id, number) do update set ${set}`);
}

/** Every invoice and credit memo, as tiers and incentives see it: a merged partner's sales are its survivor's. */
export async function invoiceFacts(db: Db): Promise<InvoiceFact[]> {
  return db
    .select({
      id: sourceDocument.id,
      number: sourceDocument.number,
      kind: sourceDocument.kind,
      partnerId: sql<string>`coalesce(${partner.mergedInto}, ${partner.id})`,
      currency: sourceDocument.currency,
      amountMinor: sourceDocument.amountMinor,
      issuedOn: sourceDocument.issuedOn,
      paidOn: sourceDocument.paidOn,
      appliesTo: sourceDocument.appliesTo,
    })
    .from(sourceDocument)
    .innerJoin(partner, eq(partner.id, sourceDocument.partnerId));
}
