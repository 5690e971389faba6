import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedFields, sameValue } from '#src/domain/sync/fields.ts';

describe('values that mean the same', () => {
  test.each([
    [null, undefined],
    [null, ''],
    ['', '   '],
    ['100', '100.00'],
    ['100.00', 100],
    ['-0.0', '0'],
    ['0.10', 0.1],
    [true, 'true'],
    ['Gold ', 'Gold'],
    ['one\ntwo', 'one\r\ntwo'],
    ['2026-10-02', '2026-10-02T00:00:00.000Z'],
    ['2026-10-02T10:00:00Z', '2026-10-02T10:00:00.000+0000'],
    ['2026-10-02T10:00:00.123Z', '2026-10-02T12:00:00.123456+02:00'],
    [
      ['a', { b: 1, c: 2 }],
      ['a', { c: 2, b: 1 }],
    ],
  ])('%j and %j', (left, right) => {
    expect(sameValue(left, right)).toBe(true);
    expect(sameValue(right, left)).toBe(true);
  });
});

describe('values that differ', () => {
  test.each([
    ['100', '100.01'],
    ['01067', '1067'],
    [null, '0'],
    [null, false],
    [' Gold', 'Gold'],
    ['gold', 'Gold'],
    ['2026-10-02', '2026-10-03'],
    ['2026-10-02T10:00:00.123Z', '2026-10-02T10:00:00.124Z'],
    ['1e3', '1000'],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
  ])('%j and %j', (left, right) => {
    expect(sameValue(left, right)).toBe(false);
  });
});

describe('changed fields', () => {
  test('only what the other side does not hold yet is written', () => {
    const desired = { tier: 'Gold', trailingRevenue: '612300.00', tierAsOf: '2026-11-01', tierStanding: null };
    const current = { tier: 'Silver', trailingRevenue: 612300, tierAsOf: '2026-11-01', unrelated: 'kept' };
    expect(changedFields(desired, current)).toEqual({ tier: 'Gold' });
  });

  test('a value taken away is written as nothing', () => {
    expect(changedFields({ protectedUntil: null }, { protectedUntil: '2026-12-31' })).toEqual({ protectedUntil: null });
  });

  test('a record that was just written needs no second write', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }))),
        (record) => {
          expect(changedFields(record, { ...record })).toEqual({});
        },
      ),
    );
  });
});
