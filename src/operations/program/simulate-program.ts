import { registrationsDecidedIn, type DecidedRegistration } from '#src/db/program/decided-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { addDays, addMonths, firstDay, periodOf } from '#src/domain/period.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import {
  registrationRuleKinds,
  rivalRuleKinds,
  type RegistrationDecision,
} from '#src/domain/registrations/registration.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import { isRuleOn } from '#src/domain/registrations/rule-effect.ts';
import { replayDecision } from '#src/domain/registrations/replay.ts';
import { currentProgram, numberedProgram } from './current-program.ts';
import { protectionDaysFor } from './protection-days.ts';

export const simulatedOutcomes = ['approved', 'in_review', 'information_needed', 'rejected'] as const;
export type SimulatedOutcome = (typeof simulatedOutcomes)[number];

/** What the rules of engagement say about one registration. */
export interface SimulatedVerdict {
  readonly outcome: SimulatedOutcome;
  /** Null unless approved. */
  readonly protectedUntil: string | null;
}

export interface SimulatedChange {
  readonly number: string;
  /** `YYYY-MM-DD` */
  readonly decidedOn: string;
  /** A person had the last word then. */
  readonly byPerson: boolean;
  readonly earlier: SimulatedVerdict;
  readonly now: SimulatedVerdict;
}

export interface Simulation {
  /** The first and the last day of the decisions, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly registrations: number;
  readonly unchanged: number;
  readonly changes: readonly SimulatedChange[];
  /** Registrations for which it cannot be said, with the reason. They are in no count below. */
  readonly unknown: readonly { readonly number: string; readonly reason: string }[];
  readonly earlier: Readonly<Record<SimulatedOutcome, number>>;
  readonly now: Readonly<Record<SimulatedOutcome, number>>;
}

