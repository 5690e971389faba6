import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DealFacts } from '#src/domain/program/document/conditions.ts';
import { requireProgramDocument } from '#src/domain/program/document/document.ts';
import {
  approvalRoute,
  lifecycleProgrammeOf,
  protectionDaysOf,
} from '#src/domain/program/document/lifecycle-programme.ts';
import { written } from './written-program.ts';

const deal: DealFacts = {
  partnerCode: 'P-100',
  tier: 'Gold',
  customerCountry: 'DE',
  productFamily: 'Network / Switches',
  dealType: 'new',
  amount: { minor: 50_000_00n, currency: 'USD' },
};

const step = (name: string) => [{ name, anyOf: ['role ops'] }];
const routed = requireProgramDocument({
  ...written,
  regions: { DACH: ['DE', 'AT', 'CH'] },
  engagement: { productFamilies: ['Network / Switches', 'Network / Routers', 'Storage'] },
  protection: {
    exceptions: [
      { when: { amountFrom: ['100000 USD', '90000 EUR'] }, days: 180 },
      { when: { tiers: ['Gold'], productFamilies: ['Network'] }, days: 120 },
    ],
  },
  approval: {
    routes: [
      { name: 'One partner', when: { partners: ['P-7'] }, steps: step('a') },
      { name: 'Large', when: { amountFrom: ['100000.00 USD'] }, steps: [...step('a'), ...step('b')] },
      {
        name: 'Switches in DACH',
        when: { regions: ['DACH'], productFamilies: ['Switches'] },
        steps: step('c'),
      },
      { name: 'Network', when: { productFamilies: ['Network'] }, steps: step('d') },
      { name: 'Everything', steps: step('e') },
    ],
  },
});
const routeOf = (changes: Partial<DealFacts>) => approvalRoute(routed, { ...deal, ...changes }).name;
const daysOf = (changes: Partial<DealFacts>) => protectionDaysOf(routed, { ...deal, ...changes });

