import type { Db } from '#src/db/client.ts';
import { isLostRace } from '#src/db/lost-race.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  hasAbsenceToShow,
  recordAbsencesShown,
  saveProgramme,
} from '#src/db/registrations/lifecycle/channel-store.ts';
import { addNotices, addRegistrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import {
  lockChannel,
  lockLifecycles,
  saveLifecycles,
  type LifecycleScope,
} from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import { noticeFacts } from '#src/domain/notices/notice-facts.ts';
import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { Notice } from '#src/domain/registrations/lifecycle/notices.ts';
import type { Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import type { StepResult } from '#src/domain/registrations/lifecycle/step.ts';
import type { LifecycleTimer } from '#src/domain/registrations/lifecycle/timers.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { crmChangesOf, type CrmChanges } from './crm-changes.ts';
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
  if (plan.changesChannel === true) await lockChannel(tx);
  const given = new Date(plan.at * 1000);
  const showsAbsences = await hasAbsenceToShow(tx, given);
  const waiting = plan.scope.waiting === true || showsAbsences;
  const rows = await lockLifecycles(tx, { ...plan.scope, waiting, dueBy: given });
  const date = new Date(
    Math.max(given.getTime(), ...rows.map(({ lifecycle }) => lifecycle.changedAt.getTime())),
  );
  const at = Math.floor(date.getTime() / 1000);
  const known = await loadChannel(tx, rows, plan, date);
  const loaded = plan.prepare === undefined ? known : await plan.prepare(tx, known);
  const result = plan.apply(loaded, at);
  const crm = await saveStep(deps, tx, { plan, loaded, result, date });
  await plan.save?.(tx, loaded, result, date);
  if (waiting) await recordAbsencesShown(tx, date);
  const { refused, result: submission, timers, notices } = result;
  return { refused, result: submission, timers, notices, crm };
}

interface StepToSave {
  readonly plan: StepPlan;
  readonly loaded: LoadedChannel;
  readonly result: StepResult;
  readonly date: Date;
}

async function saveStep(deps: Deps, tx: Db, step: StepToSave): Promise<ReadonlyMap<string, CrmChanges>> {
  const { plan, loaded, result, date } = step;
  const { registrations } = loaded.channel;
  const all = Object.values(result.channel.registrations).map((registration) => ({
    registration,
    isMoved: registrations[registration.id] !== registration,
    crm: crmChangesOf(loaded, result, registration, {
      at: Math.floor(date.getTime() / 1000),
      cause: plan.cause,
    }),
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
  await addRegistrationEvents(tx, stepEventsOf(loaded.channel, result, plan.cause, date));
  await addNotices(
    tx,
    result.notices.map(({ event, registration, to, redacted = false, mustNotContain = [], days = null }) => ({
      id: deps.ids(),
      registrationId: registration,
      at: date,
      event,
      recipients: to,
      redacted,
      mustNotContain,
      days,
      facts: noticeFacts(
        result.channel.registrations[registration],
        all.find((one) => one.registration.id === registration)?.crm.fields['decisionDue'],
      ),
    })),
  );
  const toWrite = saved
    .map(({ registration }) => registration.id)
    .filter((id) => plan.plannedByCaller?.includes(id) !== true);
  if (toWrite.length > 0) await addWriteBack(deps, tx, toWrite, date);
  return new Map(
    saved.flatMap(({ registration, crm }) => (crm.changes ? [[registration.id, crm.changes]] : [])),
  );
}

/** The ids of these settings. Those that a submission or an edit brought are stored. */
async function savedProgrammes(
  tx: Db,
  { programmeIds }: LoadedChannel,
  programmes: readonly LifecycleProgramme[],
  at: Date,
): Promise<ReadonlyMap<LifecycleProgramme, number>> {
  const ids = new Map(programmeIds);
  for (const programme of programmes)
    if (!ids.has(programme)) ids.set(programme, await saveProgramme(tx, programme, at));
  return ids;
}

async function addWriteBack(deps: Deps, tx: Db, registrationIds: readonly string[], at: Date): Promise<void> {
  const payload = { registrationIds, payoutBatchIds: [] };
  await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }], at);
}
