import type { InvoiceFact } from '#src/domain/incentive/facts.ts';
import { sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from './bulk.ts';
import type { Db } from './client.ts';
import { sourceDocument } from './schema/money.ts';

export async function saveDocuments(db: Db, rows: readonly (typeof sourceDocument.$inferInsert)[]): Promise<void> {
  const set = setExcluded('kind', 'partner_id', 'customer_name', 'currency', 'amount_minor', 'issued_on', 'paid_on', 'applies_to');
  await bulkInsert(db, sourceDocument, rows, sql`on conflict (connection_id, number) do update set ${set}`);
}

/** Every invoice and credit memo, as tiers and incentives see it. */
export async function invoiceFacts(db: Db): Promise<InvoiceFact[]> {
  return db
    .select({
      id: sourceDocument.id,
      number: sourceDocument.number,
      kind: sourceDocument.kind,
      partnerId: sourceDocument.partnerId,
      currency: sourceDocument.currency,
      amountMinor: sourceDocument.amountMinor,
      issuedOn: sourceDocument.issuedOn,
      paidOn: sourceDocument.paidOn,
      appliesTo: sourceDocument.appliesTo,
    })
    .from(sourceDocument);
}
