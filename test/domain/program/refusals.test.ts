import { describe, expect, test } from 'vitest';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import { AppError } from '#src/domain/errors.ts';
import { assessAll, assessTier } from '#src/domain/program/assess-tier.ts';
import { programFromJson, programToJson } from '#src/domain/program/codec.ts';
import { defaultRuleSettings } from '#src/domain/program/rule-settings.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { defaultEngagement } from '#src/domain/program/engagement.ts';
import { partnerIn } from '#src/domain/program/merged-partners.ts';

const json = programToJson(defaultProgram);
const [component] = json.components;
if (!component) throw new Error('The default programme has a component.');
const withComponent = (part: object) => ({ ...json, components: [{ ...component, ...part }] });

/** The problems of a programme that is not valid, as a person reads them. */
function problemsOf(body: unknown): unknown {
  try {
    programFromJson(body);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('bad_request');
    const problems = error.detail['problems'] as string[];
    expect(error.message).toBe(`The programme is not valid. ${problems.join(' ')}`);
    return problems;
  }
}

describe('a programme that is not valid names each field and what to enter there', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['no name', { ...json, name: ' ' }, ['name: Enter a name for the programme.']],
    ['a name of 81 characters', { ...json, name: 'x'.repeat(81) }, ['name: Use at most 80 characters.']],
    ['another currency', { ...json, currency: 'usd' }, ['currency: Use an ISO 4217 code, such as USD.']],
    ['a start that is no date', { ...json, startsOn: '2026-1-1' }, ['startsOn: Use a date like 2026-01-01.']],
    [
      'a start with a time',
      { ...json, startsOn: '2026-01-01T00:00' },
      ['startsOn: Use a date like 2026-01-01.'],
    ],
    [
      'half a day of protection',
      { ...json, protectionDays: 1.5 },
      ['protectionDays: Use a whole number of days.'],
    ],
    ['no protection', { ...json, protectionDays: 0 }, ['protectionDays: Protect for at least 1 day.']],
    [
      'three years and a day',
      { ...json, protectionDays: 1096 },
      ['protectionDays: Protect for at most 1095 days.'],
    ],
    [
      'half a day of grace',
      { ...json, payoutGraceDays: 0.5 },
      ['payoutGraceDays: Use a whole number of days.'],
    ],
    ['a negative grace', { ...json, payoutGraceDays: -1 }, ['payoutGraceDays: Use 0 for none.']],
    ['a grace of 91 days', { ...json, payoutGraceDays: 91 }, ['payoutGraceDays: Wait for at most 90 days.']],
    ['no tier', { ...json, tiers: [], components: [] }, ['tiers: Add at least one tier.']],
    [
      'a tier without a name',
      { ...json, tiers: [{ name: '', trailingRevenueMinor: '0' }], components: [] },
      ['tiers.0.name: Enter a name.'],
    ],
    [
      'a tier with a name of 41 characters',
      { ...json, tiers: [{ name: 'x'.repeat(41), trailingRevenueMinor: '0' }], components: [] },
      ['tiers.0.name: Use at most 40 characters, so that it fits a CRM field.'],
    ],
    [
      'an amount with decimals',
      { ...json, tiers: [{ name: 'A', trailingRevenueMinor: '0.5' }], components: [] },
      [
        'tiers.0.trailingRevenueMinor: Use a string of whole minor units, such as "10000000" for 100,000.00.',
        'tiers.0.trailingRevenueMinor: Use "0" for the first tier, so that every partner has a tier.',
      ],
    ],
    [
      'an amount of 19 digits',
      { ...json, tiers: [{ name: 'A', trailingRevenueMinor: '1'.repeat(19) }], components: [] },
      [
        'tiers.0.trailingRevenueMinor: Use a string of whole minor units, such as "10000000" for 100,000.00.',
        'tiers.0.trailingRevenueMinor: Use "0" for the first tier, so that every partner has a tier.',
      ],
    ],
    [
      'a first tier that requires something',
      { ...json, tiers: [{ name: 'A', trailingRevenueMinor: '1' }], components: [] },
      ['tiers.0.trailingRevenueMinor: Use "0" for the first tier, so that every partner has a tier.'],
    ],
    [
      'tiers that do not rise, and share a name',
      {
        ...json,
        tiers: [
          { name: 'A', trailingRevenueMinor: '0' },
          { name: 'A', trailingRevenueMinor: '0' },
        ],
        components: [],
      },
      [
        'tiers.1.trailingRevenueMinor: Use more than the tier before it (0). Order tiers from the lowest to the highest.',
        'tiers.1.name: There are two tiers named A. Rename one.',
      ],
    ],
    [
      'another kind',
      withComponent({ kind: 'rebate' }),
      ['components.0.kind: The only kind of component is "commission".'],
    ],
    [
      'a code in upper case',
      withComponent({ code: 'Commission' }),
      ['components.0.code: Use lower-case letters, digits and _, starting with a letter.'],
    ],
    [
      'a code of 41 characters',
      withComponent({ code: 'x'.repeat(41) }),
      ['components.0.code: Use lower-case letters, digits and _, starting with a letter.'],
    ],
    ['a component without a label', withComponent({ label: '' }), ['components.0.label: Enter a name.']],
    [
      'a code twice',
      { ...json, components: [component, component] },
      ['components.1.code: There are two components with the code commission. Change one.'],
    ],
    [
      'rates for other tiers',
      withComponent({ rates: { Registered: ['0', '1'], Bronze: ['0', '1'], Tin: ['0', '1'] } }),
      [
        'components.0.rates: Add a rate for Silver, Gold, Platinum.',
        'components.0.rates: There is no tier Bronze, Tin. Remove its rate or add the tier.',
      ],
    ],
    [
      'a rate over nothing',
      withComponent({ rates: { ...component.rates, Gold: ['1', '0'] } }),
      [
        'components.0.rates.Gold: The second number must be more than 0: ["5", "100"] is 5 %.',
        'components.0.rates.Gold: A rate cannot be more than 100 %.',
      ],
    ],
    [
      'a rate of more than everything',
      withComponent({ rates: { ...component.rates, Gold: ['101', '100'] } }),
      ['components.0.rates.Gold: A rate cannot be more than 100 %.'],
    ],
    [
      'another scope of conflicts',
      { ...json, engagement: { conflictScope: 'deal' } },
      ['engagement.conflictScope: Use "customer" or "family".'],
    ],
    [
      'another way with existing customers',
      { ...json, engagement: { existingCustomer: 'block' } },
      ['engagement.existingCustomer: Use "review" or "note".'],
    ],
    [
      'a family without a name',
      { ...json, engagement: { productFamilies: [''] } },
      ['engagement.productFamilies.0: Enter the family, or remove the line.'],
    ],
    [
      'no look-back',
      { ...json, engagement: { lookBackMonths: 0 } },
      ['engagement.lookBackMonths: Look back for at least 1 month.'],
    ],
    [
      'a look-back of more than fifty years',
      { ...json, engagement: { lookBackMonths: 601 } },
      ['engagement.lookBackMonths: Look back for at most 600 months.'],
    ],
    [
      'negative differences of another project',
      { ...json, engagement: { otherProjectAmountPercent: -1, otherProjectCloseDays: -1 } },
      [
        'engagement.otherProjectAmountPercent: Use 0 if every other amount may be another project.',
        'engagement.otherProjectCloseDays: Use 0 if every other date may be another project.',
      ],
    ],
    [
      'differences of another project that no deal has',
      { ...json, engagement: { otherProjectAmountPercent: 1001, otherProjectCloseDays: 1096 } },
      [
        'engagement.otherProjectAmountPercent: Use at most 1000.',
        'engagement.otherProjectCloseDays: Use at most 1095 days.',
      ],
    ],
    [
      'parts of a month, percent or day',
      {
        ...json,
        engagement: { lookBackMonths: 1.5, otherProjectAmountPercent: 1.5, otherProjectCloseDays: 1.5 },
      },
      [
        'engagement.lookBackMonths: Use a whole number of months.',
        'engagement.otherProjectAmountPercent: Use a whole number, such as 25.',
        'engagement.otherProjectCloseDays: Use a whole number of days.',
      ],
    ],
    [
      'another effect of an edit, and a negative percentage',
      { ...json, engagement: { afterApproval: 'approve', amountChangePercent: -1 } },
      [
        'engagement.afterApproval: Use "review" or "put_back".',
        'engagement.amountChangePercent: Use 0 if every change of the amount needs a review.',
      ],
    ],
    [
      'a stage without a name',
      { ...json, engagement: { lateStages: ['Won', ' '] } },
      ['engagement.lateStages.1: Enter the stage, or remove the line.'],
    ],
  ])('%s', (_case, body, problems) => {
    expect(problemsOf(body)).toEqual(problems);
  });

  test('a body that is no programme at all is refused without a field', () => {
    expect(problemsOf('text')).toEqual([expect.stringContaining('expected object')]);
  });

  test.each<[string, object]>([
    ['a name of 80 characters', { name: 'x'.repeat(80) }],
    ['one day of protection', { protectionDays: 1 }],
    ['three years of protection', { protectionDays: 1095 }],
    ['no grace', { payoutGraceDays: 0 }],
    ['a grace of 90 days', { payoutGraceDays: 90 }],
    ['a rate of everything', withComponent({ rates: { ...component.rates, Gold: ['1', '1'] } })],
    ['a code of 40 characters', withComponent({ code: `a${'_'.repeat(39)}` })],
    [
      'every policy',
      { engagement: { ...defaultEngagement, conflictScope: 'customer', existingCustomer: 'note' } },
    ],
    ['no component', { components: [] }],
  ])('%s is accepted', (_case, part) => {
    expect(problemsOf({ ...json, ...part })).toEqual([]);
  });
});

