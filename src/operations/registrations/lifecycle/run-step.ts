import type { Db } from '#src/db/client.ts';
import { isLostRace } from '#src/db/lost-race.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  hasAbsenceToShow,
  recordAbsencesShown,
  saveProgrammes,
} from '#src/db/registrations/lifecycle/channel-store.ts';
import {
  addNotices,
  addRegistrationEvents,
  type NewNotice,
} from '#src/db/registrations/lifecycle/event-store.ts';
import {
  lockChannel,
  lockLifecycles,
  saveLifecycles,
  saveSubmissionKeys,
  type LifecycleScope,
} from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import { noticeFacts } from '#src/domain/notices/notice-facts.ts';
import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { Notice } from '#src/domain/registrations/lifecycle/notices.ts';
import { submissionKeyOf } from '#src/domain/registrations/lifecycle/moves/submission.ts';
import type {
  Channel,
  Instant,
  LifecycleRegistration,
} from '#src/domain/registrations/lifecycle/registration.ts';
import type { StepResult } from '#src/domain/registrations/lifecycle/step.ts';
import type { LifecycleTimer } from '#src/domain/registrations/lifecycle/timers.ts';
import { stopAutomaticApproval } from '#src/operations/registrations/automatic/stop-automatic-approval.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { crmChangesOf, type CrmChanges, type CrmState } from './crm-changes.ts';
import { loadChannel, type LoadedChannel, type NamedInStep } from './load-channel.ts';
import { stepEventsOf, type StepCause } from './step-events.ts';

/** A command, a piece of news, or only the clock. */
export interface StepPlan extends NamedInStep {
  readonly at: Instant;
  /** The registrations that it can change, without those whose timers are due. */
  readonly scope: Omit<LifecycleScope, 'dueBy'>;
  /** True for news about people and partners, which no other step may overlap. */
  readonly changesChannel?: boolean;
  /** Null when only the clock moves registrations. */
  readonly cause: StepCause | null;
  /** The caller plans the writes of these registrations to the CRM. */
  readonly plannedByCaller?: readonly string[];
  /** Adds to the channel what only this step needs. */
  readonly prepare?: (tx: Db, loaded: LoadedChannel) => Promise<LoadedChannel>;
  readonly apply: (loaded: LoadedChannel, at: Instant) => StepResult;
  /** Saves what this step changes beside registrations. */
  readonly save?: (tx: Db, loaded: LoadedChannel, result: StepResult, at: Date) => Promise<void>;
}

/** What a step did. */
export interface StepOutcome {
  readonly refused: Refusal | null;
  readonly result: StepResult['result'];
  readonly timers: readonly LifecycleTimer[];
  readonly notices: readonly Notice[];
  /** What changes in the CRM, by the id of the registration. */
  readonly crm: ReadonlyMap<string, CrmChanges>;
}

const attempts = 5;

/** Runs a step in one transaction. */
export async function runStep(deps: Deps, plan: StepPlan): Promise<StepOutcome> {
  return inStepTransaction(deps, (tx) => runStepIn(deps, tx, plan));
}

/** Runs steps in one transaction. It starts again when another transaction won a race. */
export async function inStepTransaction<T>(deps: Deps, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await deps.db.transaction(work);
      await relaySoon(deps);
      return result;
    } catch (error) {
      if (attempt === attempts || !isLostRace(error)) throw error;
    }
  }
}

export async function runStepIn(deps: Deps, tx: Db, plan: StepPlan): Promise<StepOutcome> {
  const [outcome] = await runStepsIn(deps, tx, [plan]);
  if (outcome === undefined) throw new TypeError('a step has no outcome');
  return outcome;
}

/** Steps that are loaded and saved together. The work of each grows with their number. */
const stepsAtOnce = 50;

/**
 * Runs steps one after the other, and loads and saves once for many of them. Each step meets what the steps before it
 * left, and has its own events and notices. Steps that are saved together have one instant, the latest one.
 *
 * @returns the outcomes in the order of the plans. `crm` is what changes by all steps that are saved together
 */
export async function runStepsIn(
  deps: Deps,
  tx: Db,
  plans: readonly StepPlan[],
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (let from = 0; from < plans.length; from += stepsAtOnce)
    outcomes.push(...(await runTogether(deps, tx, plans.slice(from, from + stepsAtOnce))));
  return outcomes;
}

async function runTogether(deps: Deps, tx: Db, plans: readonly StepPlan[]): Promise<readonly StepOutcome[]> {
  if (plans.some(({ changesChannel }) => changesChannel === true)) await lockChannel(tx);
  const given = new Date(Math.max(...plans.map(({ at }) => at)) * 1000);
  const showsAbsences = await hasAbsenceToShow(tx, given);
  const scope = scopeOf(plans);
  const waiting = scope.waiting === true || showsAbsences;
  const rows = await lockLifecycles(tx, { ...scope, waiting, dueBy: given });
  const date = rows.reduce(
    (latest, { lifecycle: { changedAt } }) => (changedAt > latest ? changedAt : latest),
    given,
  );
  const loaded = await loadChannel(tx, rows, namedIn(plans), date);
  const applied: AppliedStep[] = [];
  let known = loaded;
  for (const plan of plans) {
    const before = plan.prepare === undefined ? known : await plan.prepare(tx, known);
    const result = plan.apply(before, Math.floor(date.getTime() / 1000));
    applied.push({ plan, before, result });
    known = { ...before, channel: result.channel };
  }
  const crm = await saveSteps(deps, tx, { applied, loaded, after: known.channel, date });
  for (const { plan, before, result } of applied) await plan.save?.(tx, before, result, date);
  if (waiting) await recordAbsencesShown(tx, date);
  return applied.map(({ result: { refused, result, timers, notices } }) => ({
    refused,
    result,
    timers,
    notices,
    crm,
  }));
}

