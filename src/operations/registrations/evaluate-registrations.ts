import type { Db } from '#src/db/client.ts';
import { audit, type AuditEntry } from '#src/db/people/audit-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { markOutdated } from '#src/db/matching/match-profile-store.ts';
import { saveModel, modelHash } from '#src/db/matching/match-model-store.ts';
import {
  registrationsBlockedBy,
  lockDecisions,
  overdueRegistrations,
  registrationsWithCase,
  saveCases,
  saveVerdicts,
  undecidedRegistrations,
  type ChangedRecords,
  type StoredRegistration,
  type ConflictCase,
  type Verdict,
} from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { normaliserVersion } from '#src/domain/matching/normalise.ts';
import { isSampled } from '#src/domain/matching/sample.ts';
import {
  conflictScore,
  conflictSummary,
  applyRulesOfEngagement,
} from '#src/domain/registrations/apply-rules.ts';
import type { Program } from '#src/domain/program/program.ts';
import { move } from '#src/domain/registrations/lifecycle.ts';
import { ruleFacts } from '#src/domain/registrations/replay.ts';
import type { CaseFacts, RegistrationDecision } from '#src/domain/registrations/registration.ts';
import { registrationFacts } from './registration-facts.ts';
import { findMatchCandidates, sharingKeys, type Rivals } from '#src/operations/matching/find-candidates.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { refreshProfiles, refreshWithin } from '#src/operations/matching/refresh-profiles.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { sampleForReview, type Clear } from '#src/operations/matching/sample-for-review.ts';
import { coalesceCalls } from '#src/operations/matching/coalesce-calls.ts';

/**
 * Answers every open claim by the rules of engagement, in order of precedence, and ends protection windows
 * that have run out. Clear claims are approved, duplicates rejected, the rest queued with its evidence. One
 * decision round at a time: two rounds could both find the same customer free.
 *
 * @param changed limits it to new claims and to those these records may decide differently. Whatever else is
 * decided by that than `changed.registrationIds`, which are the caller's to plan, is told to its CRM by a job
 * put out in the same transaction.
 */
export async function evaluateRegistrations(
  deps: Deps,
  progress: ReportProgress,
  changed?: ChangedRecords,
): Promise<void> {
  return changed ? decideChanged(deps, changed) : decideAll(deps, progress, liveModel);
}

/** All of them. @param modelOf which model decides, asked under the lock of decisions */
export async function decideAll(
  deps: Deps,
  progress: ReportProgress,
  modelOf: (tx: Db) => Promise<MatchModel>,
): Promise<void> {
  const round = await startRound(deps);
  await markOutdated(deps.db, normaliserVersion);
  // Most of it before the lock: after a first read that is every account there is.
  await refreshProfiles(deps.db);
  const done = await deps.db.transaction(async (tx) => {
    await lockDecisions(tx);
    const claims = await undecidedRegistrations(tx);
    await decideClaims(deps, tx, { ...round, model: await modelOf(tx) }, claims);
    await expire(tx, round);
    return claims.length;
  });
  await progress({ label: 'Deciding registrations', done, total: done });
}

const waiting = new WeakMap<Db, (changed: ChangedRecords) => Promise<void>>();

/** All who ask while a round is under way are answered by the next. */
function decideChanged(deps: Deps, changed: ChangedRecords): Promise<void> {
  let ask = waiting.get(deps.db);
  if (!ask) waiting.set(deps.db, (ask = coalesceCalls((all) => decideTogether(deps, all))));
  return ask(changed);
}

async function decideTogether(deps: Deps, all: readonly ChangedRecords[]): Promise<void> {
  const union = (field: keyof ChangedRecords): string[] => [
    ...new Set(all.flatMap((changed) => changed[field])),
  ];
  const changed = {
    accountIds: union('accountIds'),
    opportunityIds: union('opportunityIds'),
    registrationIds: union('registrationIds'),
  };
  const round = await startRound(deps);
  await refreshProfiles(deps.db);
  await deps.db.transaction(async (tx) => {
    await lockDecisions(tx);
    await decideAffected(deps, tx, { ...round, model: await liveModel(tx) }, changed);
  });
  await relaySoon(deps);
}

async function startRound(deps: Deps): Promise<Omit<Round, 'model'>> {
  const { program, version } = await currentProgram(deps);
  return { program, version, at: deps.clock() };
}

interface Round {
  readonly program: Program;
  readonly version: number;
  readonly model: MatchModel;
  readonly at: Date;
}

/**
 * Wave by wave, as one decision may free or hold up another claim. It ends, because no rule takes a decision
 * back.
 */
async function decideAffected(deps: Deps, tx: Db, round: Round, changed: ChangedRecords): Promise<void> {
  const told = new Set(changed.registrationIds);
  const decided = new Set<string>();
  let wave = changed;
  do {
    const claims = await undecidedRegistrations(tx, await claimsAffected(tx, wave));
    const verdicts = await decideClaims(deps, tx, round, claims);
    for (const { id } of verdicts) if (!told.has(id)) decided.add(id);
    const before = new Map(claims.map(({ id, status }) => [id, status]));
    const moved = verdicts.filter(({ id, status }) => before.get(id) !== status).map(({ id }) => id);
    wave = { accountIds: [], opportunityIds: [], registrationIds: moved };
  } while (wave.registrationIds.length > 0);
  const payload = { registrationIds: [...decided], payoutBatchIds: [], lane: 'hint' };
  if (decided.size > 0)
    await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }], round.at);
}

/**
 * Queued claims that these changes may decide differently: the changed ones, those held up by one, those
 * whose customer one may be now.
 */
