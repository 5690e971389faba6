/** The promised times of a programme: business calendars, targets and escalations. */
import { z } from 'zod';
import type { BusinessCalendar, OpenHours } from '#src/domain/service-levels/calendar.ts';
import { readCalendar, weekdays } from '#src/domain/service-levels/calendar.ts';
import { startClock } from '#src/domain/service-levels/clock.ts';
import { dayRules } from '#src/domain/service-levels/target.ts';
import { isTimeZone } from '#src/domain/service-levels/zone.ts';
import type { Problem } from './problems.ts';
import { choice, day, instant, boundedText, wholeNumber } from './values.ts';

const hoursFix =
  'Write opening hours such as "09:00-17:00". "22:00-06:00" ends on the next date, "24:00" at midnight.';
const hours = z
  .string(hoursFix)
  .refine((text) => areHours(text), hoursFix)
  .meta({ description: 'Opening hours, such as "09:00-17:00"' });

function areHours(text: string): boolean {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.exec(text) ?? [];
  return from !== undefined && from !== to;
}

const dayHours = z.array(hours, 'Write a list of opening hours; [] is a closed day.').readonly();

const calendar = z.strictObject({
  version: wholeNumber(1, 1_000_000, 'a version', 1),
  /** Null for the first calendar. */
  publishedAt: z.union([instant, z.null()], 'Use null, or an instant in UTC such as 2026-06-15T08:00:00Z.'),
  timeZone: z
    .string('Use the name of a time zone, such as Europe/Berlin.')
    .refine(isTimeZone, 'Use the name of a time zone, such as Europe/Berlin.'),
  weekly: z.strictObject({
    mon: dayHours.default([]),
    tue: dayHours.default([]),
    wed: dayHours.default([]),
    thu: dayHours.default([]),
    fri: dayHours.default([]),
    sat: dayHours.default([]),
    sun: dayHours.default([]),
  }),
  holidays: z
    .array(z.strictObject({ date: day, name: boundedText('the name of the holiday', 80) }))
    .default([]),
  /** Half days, worked Saturdays and closed days. They count before holidays. */
  exceptions: z
    .array(
      z.strictObject({ date: day, name: boundedText('the reason for the exception', 80), hours: dayHours }),
    )
    .default([]),
});

const daysFix = { kind: 'business_days', days: 2 };
const target = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('business_days'),
      days: wholeNumber(0, 365, 'days', 2),
      dayRule: choice(dayRules).default('same_time'),
      minutesPerDay: wholeNumber(1, 1440, 'minutes', 480).optional(),
    }),
    z.strictObject({
      kind: z.literal('business_hours'),
      minutes: wholeNumber(0, 525_600, 'minutes', 960),
    }),
    z.strictObject({ kind: z.literal('elapsed'), minutes: wholeNumber(0, 525_600, 'minutes', 2880) }),
    z.strictObject({ kind: z.literal('calendar_days'), days: wholeNumber(0, 365, 'days', 2) }),
  ],
  `Write a target such as ${JSON.stringify(daysFix)}; kind is business_days, business_hours, elapsed or calendar_days.`,
);

const escalation = z.strictObject({
  percent: wholeNumber(1, 1000, 'percent', 80),
  to: z
    .array(choice(['deciders', 'lead', 'cam']), 'Write a list, such as [deciders, lead].')
    .min(1, 'Name at least one of deciders, lead and cam.')
    .readonly(),
});

/** Two weekdays in UTC, as the response deadline of registrations that have no other promise. */
const everyWeekday: z.input<typeof calendar> = {
  version: 1,
  publishedAt: null,
  timeZone: 'UTC',
  weekly: {
    mon: ['00:00-24:00'],
    tue: ['00:00-24:00'],
    wed: ['00:00-24:00'],
    thu: ['00:00-24:00'],
    fri: ['00:00-24:00'],
  },
};

