import { describe, expect, it } from 'vitest';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { buildTransform, type ValueSpec } from '#mappings/engine/transform.ts';

const codeOr = (result: unknown): unknown => (isRefusal(result) ? result.code : result);
type DateSpec = Extract<ValueSpec, { name: 'date' }>;
type Format = NonNullable<DateSpec['format']>;

describe('a date as text', () => {
  it.each<[Format, string, string, string]>([
    ['YYYY-MM-DD', '2026-3-4', '2026-03-04', '2026-03-04'],
    ['DD/MM/YYYY', '4/3/2026', '2026-03-04', '04/03/2026'],
    ['MM/DD/YYYY', '3/4/2026', '2026-03-04', '03/04/2026'],
    ['DD.MM.YYYY', ' 04.03.2026 ', '2026-03-04', '04.03.2026'],
    ['DD-MM-YYYY', '04-03-2026', '2026-03-04', '04-03-2026'],
    ['YYYY/MM/DD', '2026/03/04', '2026-03-04', '2026/03/04'],
    ['YYYYMMDD', '20260304', '2026-03-04', '20260304'],
  ])('in the format %s is read from %s as %s and written as %s', (format, text, date, written) => {
    const transform = buildTransform({ name: 'date', format });
    expect(transform.read(text)).toBe(date);
    expect(transform.write?.as('text')(date)).toBe(written);
    expect(transform.read(written)).toBe(date);
  });

  it.each<[Format, unknown]>([
    ['DD.MM.YYYY', '04/03/2026'],
    ['DD.MM.YYYY', '04x03x2026'],
    ['DD.MM.YYYY', '31.02.2026'],
    ['DD.MM.YYYY', '4.3.26'],
    ['DD.MM.YYYY', '04.03.2026 10:00'],
    ['DD.MM.YYYY', 'on 04.03.2026'],
    ['YYYYMMDD', '2026304'],
    ['DD/MM/YYYY', 20_260_304],
    ['DD/MM/YYYY', 0],
    ['DD/MM/YYYY', {}],
  ])('in the format %s refuses %j', (format, value) => {
    expect(buildTransform({ name: 'date', format }).read(value)).toEqual({
      code: 'not_a_date',
      message: `${typeof value === 'object' ? 'an object' : JSON.stringify(String(value))} is not a date in the format ${format}.`,
      fix: `Store dates as ${format}, or choose another format.`,
    });
  });

  it('is null for a blank, and refuses to write what is no date', () => {
    const transform = buildTransform({ name: 'date', format: 'DD.MM.YYYY' });
    expect([null, undefined, '', ' '].map(transform.read)).toEqual([null, null, null, null]);
    expect([transform.write?.as('text')(null), codeOr(transform.write?.as('text')('soon'))]).toEqual([
      null,
      'not_a_date',
    ]);
  });
});

describe('the day of an instant in a time zone', () => {
  const { read } = buildTransform({ name: 'date', zone: 'America/New_York' });

  it.each<[unknown, unknown]>([
    ['2026-11-22T04:59:59Z', '2026-11-21'],
    ['2026-11-22T05:00:00Z', '2026-11-22'],
    ['2026-07-01T03:59:59Z', '2026-06-30'],
    ['2026-11-22', '2026-11-22'],
    [null, null],
    ['', null],
    ['soon', 'not_a_date'],
  ])('of %j is %j', (value, date) => {
    expect(codeOr(read(value))).toBe(date);
  });
});

describe('a local time', () => {
  const berlin = buildTransform({ name: 'instant', zone: 'Europe/Berlin', format: 'DD.MM.YYYY' });

  it.each<[unknown, unknown]>([
    ['22.11.2026 10:30', '2026-11-22T09:30:00.000Z'],
    ['22.11.2026T10:30:15', '2026-11-22T09:30:15.000Z'],
    ['22.11.2026  9:05:01.5', '2026-11-22T08:05:01.000Z'],
    ['22.11.2026', '2026-11-21T23:00:00.000Z'],
    ['22.07.2026 00:00', '2026-07-21T22:00:00.000Z'],
    ['22.11.2026 23:59:59', '2026-11-22T22:59:59.000Z'],
    ['22.11.2026 24:00', 'not_an_instant'],
    ['22.11.2026 10:60', 'not_an_instant'],
    ['22.11.2026 10:00:60', 'not_an_instant'],
    ['31.02.2026 10:00', 'not_an_instant'],
    ['2026-11-22 10:00', 'not_an_instant'],
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    [null, null],
    ['', null],
    [5, '1970-01-01T00:00:00.005Z'],
  ])('is read from %j as %j', (value, expected) => {
    expect(codeOr(berlin.read(value))).toBe(expected);
  });

  it('names the format that it wants', () => {
    expect(berlin.read('soon')).toEqual({
      code: 'not_an_instant',
      message: '"soon" is not a time in the format DD.MM.YYYY HH:MM.',
      fix: 'Store times as DD.MM.YYYY HH:MM, or choose another format.',
    });
  });

  it('is in UTC without a zone, and written YYYY-MM-DD without a format', () => {
    expect(buildTransform({ name: 'instant', format: 'DD.MM.YYYY' }).read('22.11.2026 10:30')).toBe(
      '2026-11-22T10:30:00.000Z',
    );
    expect(buildTransform({ name: 'instant', zone: 'Europe/Berlin' }).read('2026-11-22 10:30')).toBe(
      '2026-11-22T09:30:00.000Z',
    );
  });
});
