import { clockDueAt, escalationsOf, type ServiceClock } from './clock.ts';
import { isOpenAt, runningTime, secondsBetween } from './open-time.ts';
import { pausesKnownAt, resumedAt, type Pause } from './pauses.ts';

export const clockStates = [
  'not_started',
  'cancelled',
  'met',
  'missed',
  'breached',
  'paused',
  'outside_hours',
  'running',
] as const;
export type ClockState = (typeof clockStates)[number];

/** The end of a clock: the answer was given, or it is no longer needed. */
export interface ClockStop {
  readonly at: number;
  readonly outcome: 'decided' | 'cancelled';
}

/** The events of a clock. Later events than the instant in question may be included; they are not used. */
export interface ClockEvents {
  readonly pauses: readonly Pause[];
  readonly stop: ClockStop | null;
  /** Shares of the promised time in percent. */
  readonly escalations: readonly number[];
}

/** A clock as read at an instant. Seconds. */
export interface ClockReading {
  readonly state: ClockState;
  /** Open time since the anchor that was not paused. It goes on after the due instant, up to the stop. */
  readonly elapsed: number;
  /** Negative when overdue. */
  readonly remaining: number;
  /** Open time since the anchor that was paused. */
  readonly paused: number;
  /** Null while a pause holds it back. */
  readonly dueAt: number | null;
  /** Escalations up to the instant. An answer at the instant of an escalation comes first. */
  readonly fired: readonly number[];
  /** The due instant if the pause ended now; only while paused. */
  readonly dueIfResumed?: number | null;
}

/** Reads a clock at an instant, by what was known then. */
export function readClock(
  clock: ServiceClock,
  { pauses, stop, escalations }: ClockEvents,
  at: number,
): ClockReading {
  const stopped = stop !== null && stop.at <= at ? stop : null;
  const until = stopped?.at ?? at;
  const known = pausesKnownAt(pauses, until);
  const dueAt = clockDueAt(clock, known);
  const elapsed = secondsBetween(runningTime(clock.open, known), clock.anchor, until);
  const state = stateAt(clock, { known, stopped, dueAt }, at);
  return {
    state,
    elapsed,
    remaining: clock.budget - elapsed,
    paused: secondsBetween(clock.open, clock.anchor, until) - elapsed,
    dueAt,
    fired: escalationsOf(clock, known, escalations).flatMap((escalation) =>
      hasFired(escalation.at, stopped, at) ? [escalation.percent] : [],
    ),
    ...(state === 'paused' ? { dueIfResumed: clockDueAt(clock, resumedAt(known, at)) } : {}),
  };
}

function stateAt(
  { start, open }: ServiceClock,
  {
    known,
    stopped,
    dueAt,
  }: {
    readonly known: readonly Pause[];
    readonly stopped: ClockStop | null;
    readonly dueAt: number | null;
  },
  at: number,
): ClockState {
  if (at < start) return 'not_started';
  if (stopped?.outcome === 'cancelled') return 'cancelled';
  if (stopped) return dueAt === null || stopped.at <= dueAt ? 'met' : 'missed';
  if (dueAt !== null && at > dueAt) return 'breached';
  if (known.some(({ from, to }) => from <= at && at < to)) return 'paused';
  return isOpenAt(open, at) ? 'running' : 'outside_hours';
}

function hasFired(firesAt: number | null, stopped: ClockStop | null, at: number): boolean {
  return firesAt !== null && firesAt <= at && (stopped === null || firesAt < stopped.at);
}
