import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { markOutdatedProfiles } from '#src/db/matching/match-profile-store.ts';
import {
  lockDecisions,
  registrationsBlockedBy,
  registrationsToEvaluate,
  type ChangedRecords,
} from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { normaliserVersion } from '#src/domain/matching/normalise.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { readAgreedTime } from '#src/operations/clocks/read-clocks.ts';
import { coalesceCalls } from '#src/operations/matching/coalesce-calls.ts';
import { sharingKeys } from '#src/operations/matching/find-candidates.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { refreshProfiles, refreshProfilesInTransaction } from '#src/operations/matching/refresh-profiles.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { evaluateInOrder } from './evaluate-in-order.ts';
import { followPartners } from './channel/follow-partners.ts';
import { followOpportunities } from './deals/follow-opportunities.ts';
import type { EvaluatedRegistration, EvaluationRound } from './evaluation.ts';
import { followCreators } from './lifecycle/in-crm/follow-creators.ts';
import { followCrmEdits } from './lifecycle/follow-crm.ts';
import { putBackCrmEdits } from './put-back/put-back-crm-edits.ts';
import { followEdits } from './follow-edits.ts';
import { putBackEdits } from './put-back/put-back-edits.ts';
import { expireProtection } from './expire-protection.ts';
import { searchRivalDealsNear, searchRivalDealsOfApproved, writeRivalDeals } from './rival-deals.ts';

/**
 * Evaluates open registrations by the rules of engagement, in order of precedence: clear ones are approved,
 * duplicates are rejected, and the others are queued for review with the evidence. One round runs at a time,
 * because two rounds could approve two registrations for the same customer.
 *
 * @param changed limits the round to new registrations and those whose evaluation these records may change.
 * When left out, all open registrations are evaluated and ended protection windows expire. The caller plans
 * the writes of `changed.registrationIds`; a job added in the same transaction writes the others.
 */
export async function evaluateRegistrations(
  deps: Deps,
  progress: ReportProgress,
  changed?: ChangedRecords,
): Promise<void> {
  return changed ? evaluateChanged(deps, changed) : evaluateAll(deps, progress, liveModel);
}

/**
 * Evaluates all open registrations. @param modelOf gives the model; called while the decision lock is held
 */
export async function evaluateAll(
  deps: Deps,
  progress: ReportProgress,
  modelOf: (tx: Db) => Promise<MatchModel>,
): Promise<void> {
  const round = await newRound(deps);
  const { today, disagreement } = await readAgreedTime(deps);
  if (disagreement !== null) deps.log.error({ disagreement }, 'no registration expires');
  await markOutdatedProfiles(deps.db, normaliserVersion);
  await putBackEdits(deps, round);
  const notPutBack = await putBackCrmEdits(deps, round);
  // Done before the lock is taken: after a first read, every account needs a profile.
  await refreshProfiles(deps.db);
  const { done, model } = await deps.db.transaction(async (tx) => {
    await lockDecisions(tx);
    await followEdits(tx, round);
    await followCrmEdits(deps, tx, round, { notPutBack });
    await followCreators(deps, tx);
    await followPartners(deps, tx);
    await followOpportunities(deps, tx, round);
    const registrations = await registrationsToEvaluate(tx);
    const model = await modelOf(tx);
    const { changed } = await evaluateInOrder(deps, tx, { ...round, model }, registrations);
    // The opportunity of a new registration may be won already.
    await followOpportunities(deps, tx, round, newIn(changed));
    if (disagreement === null) await expireProtection(tx, { ...round, today });
    return { done: registrations.length, model };
  });
  // Changes no decision, so it does not hold the lock.
  await searchRivalDealsOfApproved(deps, { ...round, model });
  await progress({ label: 'Deciding registrations', done, total: done });
}

const coalesced = new WeakMap<Db, (changed: ChangedRecords) => Promise<void>>();

/** Calls made while a round is running share the next round. */
function evaluateChanged(deps: Deps, changed: ChangedRecords): Promise<void> {
  let evaluate = coalesced.get(deps.db);
  if (!evaluate) coalesced.set(deps.db, (evaluate = coalesceCalls((all) => evaluateTogether(deps, all))));
  return evaluate(changed);
}

async function evaluateTogether(deps: Deps, all: readonly ChangedRecords[]): Promise<void> {
  const union = (field: keyof ChangedRecords): string[] => [
    ...new Set(all.flatMap((changed) => changed[field] ?? [])),
  ];
  const changed = {
    accountIds: union('accountIds'),
    opportunityIds: union('opportunityIds'),
    registrationIds: union('registrationIds'),
    leadIds: union('leadIds'),
  };
  const round = await newRound(deps);
  await putBackEdits(deps, round, changed.registrationIds);
  const notPutBack = await putBackCrmEdits(deps, round, changed.registrationIds);
  await refreshProfiles(deps.db);
  await deps.db.transaction(async (tx) => {
    await lockDecisions(tx);
    await evaluateAffected(deps, tx, { ...round, model: await liveModel(tx) }, { ...changed, notPutBack });
  });
  await relaySoon(deps);
}