export interface SimulateInput {
  readonly document: ProgramDocument;
  /** The first and the last day, `YYYY-MM-DD`. Left out: the last whole quarter. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * What the rules of engagement would have said with this programme about the registrations that were decided in a
 * period. They use the facts that were stored with each decision. Writes nothing.
 *
 * @throws AppError `bad_request` when the period ends before it begins
 */
export async function simulateProgram(deps: Deps, input: SimulateInput): Promise<Simulation> {
  const { document } = input;
  const { from, to } = periodOfSimulation(input, deps.clock());
  const changes: SimulatedChange[] = [];
  const unknown: { number: string; reason: string }[] = [];
  const counts = { earlier: noOutcomes(), now: noOutcomes() };
  const programOf = programsByVersion(deps);
  let registrations = 0;
  const range = { from: new Date(`${from}T00:00:00Z`), to: new Date(`${addDays(to, 1)}T00:00:00Z`) };
  for await (const page of registrationsDecidedIn(deps.db, range)) {
    const daysNow = await protectionDaysFor(deps.db, document, page);
    for (const [version, rows] of Map.groupBy(page, ({ programVersion }) => programVersion)) {
      const before = await programOf(version);
      const daysThen = await protectionDaysFor(deps.db, before, rows);
      for (const row of rows) {
        registrations += 1;
        const decidedOn = dayOf(row);
        const earlier = verdictThen(row, daysThen(row, decidedOn), decidedOn);
        const now = verdictNow(row, { before, document, days: daysNow(row, decidedOn), decidedOn });
        if (typeof now === 'string' || earlier === null) {
          unknown.push({ number: row.number, reason: typeof now === 'string' ? now : noFacts });
          continue;
        }
        counts.earlier[earlier.outcome] += 1;
        counts.now[now.outcome] += 1;
        if (earlier.outcome !== now.outcome || earlier.protectedUntil !== now.protectedUntil)
          changes.push({ number: row.number, decidedOn, byPerson: row.decidedBy !== null, earlier, now });
      }
    }
  }
  const unchanged = registrations - changes.length - unknown.length;
  return { from, to, registrations, unchanged, changes, unknown, ...counts };
}

const ruleKinds = [...rivalRuleKinds, ...registrationRuleKinds];

const noFacts = 'The facts of its decision are not stored: it is older than them, or a company was erased.';
const longerLookBack =
  'The look-back is longer than at the decision, and older purchases and rejections were not stored with it.';

const longerProtection =
  'The rule protection_ended looks back longer than at the decision, and what ended before was not stored with it.';

function periodOfSimulation({ from, to }: SimulateInput, now: Date): { from: string; to: string } {
  const month = periodOf(now.toISOString().slice(0, 10));
  const quarterStart = addMonths(month, -((Number(month.slice(5)) - 1) % 3));
  const first = from ?? firstDay(addMonths(quarterStart, -3));
  const last =
    to ?? (from === undefined ? addDays(firstDay(quarterStart), -1) : now.toISOString().slice(0, 10));
  if (first > last)
    throw new AppError('bad_request', `The period ends on ${last}, before it begins on ${first}.`);
  return { from: first, to: last };
}

function noOutcomes(): Record<SimulatedOutcome, number> {
  return { approved: 0, in_review: 0, information_needed: 0, rejected: 0 };
}

function dayOf({ decidedAt }: DecidedRegistration): string {
  return (decidedAt ?? new Date(0)).toISOString().slice(0, 10);
}

/** Reads each version once; registrations without a version have that of today. */
function programsByVersion(deps: Deps): (version: number | null) => Promise<ProgramDocument> {
  const read = new Map<number | null, Promise<ProgramDocument>>();
  return (version) => {
    let found = read.get(version);
    if (found === undefined) {
      const stored = version === null ? currentProgram(deps) : numberedProgram(deps, version);
      read.set(version, (found = stored.then(({ document }) => document)));
    }
    return found;
  };
}

/** Null when it is not known. Without a case the rules found nothing and approved it. */
function verdictThen(row: DecidedRegistration, days: number, decidedOn: string): SimulatedVerdict | null {
  if (row.decision !== null) return verdictOf(row.decision);
  if (row.hasCase !== null) return null;
  return { outcome: 'approved', protectedUntil: addDays(decidedOn, days) };
}

interface Simulated {
  readonly before: ProgramDocument;
  readonly document: ProgramDocument;
  readonly days: number;
  readonly decidedOn: string;
}

/** The verdict with the new programme, or why it is not known. */
function verdictNow(row: DecidedRegistration, simulated: Simulated): SimulatedVerdict | string {
  const { document, days, decidedOn } = simulated;
  const doubt = doubtAbout(row, simulated);
  if (row.hasCase === null) return doubt ?? { outcome: 'approved', protectedUntil: addDays(decidedOn, days) };
  const rules = row.facts?.rules;
  if (row.decision === null || rules === undefined) return noFacts;
  const policy = { engagement: document.engagement, protectionDays: days };
  const verdict = verdictOf(replayDecision(row.decision, { ...rules, policy }));
  return doubt !== null && verdict.outcome === 'approved' ? doubt : verdict;
}

/** Why the stored facts may not show everything that the new programme asks about. Null if they do. */
function doubtAbout({ facts }: DecidedRegistration, { before, document }: Simulated): string | null {
  const then = facts?.rules?.policy.engagement ?? before.engagement;
  const now = document.engagement;
  const switchedOn = ruleKinds.filter((kind) => isRuleOn(kind, now) && !isRuleOn(kind, then));
  if (switchedOn.length > 0)
    return `Rules that were off at the decision are on now, and what they compare was not stored with it: ${switchedOn.join(', ')}.`;
  if (now.lookBackMonths > then.lookBackMonths) return longerLookBack;
  const ended = ruleSetting(now, 'protection_ended');
  const isLonger = ended.days > ruleSetting(then, 'protection_ended').days;
  return isLonger && ended.effect !== 'note' ? longerProtection : null;
}

function verdictOf(decision: RegistrationDecision): SimulatedVerdict {
  const outcomes = {
    approve: 'approved',
    review: 'in_review',
    ask: 'information_needed',
    reject: 'rejected',
  } as const;
  return {
    outcome: outcomes[decision.outcome],
    protectedUntil: decision.outcome === 'approve' ? decision.protectedUntil : null,
  };
}
