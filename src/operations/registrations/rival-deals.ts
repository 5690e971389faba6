import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  approvedRegistrations,
  namedRivalDeals,
  registrationsWithRivalDeals,
  replaceRivalDeals,
  type RivalDeal,
  type RivalDealChanges,
} from '#src/db/registrations/rival-deal-store.ts';
import type { ChangedRecords, StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { describeMatch } from '#src/domain/registrations/finding-text.ts';
import type { RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';
import { currentRules } from '#src/domain/registrations/rules/rule.ts';
import { competesForDeal } from '#src/domain/registrations/rival-deals.ts';
import { raiseRivalDealAlerts } from '#src/operations/alerts/raise-rival-deal-alerts.ts';
import { sharingKeys } from '#src/operations/matching/find-candidates.ts';
import type { EvaluatedRegistration, EvaluationRound } from './evaluation.ts';
import { withFacts } from './registration-facts.ts';

/** Saves the rival deals of registrations that were evaluated, and alerts the admin about new ones. */
export async function saveRivalDeals(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  evaluated: readonly EvaluatedRegistration[],
): Promise<RivalDealChanges> {
  const found = evaluated.flatMap(({ registration, facts, rivals, verdict }) =>
    verdict.status === 'rejected' ? [] : dealsOf(registration, facts, rivals, round),
  );
  return replaceAndAlert(
    deps,
    tx,
    round,
    evaluated.map(({ registration }) => registration.id),
    found,
  );
}

async function replaceAndAlert(
  deps: Deps,
  tx: Db,
  { at }: EvaluationRound,
  registrationIds: readonly string[],
  found: readonly RivalDeal[],
): Promise<RivalDealChanges> {
  const changes = await replaceRivalDeals(tx, registrationIds, found, at);
  await raiseRivalDealAlerts(deps, tx, await named(tx, changes.added));
  return changes;
}

function dealsOf(
  registration: StoredRegistration,
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  { today, program }: EvaluationRound,
): readonly RivalDeal[] {
  const context = { today, policy: program.engagement, version: currentRules };
  return rivals.flatMap((rival) => {
    if (rival.kind !== 'opportunity' || rival.match.verdict === 'different') return [];
    if (!competesForDeal(facts, rival, context)) return [];
    return [
      {
        registrationId: registration.id,
        opportunityId: rival.id,
        verdict: rival.match.verdict,
        evidence: describeMatch(rival.match),
      },
    ];
  });
}

async function named(tx: Db, added: RivalDealChanges['added']) {
  const isNew = new Set(added.map((one) => `${one.registrationId} ${one.opportunityId}`));
  const all = await namedRivalDeals(tx, [...new Set(added.map((one) => one.registrationId))]);
  return all.filter((one) => isNew.has(`${one.registrationId} ${one.opportunityId}`));
}

/** Registrations of one transaction. They are in memory together. */
const registrationsAtOnce = 500;

/**
 * Searches again for the rival deals of approved registrations, because our own sales team may
 * open a deal with a protected customer at any time. The decision does not change. Refresh the profiles first.
 */
export async function searchRivalDealsOfApproved(deps: Deps, round: EvaluationRound): Promise<void> {
  const approved = await approvedRegistrations(deps.db);
  for (let start = 0; start < approved.length; start += registrationsAtOnce)
    await deps.db.transaction((tx) =>
      searchRivalDeals(deps, tx, round, approved.slice(start, start + registrationsAtOnce)),
    );
}

export interface ChangedDeals extends ChangedRecords {
  /** The companies that changed, and whose deals may compete. */
  readonly subjectIds: readonly string[];
  /** Evaluated in the same round, which has saved their rival deals. */
  readonly evaluatedIds: ReadonlySet<string>;
}

/**
 * The same for approved registrations that these changes may concern. A job added in the same transaction writes
 * what has changed.
 */
export async function searchRivalDealsNear(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  { opportunityIds, registrationIds, subjectIds, evaluatedIds }: ChangedDeals,
): Promise<void> {
  const near = [
    ...registrationIds.filter((id) => !evaluatedIds.has(id)),
    ...(await registrationsWithRivalDeals(tx, opportunityIds)),
    ...(await sharingKeys(tx, subjectIds, 'approved')),
  ];
  const { added, ended } = await searchRivalDeals(
    deps,
    tx,
    round,
    await approvedRegistrations(tx, [...new Set(near)]),
  );
  await writeRivalDeals(deps, tx, { added, ended }, round.at);
}

/** Adds a job that writes these registrations and deals, if there are any. */
export async function writeRivalDeals(
  deps: Deps,
  tx: Db,
  { added, ended }: RivalDealChanges,
  at: Date,
): Promise<void> {
  const changed = [...added, ...ended];
  if (changed.length === 0) return;
  const payload = {
    registrationIds: [...new Set(changed.map((one) => one.registrationId))],
    opportunityIds: [...new Set(changed.map((one) => one.opportunityId))],
    payoutBatchIds: [],
    lane: 'hint',
  };
  await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }], at);
}

async function searchRivalDeals(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  registrations: readonly StoredRegistration[],
): Promise<RivalDealChanges> {
  if (registrations.length === 0) return { added: [], ended: [] };
  const known = await withFacts(deps, tx, round, registrations);
  const found = known.flatMap(({ registration, facts, candidates }) =>
    dealsOf(
      registration,
      facts,
      candidates.rivals.map(({ rival }) => rival),
      round,
    ),
  );
  return replaceAndAlert(
    deps,
    tx,
    round,
    registrations.map(({ id }) => id),
    found,
  );
}
