import type { CanonicalValue } from '#src/domain/record.ts';
import { sameValue, type ComparedAs } from '#src/domain/sync/same-value.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test.each<[ComparedAs, CanonicalValue, CanonicalValue, boolean]>([
  ['text', null, '', true],
  ['text', null, '  \t', true],
  ['text', 'Acme', ' Acme\n', true],
  ['text', 'Acme Corp', 'Acme  Corp', false],
  ['text', 'acme', 'Acme', false],
  ['text', 'a;b', 'b;a', false],
  ['boolean', false, null, true],
  ['boolean', true, null, false],
  ['boolean', true, true, true],
  ['boolean', 'yes', ' yes ', true],
  ['boolean', 'yes', 'no', false],
  ['reference', '001', '1', false],
  ['decimal', '1234.50', '1234.5', true],
  ['decimal', '007', '7.0', true],
  ['decimal', '-0.0', '0', true],
  ['decimal', '+1', '1', true],
  ['decimal', '-1', '1', false],
  ['decimal', '9007199254740993', '9007199254740992', false],
  ['decimal', '0.1', '0.10000000000000001', false],
  ['decimal', 'n/a', 'n/a ', true],
  ['decimal', 'n/a', 'none', false],
  ['decimal', 'n/a', '0', false],
  ['decimal', '0.5', '.5', true],
  ['decimal', '5', '5.', true],
  ['decimal', '-5', '-5.0', true],
  ['decimal', '+5', '-5', false],
  ['date', '2026-11-22', '2026-11-22', true],
  ['date', '2026-11-22', '2026-11-23', false],
  ['instant', '2026-11-22T05:00:00Z', '2026-11-22T05:00:00.987Z', true],
  ['instant', '2026-11-22T05:00:00Z', '2026-11-22T06:00:00+01:00', true],
  ['instant', '2026-11-22T05:00:00Z', '2026-11-22T05:00:01Z', false],
  ['instant', '2026-11-22T05:00:00.999Z', '2026-11-22T05:00:01Z', false],
  ['instant', '2016-06-24T19:40:00Z', '2016-06-24T19:40:00.001Z', true],
  ['instant', 'soon', 'later', false],
  ['instant', 'soon', ' soon', true],
  ['picklist', 'b;a', 'a; b', true],
  ['picklist', 'a;a;b', 'b;a', true],
  ['picklist', 'a;b', 'ab', false],
  ['picklist', 'a;b', 'a', false],
  ['picklist', ';', null, false],
])('as %s, %j and %j are the same: %j', (type, a, b, same) => {
  expect(sameValue(a, b, type)).toBe(same);
  expect(sameValue(b, a, type)).toBe(same);
});

test('a decimal is the same with any number of leading and trailing zeros', () => {
  const amount = fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat({ max: 999_999 }));
  fc.assert(
    fc.property(amount, fc.nat({ max: 4 }), fc.nat({ max: 4 }), ([whole, fraction], before, after) => {
      const sign = whole < 0n ? '-' : '';
      const digits = String(whole < 0n ? -whole : whole);
      const places = String(fraction).padStart(6, '0');
      expect(
        sameValue(
          `${sign}${digits}.${places}`,
          `${sign}${'0'.repeat(before)}${digits}.${places}${'0'.repeat(after)}`,
          'decimal',
        ),
      ).toBe(true);
    }),
  );
});
