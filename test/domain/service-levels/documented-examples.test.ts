import { describe, expect, test } from 'vitest';
import { clockDueAt, startClock } from '#src/domain/service-levels/clock.ts';
import type { Target } from '#src/domain/service-levels/target.ts';
import { instantAt } from '#src/domain/service-levels/zone.ts';
import { docTable } from '#test/support/docs/doc-table.ts';

const zone = 'Europe/Berlin';
const hours = [['09:00', '17:00']] as const;
const calendar = {
  version: 1,
  publishedAt: null,
  timeZone: zone,
  weekly: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
};

const targets: Readonly<Record<string, Target>> = {
  '2 business days': { kind: 'business_days', days: 2 },
  '16 business hours': { kind: 'business_hours', minutes: 16 * 60 },
  '2 business days of 24 hours': {
    kind: 'business_days',
    days: 2,
    dayRule: 'day_length',
    minutesPerDay: 24 * 60,
  },
  '1 calendar day': { kind: 'calendar_days', days: 1 },
};

/** The instant of a local time such as `Tue 2026-06-09 10:00`, whose day of the week must be right. */
function instantOf(text: string): number {
  const [weekday, day = '', time = ''] = text.split(' ');
  const wall = new Date(`${day}T${time}:00Z`);
  expect(wall.toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' })).toBe(weekday);
  return instantAt(zone, wall.getTime() / 1000);
}

const rows = docTable('service-levels.md', '## Worked examples');

describe('the examples of docs/service-levels.md', () => {
  test('are there', () => expect(rows.length).toBeGreaterThanOrEqual(7));

  test.each(rows)('$start, $target: due $due', ({ start = '', target = '', due = '' }) => {
    const [begin = '', paused] = start.split(', paused ');
    const pauses =
      paused === undefined
        ? []
        : [paused.split(' to ').map(instantOf)].map(([from = 0, to = 0]) => ({ from, to }));
    const promised = targets[target] ?? expect.fail(`no target "${target}"`);
    const clock = startClock({ calendars: [calendar], target: promised, start: instantOf(begin), pauses });
    if ('error' in clock) return expect.fail(clock.error);
    expect(clockDueAt(clock, pauses)).toBe(instantOf(due));
  });
});