/**
 * Evaluates the waiting registrations that a person's decision concerns, in the transaction of the decision and
 * under its lock. So the next reviewer decides with the evidence as it is then.
 */
export async function evaluateAfterDecision(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  registrationId: string,
): Promise<void> {
  const changed = { accountIds: [], opportunityIds: [], registrationIds: [registrationId] };
  await evaluateAffected(deps, tx, round, { ...changed, withNew: false });
}

/**
 * A round in the transaction that holds the lock of decisions. Another connection would wait for a place in the pool,
 * and those that wait for the lock may have all of them.
 */
export async function roundUnderLock(deps: Deps, tx: Db): Promise<EvaluationRound> {
  return { ...(await newRound(deps, tx)), model: await liveModel(tx) };
}

async function newRound(deps: Deps, db: Db = deps.db): Promise<Omit<EvaluationRound, 'model'>> {
  const { program, document, version } = await currentProgram({ ...deps, db });
  const at = deps.clock();
  return { program, document, programVersion: version, at, today: at.toISOString().slice(0, 10) };
}

interface AffectedRound extends ChangedRecords {
  readonly notPutBack?: ReadonlySet<string>;
  /** False to leave new registrations to the next round, so that a person does not wait for them. */
  readonly withNew?: boolean;
}

/**
 * Evaluates in waves, because each verdict may free or block other registrations. The waves end, because no
 * rule reverses a verdict.
 *
 */
async function evaluateAffected(
  deps: Deps,
  tx: Db,
  round: EvaluationRound,
  { notPutBack, withNew, ...changed }: AffectedRound,
): Promise<void> {
  const plannedByCaller = new Set(changed.registrationIds);
  const toWrite = new Set<string>();
  await followEdits(tx, round, [...changed.registrationIds]);
  await followCrmEdits(deps, tx, round, { ...(notPutBack && { notPutBack }), ids: changed.registrationIds });
  await followPartners(deps, tx, changed.accountIds);
  const withNews = await followOpportunities(deps, tx, round, changed);
  let wave: ChangedRecords = {
    ...changed,
    registrationIds: [...new Set([...changed.registrationIds, ...withNews])],
  };
  do {
    const affected = await affectedRegistrations(tx, wave);
    const registrations = await registrationsToEvaluate(tx, affected.queuedIds, withNew);
    const { changed: evaluated, rivalDeals } = await evaluateInOrder(deps, tx, round, registrations);
    await writeRivalDeals(deps, tx, rivalDeals, round.at);
    await searchRivalDealsNear(deps, tx, round, {
      ...wave,
      subjectIds: affected.dealSubjectIds,
      evaluatedIds: new Set(registrations.map(({ id }) => id)),
    });
    for (const { verdict } of evaluated) if (!plannedByCaller.has(verdict.id)) toWrite.add(verdict.id);
    await followOpportunities(deps, tx, round, newIn(evaluated));
    const moved = evaluated.filter(({ registration, verdict }) => verdict.status !== registration.status);
    wave = { accountIds: [], opportunityIds: [], registrationIds: moved.map(({ verdict }) => verdict.id) };
  } while (wave.registrationIds.length > 0);
  if (toWrite.size === 0) return;
  const payload = { registrationIds: [...toWrite], payoutBatchIds: [], lane: 'hint' };
  await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }], round.at);
}

/** Those that may have got their lifecycle in this round. */
function newIn(evaluated: readonly EvaluatedRegistration[]) {
  const fresh = evaluated.filter(({ hasLifecycle }) => !hasLifecycle);
  return { registrationIds: fresh.map(({ registration }) => registration.id), opportunityIds: [] };
}

/**
 * Queued registrations whose evaluation these changes may change: the changed ones, those that a changed
 * record blocks, and those whose customer a changed record may be. `dealSubjectIds` are the companies that changed
 * and whose deals may compete with a registration: a registration without an opportunity is no such deal.
 */
async function affectedRegistrations(
  tx: Db,
  changed: ChangedRecords,
): Promise<{ readonly queuedIds: readonly string[]; readonly dealSubjectIds: readonly string[] }> {
  await refreshProfilesInTransaction(tx);
  const { registrationIds, subjectIds, dealSubjectIds } = await registrationsBlockedBy(tx, changed);
  const queuedIds = new Set([...registrationIds, ...(await sharingKeys(tx, subjectIds, 'queued'))]);
  return { queuedIds: [...queuedIds], dealSubjectIds };
}
