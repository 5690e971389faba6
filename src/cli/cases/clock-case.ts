import { z } from 'zod';
import { weekdays } from '#src/domain/service-levels/calendar.ts';
import { readClock } from '#src/domain/service-levels/clock-state.ts';
import { clockDueAt, escalationsOf, startClock } from '#src/domain/service-levels/clock.ts';
import { dayRules } from '#src/domain/service-levels/target.ts';
import { jsonDifferences, type CaseResult, type NamedCase } from './case-file.ts';

const instant = z.iso.datetime().transform((text) => Math.floor(Date.parse(text) / 1000));
const openHours = z.tuple([z.string(), z.string()]);
const day = z.object({ date: z.string(), name: z.string().optional() });

const calendar = z.object({
  version: z.number(),
  publishedAt: z.string().nullable(),
  timeZone: z.string(),
  weekly: z.partialRecord(z.enum(weekdays), z.array(openHours)),
  holidays: z
    .array(
      z.union([day, z.object({ country: z.string(), region: z.string().optional(), dates: z.array(day) })]),
    )
    .optional(),
  exceptions: z.array(z.object({ date: z.string(), hours: z.array(openHours) })).optional(),
});

const target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('business_days'),
    days: z.number(),
    dayRule: z.enum(dayRules).optional(),
    minutesPerDay: z.number().optional(),
  }),
  z.object({ kind: z.literal('business_hours'), minutes: z.number() }),
  z.object({ kind: z.literal('elapsed'), minutes: z.number() }),
  z.object({ kind: z.literal('calendar_days'), days: z.number() }),
]);

const clockCase = z.object({
  calendars: z.array(calendar),
  target,
  start: instant,
  pauses: z
    .array(z.object({ from: instant, to: instant.nullable() }))
    .default([])
    .transform((pauses) => pauses.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY }))),
  escalations: z.array(z.number()).default([]),
  stop: z
    .object({ at: instant, outcome: z.enum(['decided', 'cancelled']) })
    .nullable()
    .default(null),
  asOf: z.array(instant).default([]),
  expected: z.unknown(),
});

/** Runs one worked case of a service-level clock. A case that cannot be read fails. */
export function runClockCase(named: NamedCase): CaseResult {
  const { id, title } = named;
  const parsed = clockCase.safeParse(named);
  const differences = parsed.success
    ? jsonDifferences(parsed.data.expected, outcomeOf(parsed.data))
    : [`the case cannot be read: ${z.prettifyError(parsed.error)}`];
  return { id, title, differences };
}

function outcomeOf({ stop, escalations, asOf, ...terms }: z.infer<typeof clockCase>) {
  const clock = startClock(terms);
  if ('error' in clock) return clock;
  const { pauses } = terms;
  return {
    calendarVersion: clock.calendarVersion,
    countsFrom: instantText(clock.anchor),
    budgetSeconds: clock.budget,
    dueAt: instantText(clockDueAt(clock, pauses)),
    escalations: escalationsOf(clock, pauses, escalations).map(({ percent, at }) => ({
      percent,
      at: instantText(at),
    })),
    asOf: asOf.map((at) => {
      const reading = readClock(clock, { pauses, stop, escalations }, at);
      return {
        at: instantText(at),
        state: reading.state,
        elapsedSeconds: reading.elapsed,
        remainingSeconds: reading.remaining,
        pausedSeconds: reading.paused,
        dueAt: instantText(reading.dueAt),
        fired: reading.fired,
        ...('dueIfResumed' in reading ? { dueIfResumed: instantText(reading.dueIfResumed ?? null) } : {}),
      };
    }),
  };
}

function instantText(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
