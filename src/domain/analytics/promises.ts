/** The service-level clocks of a registration, from its events. */
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { ClockEvents, Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import { readClockEvents } from '#src/domain/registrations/lifecycle/service-clocks.ts';
import { answerDueAt } from '#src/domain/registrations/response-deadline.ts';
import { calendarAt } from '#src/domain/service-levels/calendar.ts';
import type { ClockStop } from '#src/domain/service-levels/clock-state.ts';

export interface ClockSpan {
  readonly start: Instant;
  readonly stop: ClockStop | null;
}

/** What an event says about a registration before or after it. */
export interface EventContent {
  readonly state: string;
  readonly reasonCode: string | null;
  readonly lastDecider: string | null;
  readonly decisionClock: ClockSpan;
  readonly appealClock: ClockSpan | null;
}

export interface HistoryEvent {
  readonly at: Instant;
  readonly move: string;
  readonly programVersion: number;
  /** Null for the first event. */
  readonly before: EventContent | null;
  readonly after: EventContent;
}

export interface RegistrationHistory {
  readonly registrationId: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  readonly hasConflict: boolean;
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** The pauses of the present decision clock. */
  readonly pauses: ClockEvents['pauses'];
  readonly programmes: ReadonlyMap<number, LifecycleProgramme>;
}

/** One clock. Instants are seconds since 1970; durations are seconds. */
export interface PromiseFact {
  readonly registrationId: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  readonly clock: 'decision' | 'appeal';
  /** `earlier`: decided before the registration had a lifecycle, by the rules of that time. */
  readonly source: 'lifecycle' | 'earlier';
  /** True for a clock that began when a decision was taken back. */
  readonly isReopened: boolean;
  readonly startedAt: Instant;
  readonly decidedAt: Instant | null;
  /** The answer was no longer needed. */
  readonly cancelledAt: Instant | null;
  readonly outcome: 'approved' | 'rejected' | null;
  /** `time`: no answer to a question, or the end of the partnership. */
  readonly decidedBy: 'rules' | 'person' | 'time' | null;
  readonly reasonCode: string | null;
  /** Open business time without pauses, to the decision or until now. Null when the calendar cannot count it. */
  readonly businessSeconds: number | null;
  readonly wallSeconds: number;
  /** Null while a pause holds it back. */
  readonly dueAt: Instant | null;
  readonly hasConflict: boolean;
  /** When the decision was taken back: reopened, overturned, or replaced after an appeal. */
  readonly reversedAt: Instant | null;
  /** False where no events say whether it was taken back. */
  readonly hasHistory: boolean;
}

const byTime: ReadonlySet<string> = new Set(['no_response', 'partner.terminated']);
const conflictReasons: ReadonlySet<string> = new Set([
  'conflict_earlier_registration',
  'conflict_direct_opportunity',
  'conflict_named_account',
  'existing_customer',
]);

/** @param asOf nothing later is known */
export function promisesOf(history: RegistrationHistory, asOf: Instant): readonly PromiseFact[] {
  const events = history.events.filter(({ at }) => at <= asOf);
  return [...decisionPromises(history, events, asOf), ...appealPromises(history, events, asOf)];
}

function decisionPromises(
  history: RegistrationHistory,
  events: readonly HistoryEvent[],
  asOf: Instant,
): readonly PromiseFact[] {
  const begins = events.flatMap((event, index) => (beginsClock(event) ? [index] : []));
  let submittedAt = 0;
  return begins.map((begin, place) => {
    const end = begins[place + 1] ?? events.length;
    const [first, ...rest] = events.slice(begin, end);
    if (first === undefined) throw new RangeError('a clock begins with an event');
    const isReopened = first.move === 'reopen';
    const { start } = first.after.decisionClock;
    if (!isReopened) submittedAt = start;
    const all = [first, ...rest];
    const decision = all.find(({ after }) => after.decisionClock.stop?.outcome === 'decided') ?? null;
    const last = all.at(-1) ?? first;
    const { stop } = (decision ?? last).after.decisionClock;
    const isPresent = place === begins.length - 1;
    const clock: ClockToRead = {
      start,
      stop,
      submittedAt,
      pauses: isPresent ? history.pauses : pausesIn(all, start),
      programVersion: first.programVersion,
      kind: 'decisionTarget',
    };
    const decided = decision === null || stop?.outcome !== 'decided' ? null : decision;
    const later = decided === null ? [] : events.slice(events.indexOf(decided) + 1);
    return {
      ...basis(history, clock, asOf),
      clock: 'decision',
      isReopened,
      ...(decided === null ? undecided : decisionOf(decided, stop?.at ?? decided.at)),
      cancelledAt: stop?.outcome === 'cancelled' ? stop.at : null,
      hasConflict: history.hasConflict || conflictReasons.has(decided?.after.reasonCode ?? ''),
      reversedAt: reversedAt(later),
    };
  });
}

function appealPromises(
  history: RegistrationHistory,
  events: readonly HistoryEvent[],
  asOf: Instant,
): readonly PromiseFact[] {
  let submittedAt = 0;
  return events.flatMap((event, index) => {
    if (beginsClock(event) && event.move !== 'reopen') submittedAt = event.after.decisionClock.start;
    const { appealClock } = event.after;
    if (event.move !== 'appeal' || appealClock === null) return [];
    const end = events
      .slice(index)
      .find(({ after }) => after.appealClock?.start === appealClock.start && after.appealClock.stop !== null);
    const stop = end?.after.appealClock?.stop ?? null;
    const clock: ClockToRead = {
      start: appealClock.start,
      stop,
      submittedAt,
      pauses: [],
      programVersion: event.programVersion,
      kind: 'appealTarget',
    };
    const isDecided = end !== undefined && stop?.outcome === 'decided';
    return [
      {
        ...basis(history, clock, asOf),
        clock: 'appeal' as const,
        isReopened: false,
        ...(isDecided ? decisionOf(end, stop.at) : undecided),
        cancelledAt: stop?.outcome === 'cancelled' ? stop.at : null,
        hasConflict: history.hasConflict,
        reversedAt: null,
      },
    ];
  });
}

/** A submission, a new submission and a reopening begin a clock. */
function beginsClock({ move, before, after }: HistoryEvent): boolean {
  if (before === null || move === 'resubmit' || move === 'reopen') return true;
  return before.decisionClock.start !== after.decisionClock.start;
}

const undecided = { decidedAt: null, outcome: null, decidedBy: null, reasonCode: null } as const;

function decisionOf({ move, after }: HistoryEvent, at: Instant) {
  const { state, lastDecider, reasonCode } = after;
  return {
    decidedAt: at,
    outcome: state === 'rejected' ? ('rejected' as const) : ('approved' as const),
    decidedBy: byTime.has(move)
      ? ('time' as const)
      : lastDecider === null
        ? ('rules' as const)
        : ('person' as const),
    reasonCode,
  };
}

/** Up to the next submission, which is another case. */
function reversedAt(later: readonly HistoryEvent[]): Instant | null {
  for (const { at, move, before, after } of later) {
    if (move === 'resubmit') return null;
    const wasDecided = before?.state === 'approved' || before?.state === 'rejected';
    if (move === 'overturn' || (move === 'reopen' && wasDecided)) return at;
    if (after.state === 'superseded' && after.reasonCode === 'superseded_by_appeal') return at;
  }
  return null;
}

/** The pauses of a clock that another one has replaced: questions to the partner, and suspensions. */
function pausesIn(events: readonly HistoryEvent[], start: Instant): ClockEvents['pauses'] {
  const pauses: { from: Instant; to: Instant }[] = [];
  const open = new Map<string, Instant>();
  const begin = (reason: string, at: Instant): void => void (open.has(reason) || open.set(reason, at));
  const end = (reason: string, at: Instant): void => {
    const from = open.get(reason);
    if (from !== undefined) pauses.push({ from, to: at });
    open.delete(reason);
  };
  for (const { at, move, after } of events) {
    const { stop } = after.decisionClock;
    if (stop !== null) break;
    if (after.state === 'info_requested') begin('question', Math.max(at, start));
    else end('question', at);
    if (move === 'partner.suspended') begin('suspension', Math.max(at, start));
    if (move === 'partner.reinstated') end('suspension', at);
  }
  for (const from of open.values()) pauses.push({ from, to: Number.POSITIVE_INFINITY });
  return pauses;
}

interface ClockToRead extends ClockSpan {
  readonly submittedAt: Instant;
  readonly pauses: ClockEvents['pauses'];
  readonly programVersion: number;
  readonly kind: 'decisionTarget' | 'appealTarget';
}

function basis(
  { registrationId, number, partnerId, partnerName, programmes }: RegistrationHistory,
  { start, stop, submittedAt, pauses, programVersion, kind }: ClockToRead,
  asOf: Instant,
) {
  const programme = programmes.get(programVersion);
  const calendar = programme && calendarAt(programme.calendars, submittedAt);
  const reading =
    programme && calendar
      ? readClockEvents({ calendars: [calendar], target: programme[kind], start, pauses, stop }, asOf)
      : null;
  return {
    registrationId,
    number,
    partnerId,
    partnerName,
    source: 'lifecycle' as const,
    startedAt: start,
    businessSeconds: reading?.elapsed ?? null,
    wallSeconds: (stop?.at ?? asOf) - start,
    dueAt: reading?.dueAt ?? null,
    hasHistory: true,
  };
}

/** A registration that was decided without a lifecycle. Its events are not known, only the last decision. */
export interface EarlierDecision {
  readonly registrationId: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  readonly submittedAt: Date;
  readonly decidedAt: Date | null;
  readonly isWithdrawn: boolean;
  readonly outcome: 'approved' | 'rejected' | null;
  readonly isByPerson: boolean;
  readonly hasConflict: boolean;
}

const daySeconds = 86_400;

/** Its business time is Monday to Friday in UTC, as `answerDueAt` counts. */
export function earlierPromise(earlier: EarlierDecision, asOf: Instant): PromiseFact {
  const { registrationId, number, partnerId, partnerName, isWithdrawn, outcome, hasConflict } = earlier;
  const startedAt = secondsOf(earlier.submittedAt);
  const decidedAt = outcome === null || earlier.decidedAt === null ? null : secondsOf(earlier.decidedAt);
  const withdrawnAt = secondsOf(earlier.decidedAt ?? earlier.submittedAt);
  const cancelledAt = isWithdrawn && decidedAt === null ? withdrawnAt : null;
  const until = Math.max(startedAt, decidedAt ?? cancelledAt ?? asOf);
  return {
    registrationId,
    number,
    partnerId,
    partnerName,
    clock: 'decision',
    source: 'earlier',
    isReopened: false,
    startedAt,
    decidedAt,
    cancelledAt,
    outcome: decidedAt === null ? null : outcome,
    decidedBy: decidedAt === null ? null : earlier.isByPerson ? 'person' : 'rules',
    reasonCode: null,
    businessSeconds: weekdaySeconds(startedAt, until),
    wallSeconds: until - startedAt,
    dueAt: secondsOf(answerDueAt(earlier.submittedAt)),
    hasConflict,
    reversedAt: null,
    hasHistory: false,
  };
}

const secondsOf = (date: Date): Instant => Math.floor(date.getTime() / 1000);

/** Seconds from Monday to Friday in UTC. */
function weekdaySeconds(from: Instant, to: Instant): number {
  return weekdaysBefore(to) - weekdaysBefore(from);
}

/** Seconds on weekdays since Monday 5 January 1970. */
function weekdaysBefore(at: Instant): number {
  const since = at - 4 * daySeconds;
  const week = 7 * daySeconds;
  const weeks = Math.floor(since / week);
  return weeks * 5 * daySeconds + Math.min(since - weeks * week, 5 * daySeconds);
}