test('the default programme is this one', () => {
  expect(defaultProgram).toEqual({
    name: 'Partner programme',
    currency: 'USD',
    startsOn: '2026-01-01',
    protectionDays: 90,
    payoutGraceDays: 5,
    engagement: {
      conflictScope: 'family',
      productFamilies: [],
      lateStages: ['Negotiation/Review', 'decisionmakerboughtin', 'contractsent'],
      existingCustomer: 'review',
      lookBackMonths: 24,
      otherProjectAmountPercent: 25,
      otherProjectCloseDays: 60,
      afterApproval: 'review',
      amountChangePercent: 25,
      rules: defaultRuleSettings,
    },
    tiers: [
      { name: 'Registered', trailingRevenueMinor: 0n },
      { name: 'Silver', trailingRevenueMinor: 10_000_000n },
      { name: 'Gold', trailingRevenueMinor: 50_000_000n },
      { name: 'Platinum', trailingRevenueMinor: 200_000_000n },
    ],
    components: [
      {
        kind: 'commission',
        code: 'commission',
        label: 'Commission',
        rates: { Registered: [5n, 100n], Silver: [75n, 1000n], Gold: [10n, 100n], Platinum: [12n, 100n] },
      },
    ],
  });
});

test('a merged partner counts as itself up to the month of its merge, and then as the other, step by step', () => {
  const merges = new Map([
    ['a', { into: 'b', period: '2026-03' }],
    ['b', { into: 'c', period: '2026-05' }],
  ]);
  const months = ['2026-03', '2026-04', '2026-05', '2026-06'];
  expect(months.map((month) => partnerIn(month, 'a', merges))).toEqual(['a', 'b', 'b', 'c']);
  expect(partnerIn('2026-06', 'd', merges)).toBe('d');
});

