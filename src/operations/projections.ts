import type { Db } from '#src/db/client.ts';
import { batchesByIds, payoutItems } from '#src/db/payout-store.ts';
import {
  partnerAccounts,
  registrationsOfOpportunities,
  registrationsToProject,
  type ProjectedRegistration,
} from '#src/db/projection-store.ts';
import { currentStandings } from '#src/db/tier-store.ts';
import type { RegistrationStatus } from '#src/domain/crm-schema.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { CanonicalValues } from '#src/domain/record.ts';

/** What one record of ours should say in the CRM. */
export interface Projection {
  readonly recordId: string;
  readonly values: CanonicalValues;
  /** A payout is addressed by its key and points at the partner's account. */
  readonly key?: string;
  readonly accountId?: string;
}

/** Limits a plan to some records, by our ids; without any of these it covers all. */
export interface Scope {
  readonly accountIds?: readonly string[];
  /** Beside those the registrations name. */
  readonly opportunityIds?: readonly string[];
  readonly registrationIds?: readonly string[];
  readonly payoutBatchIds?: readonly string[];
}

/** Whether a plan covers everything there is. */
export function isComplete(scope: Scope): boolean {
  return Object.values(scope).every((ids) => ids === undefined);
}

/** The records of a kind that a plan is limited to, whether anything is to be said of them or not; undefined for all. */
export function recordsInScope(kind: ProjectedKind, scope: Scope): readonly string[] | undefined {
  if (isComplete(scope)) return undefined;
  return (kind === 'account' ? scope.accountIds : kind === 'opportunity' ? scope.opportunityIds : undefined) ?? [];
}

export type ProjectedKind = 'account' | 'opportunity' | 'registration' | 'payout';

/** Parents before children, so that a payout finds its account. */
export const projectedKinds: readonly ProjectedKind[] = ['account', 'opportunity', 'registration', 'payout'];

export function project(db: Db, kind: ProjectedKind, scope: Scope): Promise<readonly Projection[]> {
  switch (kind) {
    case 'account':
      return projectAccounts(db, recordsInScope('account', scope));
    case 'opportunity':
      return projectOpportunities(db, scope);
    case 'registration':
      return projectRegistrations(db, isComplete(scope) ? undefined : (scope.registrationIds ?? []));
    case 'payout':
      return projectPayouts(db, isComplete(scope) ? undefined : (scope.payoutBatchIds ?? []));
  }
}

async function projectAccounts(db: Db, ids?: readonly string[]): Promise<Projection[]> {
  const partners = await partnerAccounts(db, ids);
  if (partners.length === 0) return [];
  const standings = await currentStandings(db);
  return partners.flatMap(({ partnerId, accountId }) => {
    const standing = standings.get(partnerId);
    if (!standing) return [];
    return [
      {
        recordId: accountId,
        values: {
          tier: standing.tier,
          tierStanding: standing.explanation,
          trailingRevenue: formatMinor(standing.trailingRevenueMinor, standing.currency),
          tierAsOf: standing.effectiveFrom,
        },
      },
    ];
  });
}

async function projectRegistrations(db: Db, ids?: readonly string[]): Promise<Projection[]> {
  return (await registrationsToProject(db, ids)).map((one) => ({
    recordId: one.id,
    values: {
      status: one.status,
      // CRMs keep instants to the second; more would differ for ever.
      decidedAt: one.decidedAt?.toISOString().replace(/\.\d+Z$/, '.000Z') ?? null,
      protectedUntil: one.protectedUntil,
      reason: one.reason,
      conflictSummary: one.conflictSummary,
      conflictScore: one.conflictScore === null ? null : String(one.conflictScore),
    },
  }));
}

/** When several registrations name one opportunity, the one furthest along speaks for it; among equals the earliest. */
const voice: readonly RegistrationStatus[] = ['approved', 'in_review', 'submitted', 'expired', 'rejected', 'withdrawn'];

async function projectOpportunities(db: Db, scope: Scope): Promise<Projection[]> {
  const { opportunityIds = [], registrationIds = [] } = scope;
  const named = async () => (await registrationsToProject(db, registrationIds)).flatMap((one) => one.opportunityId ?? []);
  const touched = isComplete(scope) ? undefined : [...opportunityIds, ...(await named())];
  const speakers = new Map<string, ProjectedRegistration>();
  for (const one of await registrationsOfOpportunities(db, touched)) {
    const opportunityId = one.opportunityId ?? '';
    const other = speakers.get(opportunityId);
    if (!other || speaksBefore(one, other)) speakers.set(opportunityId, one);
  }
  return [...speakers].map(([recordId, one]) => ({
    recordId,
    values: {
      registrationStatus: one.status,
      registeredPartner: one.partnerName,
      protectedUntil: one.protectedUntil,
      conflictSummary: one.conflictSummary,
    },
  }));
}

function speaksBefore(one: ProjectedRegistration, other: ProjectedRegistration): boolean {
  const rank = voice.indexOf(one.status) - voice.indexOf(other.status);
  if (rank !== 0) return rank < 0;
  return one.submittedAt.getTime() !== other.submittedAt.getTime() ? one.submittedAt < other.submittedAt : one.id < other.id;
}

async function projectPayouts(db: Db, batchIds?: readonly string[]): Promise<Projection[]> {
  const items = await payoutItems(db, batchIds);
  const batches = new Map(
    (
      await batchesByIds(
        db,
        items.map((item) => item.batchId),
      )
    ).map((batch) => [batch.id, batch]),
  );
  return items.map((item) => {
    const batch = batches.get(item.batchId);
    return {
      recordId: item.id,
      key: item.key,
      accountId: item.accountId,
      values: {
        key: item.key,
        batch: batch?.key ?? null,
        period: item.period,
        amount: formatMinor(item.amountMinor, item.currency),
        currency: item.currency,
        status: batch?.status ?? null,
        lineCount: String(item.lineCount),
      },
    };
  });
}
