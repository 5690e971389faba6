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
