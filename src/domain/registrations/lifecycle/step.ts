/** One step of the lifecycle: a command, news from outside, or only the clock. */
import type { LifecycleCommand, Refusal } from './command.ts';
import type { LifecycleFact } from './fact.ts';
import { applyMove } from './moves/apply-move.ts';
import { followCrmEdit, refuseCrmEdit } from './moves/crm-edit.ts';
import { followOpportunity, linkOpportunity } from './moves/outcome.ts';
import { mergePartner, reinstatePartner, suspendPartner, terminatePartner } from './moves/partner-change.ts';
import { decideByRules, submit, type SubmissionResult } from './moves/submission.ts';
import type { Notice } from './notices.ts';
import { reasonTextOf } from './reasons.ts';
import { personOfCommand } from './refusals.ts';
import type { Absence, Channel, Instant, LifecycleRegistration } from './registration.ts';
import { LifecycleRun } from './run.ts';
import { fireTimer, waitingTimers, type LifecycleTimer } from './timers.ts';

/** A registration before and after one move of a step, in the order of the moves. */
export interface LifecycleChange {
  /** The timer that moved it; null for the command or the news of the step. */
  readonly timer: LifecycleTimer | null;
  /** Null for a registration that the move created. */
  readonly before: LifecycleRegistration | null;
  readonly after: LifecycleRegistration;
}

export interface StepResult {
  readonly channel: Channel;
  readonly refused: Refusal | null;
  readonly result: Exclude<SubmissionResult, { readonly refused: unknown }> | null;
  readonly timers: readonly LifecycleTimer[];
  readonly notices: readonly Notice[];
  readonly changes: readonly LifecycleChange[];
  /** Fields of a refused edit in the CRM that get their values from before. */
  readonly putBack: readonly string[];
}

type Outcome = Pick<StepResult, 'refused' | 'result' | 'putBack'>;

/** Timers of earlier seconds run before a command, and those of the same second after it. */
export function applyCommand(channel: Channel, command: LifecycleCommand): StepResult {
  const { deferredId, registration: id } = command;
  // It was undone, or another worker applied it.
  if (deferredId !== undefined && channel.registrations[id]?.deferred?.id !== deferredId)
    return passTime(channel, command.at);
  // A deferred decision changes no reason yet.
  const isNow = command.defer === undefined && command.do !== 'undo';
  const about = isNow ? { registration: command.registration, given: command.with } : null;
  return step(channel, { at: command.at, about }, (run) => {
    const outcome =
      command.do === 'submit' ? submitted(run, command) : { ...done, ...applyMove(run, command) };
    if (command.via === 'crm' && command.do !== 'submit') answerInCrm(run, command, outcome.refused);
    else if (outcome.refused === null) clearCrmRefusal(run, command, outcome.result);
    return outcome;
  });
}

export function applyFact(channel: Channel, at: Instant, fact: LifecycleFact): StepResult {
  return step(channel, { at, about: wordsOf(fact) }, (run) => {
    learn(run, fact);
    return done;
  });
}

/** Fires the timers that are due. */
export function passTime(channel: Channel, at: Instant): StepResult {
  return step(channel, { at, about: null }, () => done);
}

/** The words that come with news about one registration; null when there are none. */
function wordsOf(fact: LifecycleFact): About | null {
  if (fact.fact !== 'opportunity' || fact.registration === null || fact.reasonText === undefined) return null;
  return { registration: fact.registration, given: { text: fact.reasonText } };
}

/** The registration that a step is about, and the values that came for it. */
interface About {
  readonly registration: string;
  readonly given: LifecycleCommand['with'];
}

const done: Outcome = { refused: null, result: null, putBack: [] };

function step(
  channel: Channel,
  { at, about }: { readonly at: Instant; readonly about: About | null },
  act: (run: LifecycleRun) => Outcome,
): StepResult {
  const run = new LifecycleRun(channel, at);
  const changes: LifecycleChange[] = [];
  const before = fireTimers(run, { isDue: (due) => due < at, at, changes });
  const given = run.channel;
  const outcome = act(run);
  changes.push(...changesSince(given, run.channel, null));
  const after = fireTimers(run, { isDue: (due) => due <= at, at, changes });
  for (const registration of run.all()) {
    const start = channel.registrations[registration.id];
    const isAbout = outcome.refused === null && about?.registration === registration.id;
    giveReason(run, start, registration, isAbout ? about.given : {});
    countVersion(run, start, run.get(registration.id));
  }
  return { ...outcome, channel: run.channel, notices: run.notices, timers: [...before, ...after], changes };
}

/** Registrations are values: one that is another object has changed. */
function changesSince(
  { registrations: before }: Channel,
  { registrations: after }: Channel,
  timer: LifecycleTimer | null,
): readonly LifecycleChange[] {
  if (before === after) return [];
  return Object.values(after)
    .filter((registration) => before[registration.id] !== registration)
    .map((registration) => ({ timer, before: before[registration.id] ?? null, after: registration }));
}

