import { describe, expect, test } from 'vitest';
import type { BusinessCalendar } from '#src/domain/service-levels/calendar.ts';
import { readClock } from '#src/domain/service-levels/clock-state.ts';
import { clockDueAt, escalationsOf, startClock, type ClockTerms } from '#src/domain/service-levels/clock.ts';
import type { Target } from '#src/domain/service-levels/target.ts';
import { answerDueAt } from '#src/domain/registrations/response-deadline.ts';

const nineToFive = [['09:00', '17:00']] as const;
const weekdays = { mon: nineToFive, tue: nineToFive, wed: nineToFive, thu: nineToFive, fri: nineToFive };
const berlin: BusinessCalendar = {
  version: 1,
  publishedAt: null,
  timeZone: 'Europe/Berlin',
  weekly: weekdays,
};
const twoDays: Target = { kind: 'business_days', days: 2 };
const at = (text: string) => Date.parse(text) / 1000;

const monday = at('2026-06-15T07:00:00Z');
const terms: ClockTerms = { calendars: [berlin], target: twoDays, start: monday, pauses: [] };

function started(changes: Partial<ClockTerms>) {
  const clock = startClock({ ...terms, ...changes });
  if ('error' in clock) throw new Error(clock.error);
  return clock;
}

function dueText(changes: Partial<ClockTerms>): string | null {
  const due = clockDueAt(started(changes), changes.pauses ?? []);
  return due === null ? null : new Date(due * 1000).toISOString();
}

describe('a clock that cannot start says why', () => {
  const bad = (changes: Partial<BusinessCalendar>): Partial<ClockTerms> => ({
    calendars: [{ ...berlin, ...changes }],
  });
  const mondayHours = (from: string, to: string) => bad({ weekly: { mon: [[from, to]] } });
  test.each<[string, Partial<ClockTerms>]>([
    [
      'pause_invalid',
      { pauses: [{ from: monday + 60, to: monday }], target: { kind: 'elapsed', minutes: -1 } },
    ],
    ['target_invalid', { target: { kind: 'elapsed', minutes: -1 }, calendars: [] }],
    ['target_invalid', { target: { kind: 'calendar_days', days: 1.5 } }],
    ['target_invalid', { target: { kind: 'business_days', days: 2, dayRule: 'day_length' } }],
    [
      'target_invalid',
      { target: { kind: 'business_days', days: 2, dayRule: 'day_length', minutesPerDay: -1 } },
    ],
    ['calendar_missing', { calendars: [{ ...berlin, publishedAt: '2026-06-15T07:00:01Z' }] }],
    ['calendar_invalid', bad({ timeZone: 'Europe/Atlantis' })],
    ['calendar_invalid', bad({ timeZone: '+02:00' })],
    ['calendar_invalid', mondayHours('09:00', '09:00')],
    ['calendar_invalid', mondayHours('00:00', '00:00')],
    ['calendar_invalid', mondayHours('24:00', '06:00')],
    ['calendar_invalid', mondayHours('09:00', '24:01')],
    ['calendar_invalid', mondayHours('9:00', '17:00')],
    ['calendar_invalid', mondayHours('09:60', '17:00')],
    ['calendar_invalid', bad({ holidays: [{ date: '2026-02-30' }] })],
    ['calendar_invalid', bad({ exceptions: [{ date: '2026-06-15', hours: [['08:00', '08:00']] }] })],
    ['never_open', bad({ weekly: {} })],
    ['never_open', bad({ weekly: {}, exceptions: [{ date: '2026-06-16', hours: [['08:00', '09:00']] }] })],
    ['never_open', { target: { kind: 'business_days', days: 400 } }],
  ])('%s', (error, changes) => {
    expect(startClock({ ...terms, ...changes })).toEqual({ error });
  });

  test('only the version that the clock keeps is checked', () => {
    const broken = {
      ...berlin,
      version: 2,
      publishedAt: '2026-07-01T00:00:00Z',
      timeZone: 'Europe/Atlantis',
    };
    expect(started({ calendars: [broken, berlin] }).calendarVersion).toBe(1);
  });
});

test('of two versions published at one instant, the higher one is kept', () => {
  const published = { ...berlin, publishedAt: '2026-06-01T00:00:00Z' };
  const calendars = [{ ...published, version: 3 }, { ...published, version: 2 }, berlin];
  expect(started({ calendars }).calendarVersion).toBe(3);
});

test('today’s promise of two weekdays in UTC is one of these targets', () => {
  const allDay = [['00:00', '24:00']] as const;
  const weekly = { mon: allDay, tue: allDay, wed: allDay, thu: allDay, fri: allDay };
  const calendars = [{ ...berlin, timeZone: 'UTC', weekly }];
  for (let hour = 0; hour < 24 * 14; hour += 5) {
    const start = monday + hour * 3600;
    expect(dueText({ calendars, start })).toBe(answerDueAt(new Date(start * 1000)).toISOString());
  }
});

test('hours that a calendar never has again are never due', () => {
  const calendars = [
    { ...berlin, weekly: {}, exceptions: [{ date: '2026-06-16', hours: [['08:00', '09:00'] as const] }] },
  ];
  expect(dueText({ calendars, target: { kind: 'business_hours', minutes: 60 } })).toBe(
    '2026-06-16T07:00:00.000Z',
  );
  expect(dueText({ calendars, target: { kind: 'business_hours', minutes: 61 } })).toBeNull();
});

test('a middle of a night that the next date covers belongs to the next date, and the closing is the last of the night', () => {
  const weekly = { mon: [['22:00', '06:00']] as const, tue: [['02:00', '04:00']] as const };
  const target: Target = { kind: 'business_days', days: 0, dayRule: 'end_of_day' };
  const start = at('2026-06-15T21:00:00Z');
  expect(dueText({ calendars: [{ ...berlin, weekly }], target, start })).toBe('2026-06-16T04:00:00.000Z');
  expect(dueText({ calendars: [{ ...berlin, weekly }], target, start: at('2026-06-16T00:30:00Z') })).toBe(
    '2026-06-16T02:00:00.000Z',
  );
});

test('a stop ends the clock: later events do not count, and an answer at the due instant is in time', () => {
  const clock = started({});
  const due = clockDueAt(clock, []) ?? 0;
  const read = (stopAt: number, outcome: 'decided' | 'cancelled' = 'decided') =>
    readClock(clock, { pauses: [], stop: { at: stopAt, outcome }, escalations: [50, 100] }, due + 7200);
  expect(read(due)).toMatchObject({ state: 'met', remaining: 0, fired: [50] });
  expect(read(due + 1)).toMatchObject({ state: 'missed', remaining: -1, fired: [50, 100] });
  expect(read(monday + 60, 'cancelled')).toMatchObject({ state: 'cancelled', elapsed: 60, fired: [] });
  expect(read(due + 7201)).toMatchObject({ state: 'breached' });
});

test('no share above the whole comes before the due instant', () => {
  // The target names a moment after closing, so its hours have passed before it is due.
  const exceptions = [{ date: '2026-06-17', hours: [['09:00', '10:00'] as const] }];
  const clock = started({ calendars: [{ ...berlin, exceptions }], start: at('2026-06-15T10:00:00Z') });
  expect(new Date((clockDueAt(clock, []) ?? 0) * 1000).toISOString()).toBe('2026-06-17T10:00:00.000Z');
  const [full, more] = escalationsOf(clock, [], [100, 101]);
  expect(more?.at ?? 0).toBeGreaterThan(full?.at ?? 0);
});
