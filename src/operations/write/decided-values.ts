import type { Db } from '#src/db/client.ts';
import {
  opportunitiesNamedBy,
  partnerAccountIds,
  partnerAccounts,
  payoutIds,
  payoutsToProject,
  registeredOpportunityIds,
  registrationIds,
  registrationsOfOpportunities,
  registrationsToProject,
  type ProjectedRegistration,
} from '#src/db/sync/projection-store.ts';
import { currentStandings } from '#src/db/program/tier-store.ts';
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

export type ProjectedKind = 'account' | 'opportunity' | 'registration' | 'payout';

/** Parents before children, so that a payout finds its account. */
export const projectedKinds: readonly ProjectedKind[] = ['account', 'opportunity', 'registration', 'payout'];

/** Our ids of the records of a kind that a plan is about, whether anything is to be said of them or not. */
export async function recordsInScope(db: Db, kind: ProjectedKind, scope: Scope): Promise<readonly string[]> {
  const everything = isComplete(scope);
  switch (kind) {
    case 'account':
      return everything ? partnerAccountIds(db) : (scope.accountIds ?? []);
    case 'opportunity':
      if (everything) return registeredOpportunityIds(db);
      return [
        ...(scope.opportunityIds ?? []),
        ...(await opportunitiesNamedBy(db, scope.registrationIds ?? [])),
      ];
    case 'registration':
      return everything ? registrationIds(db) : (scope.registrationIds ?? []);
    case 'payout':
      return payoutIds(db, everything ? undefined : (scope.payoutBatchIds ?? []));
  }
}

/** What these records should say, those of which something is to be said. */
export function decidedValues(
  db: Db,
  kind: ProjectedKind,
  recordIds: readonly string[],
): Promise<readonly Projection[]> {
  return projectors[kind](db, recordIds);
}

const projectors: Readonly<
  Record<ProjectedKind, (db: Db, recordIds: readonly string[]) => Promise<readonly Projection[]>>
> = {
  account: projectAccounts,
  opportunity: projectOpportunities,
  registration: projectRegistrations,
  payout: projectPayouts,
};

async function projectAccounts(db: Db, ids: readonly string[]): Promise<Projection[]> {
  const partners = await partnerAccounts(db, ids);
  const standings = await currentStandings(
    db,
    partners.map(({ partnerId }) => partnerId),
  );
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

async function projectRegistrations(db: Db, ids: readonly string[]): Promise<Projection[]> {
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

/**
 * When several registrations name one opportunity, the one furthest along speaks for it; among equals the
 * earliest.
 */
const voice: readonly RegistrationStatus[] = [
  'approved',
  'in_review',
  'submitted',
  'expired',
  'rejected',
  'withdrawn',
];

async function projectOpportunities(db: Db, ids: readonly string[]): Promise<Projection[]> {
  const speakers = new Map<string, ProjectedRegistration>();
  for (const one of await registrationsOfOpportunities(db, ids)) {
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
  return one.submittedAt.getTime() !== other.submittedAt.getTime()
    ? one.submittedAt < other.submittedAt
    : one.id < other.id;
}

async function projectPayouts(db: Db, ids: readonly string[]): Promise<Projection[]> {
  return (await payoutsToProject(db, ids)).map(
    ({ id, key, accountId, batch, period, amountMinor, currency, lineCount }) => ({
      recordId: id,
      key,
      accountId,
      values: {
        key,
        batch: batch.key,
        period,
        amount: formatMinor(amountMinor, currency),
        currency,
        status: batch.status,
        lineCount: String(lineCount),
      },
    }),
  );
}
