import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BusinessCalendar } from '#src/domain/service-levels/calendar.ts';
import { readClock, type ClockStop } from '#src/domain/service-levels/clock-state.ts';
import { clockDueAt, escalationsOf, startClock } from '#src/domain/service-levels/clock.ts';
import type { Target } from '#src/domain/service-levels/target.ts';

interface ClockCase {
  readonly id: string;
  readonly title: string;
  readonly calendars: readonly BusinessCalendar[];
  readonly target: Target;
  readonly start: string;
  readonly pauses: readonly { readonly from: string; readonly to: string | null }[];
  readonly escalations: readonly number[];
  readonly stop?: { readonly at: string; readonly outcome: ClockStop['outcome'] };
  readonly asOf?: readonly string[];
  readonly expected: unknown;
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as readonly ClockCase[];
/** Ours: zones with odd shifts, calculated by a walk that uses none of this code, and the order of errors. */
const cases = [...read('given-cases.json'), ...read('more-cases.json')];

test.each(cases.map((one) => [`${one.id} ${one.title}`, one] as const))('%s', (_title, one) => {
  expect(outcomeOf(one)).toEqual(one.expected);
});

function outcomeOf({ calendars, target, start, escalations, stop, asOf = [], ...rest }: ClockCase) {
  const pauses = rest.pauses.map(({ from, to }) => ({
    from: seconds(from),
    to: to === null ? Number.POSITIVE_INFINITY : seconds(to),
  }));
  const clock = startClock({ calendars, target, start: seconds(start), pauses });
  if ('error' in clock) return clock;
  const events = { pauses, escalations, stop: stop ? { ...stop, at: seconds(stop.at) } : null };
  return {
    calendarVersion: clock.calendarVersion,
    countsFrom: text(clock.anchor),
    budgetSeconds: clock.budget,
    dueAt: text(clockDueAt(clock, pauses)),
    escalations: escalationsOf(clock, pauses, escalations).map(({ percent, at }) => ({
      percent,
      at: text(at),
    })),
    asOf: asOf.map((at) => {
      const { state, elapsed, remaining, paused, dueAt, fired, dueIfResumed } = readClock(
        clock,
        events,
        seconds(at),
      );
      return {
        at,
        state,
        elapsedSeconds: elapsed,
        remainingSeconds: remaining,
        pausedSeconds: paused,
        dueAt: text(dueAt),
        fired,
        ...(dueIfResumed === undefined ? {} : { dueIfResumed: text(dueIfResumed) }),
      };
    }),
  };
}

function seconds(instant: string): number {
  return Date.parse(instant) / 1000;
}

function text(instant: number | null): string | null {
  return instant === null ? null : new Date(instant * 1000).toISOString().replace('.000Z', 'Z');
}
