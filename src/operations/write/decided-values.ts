import type { Db } from '#src/db/client.ts';
import {
  opportunitiesOfRegistrations,
  partnerAccountIds,
  partnerAccounts,
  payoutIds,
  decidedPayouts,
  registeredOpportunityIds,
  registrationIds,
  registrationsOfOpportunities,
  decidedRegistrations,
  type DecidedRegistration,
} from '#src/db/sync/decided-value-store.ts';
import { currentTiers } from '#src/db/program/tier-store.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { CanonicalValues } from '#src/domain/record.ts';

/** The values that one record should have in the CRM. */
export interface Projection {
  readonly recordId: string;
  readonly values: CanonicalValues;
  /** Only for a payout, which is addressed by its key and refers to the partner's account. */
  readonly key?: string;
  readonly accountId?: string;
}

/** Limits a plan to these records, by Fairway's ids. An empty scope covers all records. */
export interface Scope {
  readonly accountIds?: readonly string[];
  /** In addition to the opportunities of the registrations. */
  readonly opportunityIds?: readonly string[];
  readonly registrationIds?: readonly string[];
  readonly payoutBatchIds?: readonly string[];
}

/** True when the plan covers all records. */
export function isComplete(scope: Scope): boolean {
  return Object.values(scope).every((ids) => ids === undefined);
}

export type ProjectedKind = 'account' | 'opportunity' | 'registration' | 'payout';

/** Parents come before children, so that a payout finds its account. */
export const projectedKinds: readonly ProjectedKind[] = ['account', 'opportunity', 'registration', 'payout'];

/** Fairway's ids of the records of a kind that are in scope, including those without values to write. */
export async function recordsInScope(db: Db, kind: ProjectedKind, scope: Scope): Promise<readonly string[]> {
  const everything = isComplete(scope);
  switch (kind) {
    case 'account':
      return everything ? partnerAccountIds(db) : (scope.accountIds ?? []);
    case 'opportunity':
      if (everything) return registeredOpportunityIds(db);
      return [
        ...(scope.opportunityIds ?? []),
        ...(await opportunitiesOfRegistrations(db, scope.registrationIds ?? [])),
      ];
    case 'registration':
      return everything ? registrationIds(db) : (scope.registrationIds ?? []);
    case 'payout':
      return payoutIds(db, everything ? undefined : (scope.payoutBatchIds ?? []));
  }
}

/** The values that Fairway has decided for these records. Records without such values are left out. */
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
  const tiers = await currentTiers(
    db,
    partners.map(({ partnerId }) => partnerId),
  );
  return partners.flatMap(({ partnerId, accountId }) => {
    const assessment = tiers.get(partnerId);
    if (!assessment) return [];
    return [
      {
        recordId: accountId,
        values: {
          tier: assessment.tier,
          tierStanding: assessment.explanation,
          trailingRevenue: formatMinor(assessment.trailingRevenueMinor, assessment.currency),
          tierAsOf: assessment.effectiveFrom,
        },
      },
    ];
  });
}

async function projectRegistrations(db: Db, ids: readonly string[]): Promise<Projection[]> {
  return (await decidedRegistrations(db, ids)).map((one) => ({
    recordId: one.id,
    values: {
      status: one.status,
      // CRMs store instants to the second, so milliseconds would differ in every comparison.
      decidedAt: one.decidedAt?.toISOString().replace(/\.\d+Z$/, '.000Z') ?? null,
      protectedUntil: one.protectedUntil,
      reason: one.reason,
      conflictSummary: one.conflictSummary,
      conflictScore: one.conflictScore === null ? null : String(one.conflictScore),
    },
  }));
}

/**
 * When several registrations name one opportunity, the opportunity shows the one whose status comes first
 * here; with equal status, the earliest one.
 */
const statusOrder: readonly RegistrationStatus[] = [
  'approved',
  'in_review',
  'submitted',
  'expired',
  'rejected',
  'withdrawn',
];

async function projectOpportunities(db: Db, ids: readonly string[]): Promise<Projection[]> {
  const shown = new Map<string, DecidedRegistration>();
  for (const one of await registrationsOfOpportunities(db, ids)) {
    const opportunityId = one.opportunityId ?? '';
    const other = shown.get(opportunityId);
    if (!other || comesBefore(one, other)) shown.set(opportunityId, one);
  }
  return [...shown].map(([recordId, one]) => ({
    recordId,
    values: {
      registrationStatus: one.status,
      registeredPartner: one.partnerName,
      protectedUntil: one.protectedUntil,
      conflictSummary: one.conflictSummary,
    },
  }));
}

function comesBefore(one: DecidedRegistration, other: DecidedRegistration): boolean {
  const rank = statusOrder.indexOf(one.status) - statusOrder.indexOf(other.status);
  if (rank !== 0) return rank < 0;
  return one.submittedAt.getTime() !== other.submittedAt.getTime()
    ? one.submittedAt < other.submittedAt
    : one.id < other.id;
}

async function projectPayouts(db: Db, ids: readonly string[]): Promise<Projection[]> {
  return (await decidedPayouts(db, ids)).map(
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