describe('a tier', () => {
  const invoice = (
    amountMinor: bigint,
    issuedOn: string,
    changes: Partial<InvoiceFact> = {},
  ): InvoiceFact => ({
    id: issuedOn,
    number: issuedOn,
    kind: 'invoice',
    partnerId: 'p-1',
    currency: 'USD',
    amountMinor,
    issuedOn,
    paidOn: null,
    ...changes,
  });

  test('needs a programme that has one', () => {
    expect(() => assessTier({ ...defaultProgram, tiers: [] }, 'p-1', [], '2026-11')).toThrow(
      expect.objectContaining({ code: 'internal', message: 'A programme needs at least one tier.' }),
    );
  });

  test('adds up several invoices of one month', () => {
    const months = [
      invoice(100n, '2026-01-01'),
      invoice(23n, '2026-01-31'),
      invoice(3n, '2026-01-15', { kind: 'credit_memo' }),
    ];
    expect(assessTier(defaultProgram, 'p-1', months, '2026-02').trailingRevenueMinor).toBe(120n);
  });

  test('counts what another partner sold only for the seller', () => {
    const sold = [invoice(100n, '2026-01-01', { soldBy: 'p-2' })];
    const assessed = assessAll(defaultProgram, sold, ['2026-02'], ['p-1', 'p-2']);
    expect(assessed.map((one) => [one.partnerId, one.trailingRevenueMinor])).toEqual([
      ['p-1', 0n],
      ['p-2', 100n],
    ]);
  });

  test('is assessed for each partner and period in the given order', () => {
    const assessed = assessAll(defaultProgram, [], ['2026-03', '2026-02'], ['p-2', 'p-1']);
    expect(assessed.map((one) => `${one.partnerId} ${one.effectiveFrom}`)).toEqual([
      'p-2 2026-03-01',
      'p-2 2026-02-01',
      'p-1 2026-03-01',
      'p-1 2026-02-01',
    ]);
  });
});
