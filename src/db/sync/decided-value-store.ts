import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { account, opportunity, partner, registration } from '#src/db/schema/channel.ts';
import { payoutBatch, payoutItem } from '#src/db/schema/money.ts';
import type { PayoutBatch } from '#src/db/payouts/payout-store.ts';
import { selectStored, storedOf, type StoredRegistration } from '#src/db/registrations/registration-store.ts';

/** The ids of partner accounts: the accounts whose decided values are written to the CRM. */
export async function partnerAccountIds(db: Db): Promise<string[]> {
  const rows = await db.select({ id: partner.accountId }).from(partner).where(isNull(partner.mergedInto));
  return rows.map((row) => row.id);
}

/** The ids of the opportunities that registrations refer to. */
export async function registeredOpportunityIds(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: registration.opportunityId })
    .from(registration)
    .where(and(eq(registration.deleted, false), isNotNull(registration.opportunityId)));
  return rows.flatMap(({ id }) => id ?? []);
}

export async function registrationIds(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: registration.id })
    .from(registration)
    .where(eq(registration.deleted, false));
  return rows.map((row) => row.id);
}

/** The ids of payouts, of all batches or of these. */
export async function payoutIds(db: Db, batchIds?: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: payoutItem.id })
    .from(payoutItem)
    .where(batchIds ? isIn(payoutItem.batchId, batchIds) : undefined);
  return rows.map((row) => row.id);
}

export async function decidedRegistrations(db: Db, ids: readonly string[]): Promise<StoredRegistration[]> {
  const rows = await selectStored(db).where(and(eq(registration.deleted, false), isIn(registration.id, ids)));
  return rows.map(storedOf);
}

/** All registrations of these opportunities. The strongest of them decides the values of the opportunity. */
export async function registrationsOfOpportunities(
  db: Db,
  opportunityIds: readonly string[],
): Promise<StoredRegistration[]> {
  const rows = await selectStored(db)
    .innerJoin(
      opportunity,
      and(eq(opportunity.id, registration.opportunityId), eq(opportunity.deleted, false)),
    )
    .where(and(eq(registration.deleted, false), isIn(registration.opportunityId, opportunityIds)));
  return rows.map(storedOf);
}

/** The opportunities of these registrations. Deleted registrations are included. */
export async function opportunitiesOfRegistrations(
  db: Db,
  registrationIds: readonly string[],
): Promise<string[]> {
  if (registrationIds.length === 0) return [];
  const rows = await db
    .selectDistinct({ id: registration.opportunityId })
    .from(registration)
    .where(and(isNotNull(registration.opportunityId), isIn(registration.id, registrationIds)));
  return rows.flatMap(({ id }) => id ?? []);
}

export interface PartnerAccount {
  readonly partnerId: string;
  readonly accountId: string;
}

/** The accounts among these that are partners. */
export async function partnerAccounts(db: Db, accountIds: readonly string[]): Promise<PartnerAccount[]> {
  return db
    .select({ partnerId: partner.id, accountId: partner.accountId })
    .from(partner)
    .innerJoin(account, and(eq(account.id, partner.accountId), eq(account.deleted, false)))
    .where(and(isNull(partner.mergedInto), isIn(partner.accountId, accountIds)));
}

/** A payout with the values of its batch and its partner, which are written to the CRM as well. */
export type DecidedPayout = typeof payoutItem.$inferSelect & {
  readonly batch: Pick<PayoutBatch, 'key' | 'status'>;
  readonly accountId: string;
};

export async function decidedPayouts(db: Db, ids: readonly string[]): Promise<DecidedPayout[]> {
  const rows = await db
    .select({
      item: payoutItem,
      batch: { key: payoutBatch.key, status: payoutBatch.status },
      accountId: partner.accountId,
    })
    .from(payoutItem)
    .innerJoin(payoutBatch, eq(payoutBatch.id, payoutItem.batchId))
    .innerJoin(partner, eq(partner.id, payoutItem.partnerId))
    .where(isIn(payoutItem.id, ids));
  return rows.map(({ item, ...related }) => ({ ...item, ...related }));
}
