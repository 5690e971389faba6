import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import {
  addDays,
  addMonths,
  daysBetween,
  firstDay,
  monthToPay,
  openPeriodFor,
  periodOf,
  periodsBetween,
} from '#src/domain/period.ts';

describe('periods', () => {
  test('a date belongs to its month', () => {
    expect(periodOf('2026-10-31')).toBe('2026-10');
    expect(firstDay('2026-10')).toBe('2026-10-01');
  });

  test('months are added across years in both directions', () => {
    expect(addMonths('2026-11', 3)).toBe('2027-02');
    expect(addMonths('2026-01', -12)).toBe('2025-01');
  });

  test('days are counted across leap years', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
    expect(addDays('2026-10-02', 90)).toBe('2026-12-31');
    expect(addDays('2026-11-01', -1)).toBe('2026-10-31');
  });

  test('a range of periods includes both ends and is empty if the ends are reversed', () => {
    expect(periodsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(periodsBetween('2026-02', '2026-02')).toEqual(['2026-02']);
    expect(periodsBetween('2026-02', '2026-01')).toEqual([]);
  });

  test('an entry belongs to its own period if that is open, otherwise to the first open one', () => {
    expect(openPeriodFor('2026-10', null)).toBe('2026-10');
    expect(openPeriodFor('2026-11', '2026-10')).toBe('2026-11');
    expect(openPeriodFor('2026-10', '2026-10')).toBe('2026-11');
    expect(openPeriodFor('2026-03', '2026-12')).toBe('2027-01');
  });

  test('a month is paid when it and its days of grace are over', () => {
    expect(monthToPay('2026-11-01', 0)).toBe('2026-10');
    expect(monthToPay('2026-11-05', 5)).toBe('2026-09');
    expect(monthToPay('2026-11-06', 5)).toBe('2026-10');
    expect(monthToPay('2027-01-03', 5)).toBe('2026-11');
  });

  test.each([
    () => periodOf('10/31/2026'),
    () => firstDay('2026-13'),
    () => addMonths('2026', 1),
    () => addDays('2026-02-30', 1),
  ])('a text that is not a date is refused (%#)', (call) => {
    expect(call).toThrow(AppError);
  });
});

test('the days between two dates are negative if the second is earlier', () => {
  expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3);
  expect(daysBetween('2026-03-02', '2026-02-27')).toBe(-3);
  expect(daysBetween('2026-03-02', '2026-03-02')).toBe(0);
});

test.each<[() => unknown, string]>([
  [() => periodOf('10/31/2026'), '"10/31/2026" is not a date like 2026-10-31.'],
  [() => periodOf('2026-10-31T00:00'), '"2026-10-31T00:00" is not a date like 2026-10-31.'],
  [() => firstDay('2026-13'), '"2026-13" is not a month like 2026-10.'],
  [() => firstDay('2026-00'), '"2026-00" is not a month like 2026-10.'],
  [() => addDays('2026-02-30', 1), '"2026-02-30" is not a date like 2026-10-31.'],
  [() => daysBetween('2026-02-01', 'soon'), '"soon" is not a date like 2026-10-31.'],
])('what is not a date is refused as a bad request that names the value (%#)', (call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: 'bad_request', message }));
});