export const serviceLevelPart = z
  .strictObject({
    /** The answer to a registration. */
    decision: target.prefault({ kind: 'business_days', days: 2 }),
    /** The answer to an appeal. */
    appeal: target.prefault({ kind: 'business_days', days: 3 }),
    escalations: z.array(escalation).default([
      { percent: 50, to: ['deciders'] },
      { percent: 80, to: ['deciders', 'lead'] },
      { percent: 100, to: ['lead', 'cam'] },
    ]),
    /** Calendar days in which a partner may appeal. */
    appealDays: wholeNumber(0, 365, 'days', 10).default(10),
    /** Calendar days in which a partner answers a question. */
    informationDays: wholeNumber(1, 365, 'days', 10).default(10),
    calendars: z.array(calendar).min(1, 'Add at least one calendar.').prefault([everyWeekday]),
  })
  .superRefine((part, context) => {
    for (const { path, message } of serviceLevelProblems(part))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type ServiceLevelPart = z.output<typeof serviceLevelPart>;
export type CalendarText = z.output<typeof calendar>;

/** The calendars as the clocks read them. */
export function calendarsOf({ calendars }: Pick<ServiceLevelPart, 'calendars'>): readonly BusinessCalendar[] {
  return calendars.map(({ weekly, exceptions, ...rest }) => ({
    ...rest,
    weekly: Object.fromEntries(weekdays.map((weekday) => [weekday, weekly[weekday].map(openHours)])),
    exceptions: exceptions.map(({ date, hours: open }) => ({ date, hours: open.map(openHours) })),
  }));
}

function openHours(text: string): OpenHours {
  const [from = '', to = ''] = text.split('-');
  return [from, to];
}

function* serviceLevelProblems(part: ServiceLevelPart): Generator<Problem> {
  for (const key of ['decision', 'appeal'] as const) {
    const { [key]: promise } = part;
    if (promise.kind !== 'business_days') continue;
    const isByLength = promise.dayRule === 'day_length';
    if (isByLength && promise.minutesPerDay === undefined)
      yield {
        path: [key, 'minutesPerDay'],
        message: 'Add the minutes of a business day, such as 480, because dayRule is day_length.',
      };
    if (!isByLength && promise.minutesPerDay !== undefined)
      yield { path: [key, 'minutesPerDay'], message: 'Remove it, or set dayRule to day_length.' };
  }
  yield* escalationProblems(part);
  yield* calendarProblems(part);
}

function* escalationProblems({ escalations }: ServiceLevelPart): Generator<Problem> {
  const seen = new Set<number>();
  for (const [index, { percent }] of escalations.entries()) {
    if (seen.has(percent))
      yield {
        path: ['escalations', index, 'percent'],
        message: `There are two escalations at ${percent} %. Join them into one.`,
      };
    seen.add(percent);
  }
}

function* calendarProblems(part: ServiceLevelPart): Generator<Problem> {
  const { calendars } = part;
  const versions = new Set<number>();
  const instants = new Set<string | null>();
  if (calendars.length > 0 && !calendars.some(({ publishedAt }) => publishedAt === null))
    yield {
      path: ['calendars', 0, 'publishedAt'],
      message: 'Use null for the first calendar, so that every registration has one.',
    };
  for (const [index, one] of calendars.entries()) {
    const path = ['calendars', index];
    if (versions.has(one.version))
      yield {
        path: [...path, 'version'],
        message: `There are two calendars with version ${one.version}. Give this one the next number.`,
      };
    if (instants.has(one.publishedAt))
      yield {
        path: [...path, 'publishedAt'],
        message: 'Another calendar is published at the same instant. Use a later one.',
      };
    versions.add(one.version);
    instants.add(one.publishedAt);
    yield* repeatedDates(one, path);
  }
  for (const [index, one] of calendarsOf(part).entries()) yield* countProblems(part, one, index);
}

function* repeatedDates({ holidays, exceptions }: CalendarText, path: Problem['path']): Generator<Problem> {
  for (const [key, dates] of Object.entries({ holidays, exceptions })) {
    const seen = new Set<string>();
    for (const [index, { date }] of dates.entries()) {
      if (seen.has(date))
        yield { path: [...path, key, index, 'date'], message: `${date} is listed twice. Remove one.` };
      seen.add(date);
    }
  }
}

/** Refuses a calendar that cannot count the promised times, such as one that never opens. */
function* countProblems(part: ServiceLevelPart, one: BusinessCalendar, index: number): Generator<Problem> {
  // Problems of its hours, dates and zone are reported elsewhere.
  if (readCalendar(one) === null) return;
  for (const key of ['decision', 'appeal'] as const) {
    const { [key]: promise } = part;
    const start = Math.floor(Date.parse(one.publishedAt ?? '2026-01-01T00:00:00Z') / 1000);
    const calendars = [{ ...one, publishedAt: null }];
    const clock = startClock({ calendars, target: promise, start, pauses: [] });
    if ('error' in clock && clock.error === 'never_open')
      yield {
        path: ['calendars', index, 'weekly'],
        message: `It does not open often enough for the promised ${key}. Add opening hours.`,
      };
  }
}
