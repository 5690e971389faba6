import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Db } from './client.ts';
import { isIn } from './is-in.ts';
import { account, opportunity, partner, registration } from './schema/channel.ts';
import type { Registration } from './registration-store.ts';

/** A registration with what the CRM is told beside it. */
export type ProjectedRegistration = Registration & { readonly partnerName: string };

/** All of them, or those named. */
export async function registrationsToProject(db: Db, ids?: readonly string[]): Promise<ProjectedRegistration[]> {
  const rows = await db
    .select({ registration, partnerName: partner.name })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .where(and(eq(registration.deleted, false), ids ? isIn(registration.id, ids) : undefined));
  return rows.map((row) => ({ ...row.registration, partnerName: row.partnerName }));
}

/** Every registration on these opportunities: the strongest of them speaks for the deal. */
export async function registrationsOfOpportunities(db: Db, opportunityIds?: readonly string[]): Promise<ProjectedRegistration[]> {
  const rows = await db
    .select({ registration, partnerName: partner.name })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .innerJoin(opportunity, and(eq(opportunity.id, registration.opportunityId), eq(opportunity.deleted, false)))
    .where(
      and(
        eq(registration.deleted, false),
        isNotNull(registration.opportunityId),
        opportunityIds ? isIn(registration.opportunityId, opportunityIds) : undefined,
      ),
    );
  return rows.map((row) => ({ ...row.registration, partnerName: row.partnerName }));
}

/** The opportunities these registrations are linked to, deleted registrations included. */
export async function opportunitiesNamedBy(db: Db, registrationIds: readonly string[]): Promise<string[]> {
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

/** All of them, or those named. */
export async function partnerAccounts(db: Db, ids?: readonly string[]): Promise<PartnerAccount[]> {
  return db
    .select({ partnerId: partner.id, accountId: partner.accountId })
    .from(partner)
    .innerJoin(account, and(eq(account.id, partner.accountId), eq(account.deleted, false)))
    .where(and(isNull(partner.mergedInto), ids ? isIn(partner.accountId, ids) : undefined));
}