function scopeOf(plans: readonly StepPlan[]): StepPlan['scope'] {
  const all = (key: 'ids' | 'deals' | 'partners' | 'opportunities') =>
    plans.flatMap(({ scope }) => scope[key] ?? []);
  return {
    ids: all('ids'),
    deals: all('deals'),
    partners: all('partners'),
    opportunities: all('opportunities'),
    waiting: plans.some(({ scope }) => scope.waiting === true),
  };
}

function namedIn(plans: readonly StepPlan[]): NamedInStep {
  return {
    by: plans.flatMap(({ by = [] }) => by),
    partners: plans.flatMap(({ partners = [] }) => partners),
    opportunities: plans.flatMap(({ opportunities = [] }) => opportunities),
    keys: plans.flatMap(({ keys = [] }) => keys),
  };
}

/** A plan with the channel before and after it. */
interface AppliedStep {
  readonly plan: StepPlan;
  readonly before: LoadedChannel;
  readonly result: StepResult;
}

interface StepsToSave {
  readonly applied: readonly AppliedStep[];
  /** The channel before the first step. */
  readonly loaded: LoadedChannel;
  /** The channel after the last step. */
  readonly after: Channel;
  readonly date: Date;
}

async function saveSteps(deps: Deps, tx: Db, steps: StepsToSave): Promise<ReadonlyMap<string, CrmChanges>> {
  const { applied, loaded, after, date } = steps;
  const { registrations } = loaded.channel;
  const all = Object.values(after.registrations).map((registration) => ({
    registration,
    isMoved: registrations[registration.id] !== registration,
    crm: crmOf(steps, registration),
  }));
  const saved = all.filter(({ isMoved, crm }) => isMoved || crm.changes !== null);
  const programmeIds = await savedProgrammes(
    tx,
    loaded,
    saved.map(({ registration }) => registration.programme),
    date,
  );
  await saveLifecycles(
    tx,
    saved.map(({ registration, crm }) => ({
      registration,
      programmeId: programmeIds.get(registration.programme) ?? 0,
      crmFields: crm.fields,
      crmOpportunityFields: crm.opportunityFields,
      crmPutBack: crm.putBack,
    })),
    date,
  );
  await saveNewKeys(tx, steps);
  const events = applied.flatMap(({ plan, before, result }) =>
    stepEventsOf(before.channel, result, plan.cause, date),
  );
  await addRegistrationEvents(tx, events);
  await stopAutomaticApproval(
    deps,
    tx,
    events.map(({ before = null, after }) => ({ before, after })),
    date,
  );
  const crmById = new Map(all.map(({ registration, crm }) => [registration.id, crm]));
  await addNotices(
    tx,
    applied.flatMap(({ result }) => noticesOf(deps, result, crmById, date)),
  );
  const plannedByCaller = new Set(applied.flatMap(({ plan }) => plan.plannedByCaller ?? []));
  const toWrite = saved.map(({ registration }) => registration.id).filter((id) => !plannedByCaller.has(id));
  if (toWrite.length > 0) await addWriteBack(deps, tx, toWrite, date);
  return new Map(
    saved.flatMap(({ registration, crm }) => (crm.changes ? [[registration.id, crm.changes]] : [])),
  );
}

/** What the CRM shows of a registration after the steps; the last step about it says how it is answered there. */
function crmOf({ applied, loaded, after, date }: StepsToSave, registration: LifecycleRegistration): CrmState {
  const about = applied.findLast(({ plan }) => plan.cause?.registration === registration.id);
  return crmChangesOf(loaded, { channel: after, putBack: about?.result.putBack ?? [] }, registration, {
    at: Math.floor(date.getTime() / 1000),
    cause: about?.plan.cause ?? null,
  });
}

function noticesOf(
  deps: Deps,
  { notices, channel }: StepResult,
  crm: ReadonlyMap<string, CrmState>,
  date: Date,
): readonly NewNotice[] {
  return notices.map(({ event, registration, to, redacted = false, mustNotContain = [], days = null }) => ({
    id: deps.ids(),
    registrationId: registration,
    at: date,
    event,
    recipients: to,
    redacted,
    mustNotContain,
    days,
    facts: noticeFacts(channel.registrations[registration], crm.get(registration)?.fields['decisionDue']),
  }));
}

/** Stores the submission keys that the steps used for the first time. */
async function saveNewKeys(tx: Db, { applied, loaded, after }: StepsToSave): Promise<void> {
  const used = new Map(
    applied.flatMap(({ plan: { keys = [] } }) =>
      keys.flatMap(({ sender, key }) => {
        const name = submissionKeyOf(sender, key);
        const registrationId = after.submissionKeys[name];
        return registrationId === undefined || name in loaded.channel.submissionKeys
          ? []
          : [[name, { sender, key, registrationId }] as const];
      }),
    ),
  );
  await saveSubmissionKeys(tx, [...used.values()]);
}

/** The ids of these settings. Those that a submission or an edit brought are stored. */
async function savedProgrammes(
  tx: Db,
  { programmeIds }: LoadedChannel,
  programmes: readonly LifecycleProgramme[],
  at: Date,
): Promise<ReadonlyMap<LifecycleProgramme, number>> {
  const added = [...new Set(programmes)].filter((programme) => !programmeIds.has(programme));
  return new Map([...programmeIds, ...(await saveProgrammes(tx, added, at))]);
}

async function addWriteBack(deps: Deps, tx: Db, registrationIds: readonly string[], at: Date): Promise<void> {
  const payload = { registrationIds, payoutBatchIds: [] };
  await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }], at);
}
