import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import { programFromJson, programToJson, type ProgramJson } from '#src/domain/program/codec.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';

const json = programToJson(defaultProgram);
const [commission] = json.components;
if (!commission) throw new Error('The default programme has a commission.');

test('a programme survives conversion to JSON and back', () => {
  expect(programFromJson(JSON.parse(JSON.stringify(json)))).toEqual(defaultProgram);
});

test('a programme without an engagement policy gets the default one', () => {
  const { engagement: _, ...before } = json;
  expect(programFromJson(before)).toEqual(defaultProgram);
  expect(programFromJson({ ...json, engagement: { conflictScope: 'customer' } }).engagement).toEqual({
    ...defaultProgram.engagement,
    conflictScope: 'customer',
  });
});

test('the default programme has the tiers and rates of the documentation', () => {
  expect(json.tiers.map((tier) => [tier.name, tier.trailingRevenueMinor])).toEqual([
    ['Registered', '0'],
    ['Silver', '10000000'],
    ['Gold', '50000000'],
    ['Platinum', '200000000'],
  ]);
  expect(commission.rates).toEqual({
    Registered: ['5', '100'],
    Silver: ['75', '1000'],
    Gold: ['10', '100'],
    Platinum: ['12', '100'],
  });
});

describe('an invalid programme is refused with the field and the fix', () => {
  const tiers = (...revenues: string[]): Partial<ProgramJson> => ({
    tiers: revenues.map((trailingRevenueMinor, index) => ({ name: `T${index}`, trailingRevenueMinor })),
    components: [],
  });

  test.each<[string, unknown]>([
    ['tiers.0.trailingRevenueMinor: Use "0" for the first tier', { ...json, ...tiers('1', '2') }],
    [
      'tiers.2.trailingRevenueMinor: Use more than the tier before it (5)',
      { ...json, ...tiers('0', '5', '5') },
    ],
    ['tiers: Add at least one tier.', { ...json, ...tiers() }],
    ['tiers.0.trailingRevenueMinor: Use a string of whole minor units', { ...json, ...tiers('0.5') }],
    [
      'tiers.1.name: There are two tiers named Gold. Rename one.',
      {
        ...json,
        tiers: [...json.tiers.slice(0, 1), ...json.tiers.slice(2, 3)].map((tier) => ({
          ...tier,
          name: 'Gold',
        })),
        components: [],
      },
    ],
    [
      'components.0.rates: Add a rate for Gold, Platinum.',
      { ...json, components: [{ ...commission, rates: { Registered: ['5', '100'], Silver: ['5', '100'] } }] },
    ],
    [
      'components.0.rates: There is no tier Bronze.',
      { ...json, components: [{ ...commission, rates: { ...commission.rates, Bronze: ['1', '100'] } }] },
    ],
    [
      'components.0.rates.Gold: A rate cannot be more than 100 %.',
      { ...json, components: [{ ...commission, rates: { ...commission.rates, Gold: ['101', '100'] } }] },
    ],
    [
      'components.0.rates.Gold: The second number must be more than 0',
      { ...json, components: [{ ...commission, rates: { ...commission.rates, Gold: ['0', '0'] } }] },
    ],
    [
      'components.1.code: There are two components with the code commission.',
      { ...json, components: [commission, commission] },
    ],
    [
      'engagement.conflictScope: Use "customer" or "family".',
      { ...json, engagement: { conflictScope: 'product' } },
    ],
    ['engagement.productFamilies.0: Enter the family', { ...json, engagement: { productFamilies: [' '] } }],
    ['currency: Use an ISO 4217 code', { ...json, currency: 'USDOLLAR' }],
    ['startsOn: Use a date like 2026-01-01.', { ...json, startsOn: '2026-02-30' }],
    ['payoutGraceDays: Wait for at most 90 days.', { ...json, payoutGraceDays: 91 }],
    ['protectionDays: Protect for at least 1 day.', { ...json, protectionDays: 0 }],
  ])('%s', (message, body) => {
    expect(() => programFromJson(body)).toThrow(AppError);
    expect(() => programFromJson(body)).toThrow(message);
  });
});