async function claimsAffected(tx: Db, changed: ChangedRecords): Promise<string[]> {
  await refreshWithin(tx);
  const { claimIds, subjectIds } = await registrationsBlockedBy(tx, changed);
  return [...new Set([...claimIds, ...(await sharingKeys(tx, subjectIds, 'queued'))])];
}

/** Returns the verdicts that say something new. */
async function decideClaims(
  deps: Deps,
  tx: Db,
  round: Round,
  claims: readonly StoredRegistration[],
): Promise<readonly Verdict[]> {
  if (claims.length === 0) return [];
  const { program, model, at } = round;
  const today = at.toISOString().slice(0, 10);
  // Whatever was committed with one of these claims can be found from here on, so no two of them pass unseen
  // by each other.
  await refreshWithin(tx);
  const rivals = await findMatchCandidates(tx, claims, model, (id) =>
    isSampled(id, deps.config.matchSampleShare),
  );
  const factsOf = await registrationFacts(tx, claims, rivals);
  const status = new Map(
    claims.map((claim) => [claim.id, { status: claim.status, protectedUntil: claim.protectedUntil }]),
  );
  const withCase = await registrationsWithCase(
    tx,
    claims.map((claim) => claim.id),
  );
  const claimOf = new Map(claims.map((claim) => [claim.id, claim]));
  const verdicts: Verdict[] = [];
  const cases: ConflictCase[] = [];
  const clear: Clear[] = [];
  for (const claim of claims) {
    // What was decided a moment ago counts already.
    const found = rivals.get(claim.id);
    const known = (found?.rivals ?? []).map(({ rival }) =>
      rival.kind === 'registration' ? { ...rival, ...status.get(rival.id) } : rival,
    );
    const facts = factsOf(claim);
    const decision = applyRulesOfEngagement(facts, known, program, today);
    const verdict = verdictOf(claim, decision, round);
    status.set(claim.id, { status: verdict.status, protectedUntil: verdict.protectedUntil });
    verdicts.push(verdict);
    // A case whose last rival has gone is closed with what is known now.
    if (decision.findings.length > 0 || withCase.has(claim.id)) {
      const rules = ruleFacts(decision, facts, known, { today, policy: program });
      cases.push(caseOf(claim.id, decision, found && { ...caseFacts(decision, found), rules }, round));
    }
    if (!decision.findings.some(({ rival }) => rival) && found?.nearest)
      clear.push({ registrationId: claim.id, ours: found.company, nearest: found.nearest });
  }
  if (cases.length > 0) await saveModel(tx, model, at);
  await saveCases(tx, cases);
  await sampleForReview(deps, tx, clear, model, at);
  const changed = verdicts.filter(
    (verdict, index) => verdict.status !== claims[index]?.status || verdict.reason !== claims[index]?.reason,
  );
  await saveVerdicts(tx, changed);
  await audit(
    tx,
    changed.map((verdict) => auditOf(verdict, claimOf.get(verdict.id))),
    at,
  );
  return changed;
}

const events = { approve: 'approve', review: 'queue', reject: 'reject' } as const satisfies Record<
  RegistrationDecision['outcome'],
  string
>;

function verdictOf(
  claim: StoredRegistration,
  decision: RegistrationDecision,
  { version: programVersion, at }: Round,
): Verdict {
  const stays = decision.outcome === 'review' && claim.status === 'in_review';
  return {
    id: claim.id,
    status: stays ? claim.status : move(claim.status, events[decision.outcome]),
    reason: decision.reason,
    decidedAt: decision.outcome === 'review' ? null : at,
    decidedBy: null,
    protectedUntil: decision.outcome === 'approve' ? decision.protectedUntil : null,
    conflictSummary: conflictSummary(decision.findings) || null,
    conflictScore: decision.findings.length > 0 ? conflictScore(decision.findings) : null,
    programVersion,
  };
}

function caseOf(
  registrationId: string,
  decision: RegistrationDecision,
  facts: CaseFacts | undefined,
  { version: programVersion, model, at }: Round,
): ConflictCase {
  return {
    registrationId,
    decision,
    modelVersion: model.version,
    modelHash: modelHash(model),
    normaliserVersion,
    programVersion,
    facts: facts ?? null,
    openedAt: at,
    closedAt: decision.outcome === 'review' ? null : at,
  };
}

/** Of the rivals that the rules speak of. */
function caseFacts({ findings }: RegistrationDecision, { company, rivals }: Rivals): CaseFacts {
  const told = new Set(findings.map(({ rival }) => rival?.id));
  return { company, rivals: rivals.flatMap(({ facts }) => (told.has(facts.id) ? [facts] : [])) };
}

function auditOf(verdict: Verdict, claim: StoredRegistration | undefined): AuditEntry {
  return {
    actorId: null,
    action: `registration.${verdict.status}`,
    subjectKind: 'registration',
    subjectId: verdict.id,
    before: { status: claim?.status ?? null },
    after: { status: verdict.status, protectedUntil: verdict.protectedUntil },
    reason: verdict.reason,
  };
}

/** Protection ends by itself; the CRM is told in the same run. */
async function expire(tx: Db, { version: programVersion, at }: Omit<Round, 'model'>): Promise<void> {
  const overdue = await overdueRegistrations(tx, at.toISOString().slice(0, 10));
  const verdicts = overdue.map((one): Verdict => ({
    id: one.id,
    status: move(one.status, 'expire'),
    reason: `The protection window ended on ${one.protectedUntil}.`,
    decidedAt: at,
    decidedBy: null,
    protectedUntil: one.protectedUntil,
    conflictSummary: one.conflictSummary,
    conflictScore: one.conflictScore,
    programVersion,
  }));
  await saveVerdicts(tx, verdicts);
  await audit(
    tx,
    verdicts.map((verdict) => ({ ...auditOf(verdict, undefined), before: { status: 'approved' } })),
    at,
  );
}
