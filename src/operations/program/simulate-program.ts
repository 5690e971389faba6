import { registrationsDecidedIn, type DecidedRegistration } from '#src/db/program/decided-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { addDays, addMonths, firstDay, periodOf } from '#src/domain/period.ts';
import { formatMinor } from '#src/domain/money.ts';
import { automaticPolicy } from '#src/domain/program/document/approval.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import type { RegistrationDecision } from '#src/domain/registrations/registration.ts';
import { isRuleOn, withSetEffect } from '#src/domain/registrations/programme/rule-effect.ts';
import { whyNotSimulated } from '#src/domain/registrations/programme/why-not-simulated.ts';
import { dealSizeFinding } from '#src/domain/registrations/rules/deal/minimum-deal-size.ts';
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

const noFacts = 'The facts of its decision are not stored: it is older than them, or a company was erased.';
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
  const stored = row.facts?.rules;
  const then = stored?.policy.engagement ?? simulated.before.engagement;
  const doubt = whyNotSimulated(document.engagement, then, stored?.registration);
  if (row.hasCase === null) {
    // The rules found nothing; of the settings that need no stored facts, only the size of the deal can change that.
    const outcome = outcomeBySize(row, document.engagement);
    if (outcome !== 'approved') return { outcome, protectedUntil: null };
    if (!document.approval.automatic.enabled) return { outcome: 'in_review', protectedUntil: null };
    return doubt ?? { outcome, protectedUntil: addDays(decidedOn, days) };
  }
  if (row.decision === null || stored === undefined) return noFacts;
  const policy = {
    engagement: document.engagement,
    protectionDays: days,
    ...automaticPolicy(document.approval),
  };
  const verdict = verdictOf(replayDecision(row.decision, { ...stored, policy }));
  return doubt !== null && verdict.outcome === 'approved' ? doubt : verdict;
}

function outcomeBySize(
  { amountMinor, currency }: DecidedRegistration,
  engagement: ProgramDocument['engagement'],
): SimulatedOutcome {
  const amount =
    amountMinor === null || currency === null ? null : `${formatMinor(amountMinor, currency)} ${currency}`;
  const finding = isRuleOn('minimum_deal_size', engagement) ? dealSizeFinding(amount, engagement) : null;
  const effect = finding === null ? 'note' : withSetEffect(finding, engagement).effect;
  return effect === 'block' ? 'rejected' : effect === 'review' ? 'in_review' : 'approved';
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
