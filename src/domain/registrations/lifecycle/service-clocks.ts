/** The clocks of a registration: events in, due instants and readings out. */
import { readClock, type ClockReading } from '#src/domain/service-levels/clock-state.ts';
import { clockDueAt, escalationsOf, startClock, type Escalation } from '#src/domain/service-levels/clock.ts';
import { pausesKnownAt } from '#src/domain/service-levels/pauses.ts';
import { calendarAt } from '#src/domain/service-levels/calendar.ts';
import type { Target } from '#src/domain/service-levels/target.ts';
import type { LifecycleProgramme } from './programme.ts';
import type { ClockEvents, Instant } from './registration.ts';

/**
 * A clock that begins at `start`, with the calendar that was in force at the submission.
 *
 * @param submittedAt the instant whose calendar version counts
 */
export function newClock(
  { calendars }: LifecycleProgramme,
  target: Target,
  start: Instant,
  submittedAt: Instant,
): ClockEvents {
  const pinned = calendarAt(calendars, submittedAt);
  return { calendars: pinned ? [pinned] : [], target, start, pauses: [], stop: null };
}

/** Null when the calendar cannot count the promised time, which the check of a programme refuses. */
export function readClockEvents(events: ClockEvents, at: Instant): ClockReading | null {
  const clock = startClock(events);
  if ('error' in clock) return null;
  return readClock(clock, { pauses: events.pauses, stop: events.stop, escalations: [] }, at);
}

/** The due instant by what is known at an instant; null while a pause holds the clock. */
export function dueByNow(events: ClockEvents, at: Instant): Instant | null {
  const clock = startClock(events);
  return 'error' in clock ? null : clockDueAt(clock, pausesKnownAt(events.pauses, at));
}

/** The escalations of a clock that has not stopped, by what is known at an instant. */
export function escalationsByNow(
  events: ClockEvents,
  percents: readonly number[],
  at: Instant,
): readonly Escalation[] {
  const clock = startClock(events);
  if ('error' in clock || events.stop !== null) return [];
  return escalationsOf(clock, pausesKnownAt(events.pauses, at), percents);
}

export function pauseClock(events: ClockEvents, at: Instant): ClockEvents {
  if (events.stop !== null) return events;
  return { ...events, pauses: [...events.pauses, { from: at, to: Number.POSITIVE_INFINITY }] };
}

/** Ends one pause that has not ended. Of two, the other one goes on. */
export function resumeClock(events: ClockEvents, at: Instant): ClockEvents {
  if (events.stop !== null) return events;
  const open = events.pauses.findIndex(({ to }) => to === Number.POSITIVE_INFINITY);
  if (open < 0) return events;
  return {
    ...events,
    pauses: events.pauses.map((pause, index) => (index === open ? { ...pause, to: at } : pause)),
  };
}

export function stopClock(events: ClockEvents, at: Instant, outcome: 'decided' | 'cancelled'): ClockEvents {
  return events.stop === null ? { ...events, stop: { at, outcome } } : events;
}
