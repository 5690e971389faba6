import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payeeBlockers, payeeName } from '#src/domain/payouts/payee.ts';

const payee = (partnerCode: string | null, codeIsShared = false) => ({
  partnerId: 'id-1',
  partnerName: 'Kestrel',
  partnerCode,
  codeIsShared,
});

describe('the name of a partner in payout keys', () => {
  test('is its code, for any id', () => {
    expect(payeeName(payee('P-0007'))).toBe('P-0007');
    expect(payeeName({ ...payee('P-0007'), partnerId: 'id-after-a-rebuild' })).toBe('P-0007');
  });

  test('is our id without a unique code, or with a code that is too long for a key', () => {
    expect([payee(null), payee('  '), payee('P-1', true), payee('x'.repeat(101))].map(payeeName)).toEqual([
      'id-1',
      'id-1',
      'id-1',
      'id-1',
    ]);
  });

  test('is safe in a file name and a URL, and different for every code', () => {
    expect(payeeName(payee('A/7'))).toBe('A_2f_7');
    const code = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(code, code, (one, other) => {
        const [a, b] = [payeeName(payee(one)), payeeName(payee(other))];
        expect(a).toMatch(/^[\w.-]+$/);
        expect(a === b).toBe(one === other);
      }),
    );
  });
});

test('every partner without a unique partner code is a blocker', () => {
  expect(payeeBlockers([payee('P-1')])).toEqual([]);
  expect(payeeBlockers([payee('P-1'), payee(null)])).toEqual([
    "Enter the partner code on Kestrel's account in the CRM.",
  ]);
  expect(payeeBlockers([payee('P-1', true)])).toEqual([
    expect.stringContaining("on Kestrel's account in the CRM: another partner has the same code"),
  ]);
});

test('a code of 100 characters is used in keys, and one of 101 is not', () => {
  expect(payeeName(payee('x'.repeat(100)))).toBe('x'.repeat(100));
  expect(payeeName(payee('x'.repeat(101)))).toBe('id-1');
});

test.each([
  ['a.b-C9', 'a.b-C9'],
  ['a_b', 'a_5f_b'],
  ['é', '_e9_'],
  ['😀', '_1f600_'],
  [' P-1 ', '_20_P-1_20_'],
])('the code %j is written %j in keys', (code, name) => {
  expect(payeeName(payee(code))).toBe(name);
});

test('each partner that finance could confuse is named with the fix, in the given order', () => {
  expect(payeeBlockers([payee(' '), payee('P-1', true), payee('P-2')])).toEqual([
    "Enter the partner code on Kestrel's account in the CRM.",
    "Change the partner code P-1 on Kestrel's account in the CRM: another partner has the same code.",
  ]);
});