describe('the lifecycle by a programme document', () => {
  test('has the settings of the worked cases when the document says the same', () => {
    const table = JSON.parse(
      readFileSync(new URL('../../registrations/lifecycle/states.json', import.meta.url), 'utf8'),
    ) as { readonly programmeDefaults: Record<string, unknown> };
    const { publishedAt: _, calendars, ...defaults } = table.programmeDefaults;
    const document = requireProgramDocument({ ...written, protection: { zone: 'UTC' } });
    const names: Record<string, string> = {
      'olga@vendor.example': 'olga',
      'omar@vendor.example': 'omar',
      'lena@vendor.example': 'lena',
    };
    const programme = lifecycleProgrammeOf(document, 1, { idsOf: (email) => [names[email] ?? email] });
    expect(programme).toMatchObject({ ...defaults, protectionZone: 'UTC' });
    expect(programme.calendars[0]).toMatchObject((calendars as object[])[0] ?? {});
    expect(Object.keys(programme).toSorted()).toEqual(
      [...Object.keys(defaults), 'calendars', 'protectionZone'].toSorted(),
    );
  });

  test('counts the days of the newest calendar’s zone unless the document names another', () => {
    expect(lifecycleProgrammeOf(requireProgramDocument(written), 3)).toMatchObject({
      version: 3,
      protectionZone: 'Europe/Berlin',
    });
  });

  test('takes the first route that fits', () => {
    expect(routeOf({})).toBe('Switches in DACH');
    expect(routeOf({ partnerCode: 'P-7' })).toBe('One partner');
    expect(routeOf({ customerCountry: 'FR' })).toBe('Network');
    expect(routeOf({ productFamily: 'Network' })).toBe('Network');
    expect(routeOf({ productFamily: 'Storage' })).toBe('Everything');
    expect(routeOf({ customerCountry: null, productFamily: null })).toBe('Everything');
  });

  test('sends a deal to the route of large deals from its limit on, and when the amount cannot be compared', () => {
    expect(routeOf({ amount: { minor: 99_999_99n, currency: 'USD' } })).toBe('Switches in DACH');
    expect(routeOf({ amount: { minor: 100_000_00n, currency: 'USD' } })).toBe('Large');
    expect(routeOf({ amount: { minor: 1n, currency: 'EUR' } })).toBe('Large');
    expect(routeOf({ amount: null })).toBe('Large');
    expect(lifecycleProgrammeOf(routed, 1).approvalSteps.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('protects by size, tier and product, and an amount that cannot be compared is not large', () => {
    expect(daysOf({})).toBe(120);
    expect(daysOf({ tier: 'Registered' })).toBe(90);
    expect(daysOf({ productFamily: 'Storage' })).toBe(90);
    expect(daysOf({ amount: { minor: 100_000_00n, currency: 'USD' } })).toBe(180);
    expect(daysOf({ amount: { minor: 90_000_00n, currency: 'EUR' } })).toBe(180);
    expect(daysOf({ amount: { minor: 89_999_99n, currency: 'EUR' } })).toBe(120);
    expect(daysOf({ amount: { minor: 10n ** 15n, currency: 'JPY' } })).toBe(120);
    expect(daysOf({ amount: null })).toBe(120);
  });

  test('names everybody of a group once', () => {
    const document = requireProgramDocument({
      ...written,
      approval: {
        groups: { emea: ['Olga@vendor.example', 'omar@vendor.example'] },
        routes: [
          {
            name: 'All',
            steps: [{ name: 'Review', anyOf: ['olga@vendor.example', 'group emea', 'role ops'] }],
          },
        ],
      },
    });
    expect(lifecycleProgrammeOf(document, 1).approvalSteps).toEqual([
      { name: 'Review', anyOf: ['olga@vendor.example', 'omar@vendor.example', 'role ops'] },
    ]);
  });
});

describe('what depends on the deal', () => {
  const programmeFor = (changes: object, facts: Partial<DealFacts> = {}) =>
    lifecycleProgrammeOf(requireProgramDocument({ ...written, ...changes }), 1, {
      deal: { ...deal, ...facts },
    });
  const large = { approval: { ...written.approval, fourEyesFrom: ['50000 USD'], distinctApprovers: false } };
  const stepsOf = (facts: Partial<DealFacts>) =>
    programmeFor(large, facts).approvalSteps.map(({ name }) => name);

  test('two people approve from an amount on, and where amounts cannot be compared', () => {
    expect(stepsOf({})).toEqual(['review', 'Second approval']);
    expect(programmeFor(large).distinctApprovers).toBe(true);
    expect(stepsOf({ amount: { minor: 49_999_99n, currency: 'USD' } })).toEqual(['review']);
    expect(stepsOf({ amount: null })).toHaveLength(2);
    expect(stepsOf({ amount: { minor: 1n, currency: 'EUR' } })).toHaveLength(2);
  });

  test('a person with a conflict of interest does not decide', () => {
    const conflictsOfInterest = [{ person: 'olga@vendor.example', when: { partners: ['P-100'] } }];
    const changes = { approval: { ...written.approval, conflictsOfInterest } };
    expect(programmeFor(changes).conflicted).toEqual(['olga@vendor.example']);
    expect(programmeFor(changes, { partnerCode: 'P-1' }).conflicted).toBeUndefined();
  });

  test('an extension has the length and number of the first exception that fits', () => {
    const exceptions = [
      { when: { tiers: ['Gold'] }, maximum: 3 },
      { when: { productFamilies: ['Network'] }, days: 60 },
    ];
    const extension = { days: 30, maximum: 1, exceptions };
    const of = (facts: Partial<DealFacts>) => {
      const { extensionDays, maxExtensions } = programmeFor({ protection: { extension } }, facts);
      return [extensionDays, maxExtensions];
    };
    expect(of({})).toEqual([30, 3]);
    expect(of({ tier: null })).toEqual([60, 1]);
    expect(of({ tier: null, productFamily: 'Storage' })).toEqual([30, 1]);
  });

  test('a route can be that of a channel account manager', () => {
    const routes = [
      { name: 'Hers', when: { cams: ['Olga@vendor.example'] }, steps: step('a') },
      { name: 'Others', steps: step('b') },
    ];
    const document = requireProgramDocument({ ...written, approval: { ...written.approval, routes } });
    expect(approvalRoute(document, { ...deal, cam: 'olga@vendor.example' }).name).toBe('Hers');
    expect(approvalRoute(document, { ...deal, cam: 'omar@vendor.example' }).name).toBe('Others');
    expect(approvalRoute(document, deal).name).toBe('Others');
  });
});