function fireTimers(
  run: LifecycleRun,
  {
    isDue,
    at,
    changes,
  }: {
    readonly isDue: (at: Instant) => boolean;
    readonly at: Instant;
    readonly changes: LifecycleChange[];
  },
): readonly LifecycleTimer[] {
  const fired: LifecycleTimer[] = [];
  // Firing one timer changes one registration, so those of the others are not worked out again.
  const waiting = new WeakMap<LifecycleRegistration, readonly LifecycleTimer[]>();
  const waitingOf = (registration: LifecycleRegistration): readonly LifecycleTimer[] => {
    const timers =
      waiting.get(registration) ?? waitingTimers(registration, at).filter((one) => isDue(one.at));
    waiting.set(registration, timers);
    return timers;
  };
  for (;;) {
    const [next] = run
      .all()
      .flatMap(waitingOf)
      .toSorted((a, b) => a.at - b.at || compareText(a.registration, b.registration));
    if (next === undefined) break;
    const before = run.channel;
    run.now = next.at;
    fireTimer(run, next);
    fired.push(next);
    changes.push(...changesSince(before, run.channel, next));
  }
  run.now = at;
  return fired;
}

function submitted(run: LifecycleRun, command: LifecycleCommand): Outcome {
  const person = personOfCommand(run.channel, command.by);
  if ('reason' in person) return { ...done, refused: person };
  const result = submit(run, command, person);
  return 'refused' in result ? { ...done, refused: result.refused } : { ...done, result };
}

/** A refused command from the CRM leaves its reason on the record, and its author learns of it. */
function answerInCrm(run: LifecycleRun, command: LifecycleCommand, refused: Refusal | null): void {
  if (refused === null) return clearCrmRefusal(run, command);
  const id = command.registration;
  if (!run.has(id)) return;
  const { programme } = run.update(id, { crmRefusal: refused.reason });
  const isUnknown = refused.reason === 'unknown_person' || !Object.hasOwn(run.channel.people, command.by);
  run.notify('crm_refused', id, [isUnknown ? programme.lead : command.by]);
}

/** A partner that submits a deal again changes the registration that it has. */
function clearCrmRefusal(
  run: LifecycleRun,
  { registration }: LifecycleCommand,
  result: Outcome['result'] = null,
): void {
  const id = result !== null && 'updated' in result ? result.updated : registration;
  if (run.has(id)) run.update(id, { crmRefusal: null });
}

function learn(run: LifecycleRun, fact: LifecycleFact): void {
  switch (fact.fact) {
    case 'person.away':
      return changePerson(run, fact.person, { absence: fact.absence });
    case 'person.left':
      return changePerson(run, fact.person, { hasLeft: true });
    case 'opportunity':
      if (fact.event !== 'linked') return followOpportunity(run, fact);
      return fact.registration === null
        ? undefined
        : linkOpportunity(run, fact.registration, fact.opportunity);
    case 'partner.suspended':
      return suspendPartner(run, fact.partner);
    case 'partner.reinstated':
      return reinstatePartner(run, fact.partner);
    case 'partner.terminated':
      return terminatePartner(run, fact.partner);
    case 'partner.merged':
      return mergePartner(run, fact.from, fact.into);
    case 'crm.edited':
      return run.has(fact.registration) ? followCrmEdit(run, fact.registration, fact.terms) : undefined;
    case 'crm.put_back':
      return run.has(fact.registration) ? refuseCrmEdit(run, fact.registration) : undefined;
    case 'rules.done': {
      const isWaiting = run.channel.registrations[fact.registration]?.state === 'submitted';
      if (isWaiting) decideByRules(run, fact.registration, fact.rules, fact.rulesCode);
    }
  }
}

function changePerson(
  run: LifecycleRun,
  name: string,
  { absence, hasLeft }: { readonly absence?: Absence; readonly hasLeft?: boolean },
): void {
  const person = run.channel.people[name];
  if (person === undefined) return;
  const absences = [...(person.absences ?? []), ...(absence === undefined ? [] : [absence])];
  const changedPerson = { ...person, absences, hasLeft: hasLeft ?? person.hasLeft };
  run.change({ people: { ...run.channel.people, [name]: changedPerson } });
}

/** @param given the values of the command or the words of the news that moved it; empty for timers */
function giveReason(
  run: LifecycleRun,
  before: LifecycleRegistration | undefined,
  after: LifecycleRegistration,
  given: LifecycleCommand['with'],
): void {
  const reasonText = reasonTextOf(before ?? null, after, given, run.channel.programme.reasons);
  if (reasonText !== after.reasonText) run.update(after.id, { reasonText });
}

/** One more when something changed that a decision is about, however many changes the step made. */
function countVersion(
  run: LifecycleRun,
  before: LifecycleRegistration | undefined,
  after: LifecycleRegistration,
): void {
  if (before === undefined) run.update(after.id, { version: 1 });
  else if (seenContent(before) !== seenContent(after)) run.update(after.id, { version: before.version + 1 });
}

function seenContent(registration: LifecycleRegistration): string {
  const { state, reasonCode, approvals, terms, protectedUntil, extensionOpenBy, opportunity, partner } =
    registration;
  const orderedTerms = Object.entries(terms).toSorted(([a], [b]) => compareText(a, b));
  return JSON.stringify([
    state,
    reasonCode,
    approvals,
    orderedTerms,
    protectedUntil,
    extensionOpenBy !== null,
    opportunity,
    partner,
  ]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
