import type { Db } from '#src/db/client.ts';
import {
  opportunitiesOfRegistrations,
  partnerAccountIds,
  partnerAccounts,
  payoutIds,
  decidedPayouts,
  registeredOpportunityIds,
  registrationIds,
  decidedRegistrations,
} from '#src/db/sync/decided-value-store.ts';
import { findingsByRegistration } from '#src/db/registrations/conflict-case-store.ts';
import { namedRivalDeals, rivalDealIds } from '#src/db/registrations/rival-deal-store.ts';
import { currentTiers } from '#src/db/program/tier-store.ts';
import { formatMinor } from '#src/domain/money.ts';
import { evidenceDigest } from '#src/domain/registrations/lifecycle/shown/evidence-digest.ts';
import { internalConflict } from '#src/domain/registrations/internal-conflict.ts';
import { lifecycleValues } from './lifecycle-values.ts';
import { projectOpportunities } from './opportunity-values.ts';
import type { Projection, ProjectionPlace } from './projection.ts';

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
      if (everything) return [...(await registeredOpportunityIds(db)), ...(await rivalDealIds(db))];
      return [
        ...(scope.opportunityIds ?? []),
        ...(await rivalDealIds(db, scope.registrationIds ?? [])),
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
  place: ProjectionPlace,
): Promise<readonly Projection[]> {
  return projectors[kind](db, recordIds, place);
}

type Projector = (
  db: Db,
  recordIds: readonly string[],
  place: ProjectionPlace,
) => Promise<readonly Projection[]>;

const projectors: Readonly<Record<ProjectedKind, Projector>> = {
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

async function projectRegistrations(
  db: Db,
  ids: readonly string[],
  place: ProjectionPlace,
): Promise<Projection[]> {
  const registrations = await decidedRegistrations(db, ids);
  const deals = Map.groupBy(await namedRivalDeals(db, ids), (deal) => deal.registrationId);
  const findings = await findingsByRegistration(db, ids);
  const lifecycles = await lifecycleValues(db, ids, place);
  return registrations.map((one) => {
    const { conflictSummary, conflictScore } = one;
    const conflict = internalConflict(findings.get(one.id) ?? [], deals.get(one.id) ?? []);
    return {
      recordId: one.id,
      evidence: evidenceDigest({ conflictSummary, internalConflict: conflict, conflictScore }),
      values: {
        amountCurrency: one.currency,
        status: one.status,
        // CRMs store instants to the second, so milliseconds would differ in every comparison.
        decidedAt: one.decidedAt?.toISOString().replace(/\.\d+Z$/, '.000Z') ?? null,
        protectedUntil: one.protectedUntil,
        reason: one.reason,
        conflictSummary,
        internalConflict: conflict,
        conflictScore: conflictScore === null ? null : String(conflictScore),
        ...lifecycles.get(one.id),
      },
    };
  });
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
        amountCurrency: currency,
        status: batch.status,
        lineCount: String(lineCount),
      },
    }),
  );
}
