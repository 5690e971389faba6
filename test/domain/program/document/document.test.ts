import { describe, expect, test } from 'vitest';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import {
  programHash,
  programJsonSchema,
  readProgramDocument,
  requireProgramDocument,
  type ProgramDocument,
} from '#src/domain/program/document/document.ts';
import { documentOf, programIn } from '#src/domain/program/document/program-of.ts';
import { programFromYaml, programToYaml } from '#src/domain/program/document/yaml.ts';
import { written } from './written-program.ts';

function documentFrom(text: string): ProgramDocument {
  const reading = programFromYaml(text);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.document;
}

function problemsOf(changes: object): readonly string[] {
  const reading = readProgramDocument({ ...written, ...changes });
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a programme document', () => {
  test('is the same after it was written as YAML and read again', () => {
    const document = requireProgramDocument(written);
    const text = programToYaml(document);
    expect(documentFrom(text)).toEqual(document);
    expect(programToYaml(documentFrom(text))).toBe(text);
  });

  test('has one hash, however its keys are ordered and its amounts are written', () => {
    const { currency, tiers, ...rest } = written;
    const reordered = {
      ...rest,
      tiers: [{ revenue: '0.00 USD', name: 'Registered' }, ...tiers.slice(1)],
      currency,
    };
    const hash = programHash(requireProgramDocument(written));
    expect(programHash(requireProgramDocument(reordered))).toBe(hash);
    expect(programHash(requireProgramDocument({ ...written, payoutGraceDays: 6 }))).not.toBe(hash);
  });

  test('gives a short file all defaults', () => {
    const document = documentFrom(
      'name: Small\ncurrency: EUR\nstartsOn: 2026-01-01\ntiers: [{name: Partner, revenue: 0 EUR}]\n',
    );
    expect(document.protection).toMatchObject({ days: 90, expiryNoticeDays: [30, 7] });
    expect(document.serviceLevel.decision).toEqual({
      kind: 'business_days',
      days: 2,
      dayRule: 'same_time',
    });
    expect(document.approval.routes).toEqual([
      { name: 'Review', steps: [{ name: 'Review', anyOf: ['role ops'] }] },
    ]);
    expect(document.reasons['reject']?.['no_response']?.de).toBe('Unsere Rückfrage wurde nicht beantwortet');
    expect(document.notices.approved.en.subject).toBe('{number}: approved');
  });

  test('holds every value of the programme of a new installation', () => {
    expect(programIn(documentOf(defaultProgram))).toEqual(defaultProgram);
    const { protectionDays: _, ...third } = { ...defaultProgram, protectionDays: 30 };
    const components = third.components.map((one) => ({
      ...one,
      rates: { ...one.rates, Gold: [1n, 3n] as const },
    }));
    const unusual = { ...third, components, protectionDays: 30 };
    expect(programIn(documentOf(unusual))).toEqual(unusual);
  });

  test('is described by a JSON Schema that knows every setting', () => {
    const schema = programJsonSchema() as { properties: Record<string, unknown>; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(Object.keys(requireProgramDocument(written)));
    expect(schema.required).toEqual(['name', 'currency', 'startsOn', 'tiers']);
  });
});

describe('a document that is not valid names the setting and what to write', () => {
  const { approval, serviceLevel } = written;
  const [calendar] = serviceLevel.calendars;
  test.each<[string, object, readonly string[]]>([
    [
      'a misspelt setting',
      { protecton: { days: 60 } },
      ['protecton: There is no such setting. The nearest name is "protection".'],
    ],
    [
      'a misspelt setting inside a list',
      {
        approval: {
          ...approval,
          routes: [{ name: 'All', stepz: [{ name: 'Review', anyOf: ['role ops'] }] }],
        },
      },
      ['approval.routes[0].stepz: There is no such setting. The nearest name is "steps".'],
    ],
    [
      'a number without a currency',
      { tiers: [{ name: 'Registered', revenue: 0 }] },
      ['tiers[0].revenue: 0 does not fit. Write an amount with its currency, such as "100000.00 USD".'],
    ],
    [
      'more decimals than the currency has',
      { tiers: [{ name: 'Registered', revenue: '0.001 USD' }] },
      [
        'tiers[0].revenue: "0.001 USD" does not fit. "0.001" has more decimals than USD allows (2). Write an amount with its currency, such as "100000.00 USD".',
      ],
    ],
    [
      'a rate of more than 100 %',
      {
        components: [
          { code: 'commission', label: 'Commission', rates: { Registered: '101 %', Gold: '5 %' } },
        ],
      },
      [
        'components[0].rates.Registered: "101 %" does not fit. Write a percentage from 0 to 100, such as "7.5 %".',
      ],
    ],
    [
      'a tier that does not exist',
      {
        components: [{ code: 'commission', label: 'Commission', rates: { Registered: '5 %', Golt: '9 %' } }],
      },
      [
        'components[0].rates.Gold: It is missing. Add a rate for Gold, such as "5 %".',
        'components[0].rates.Golt: There is no tier Golt. The nearest name is "Gold".',
      ],
    ],
    [
      'text instead of days',
      { protection: { days: 'ninety' } },
      ['protection.days: "ninety" does not fit. Use a whole number of days from 1 to 1095, such as 90.'],
    ],
    [
      'a notice before the protection begins',
      { protection: { days: 20, extension: { days: 5, maximum: 2 } } },
      [
        'protection.expiryNoticeDays[0]: The longest protection is 30 days with its extensions, so a notice 30 days before its end is never sent. Use fewer days.',
      ],
    ],
    [
      'a misspelt choice',
      { protection: { afterConversion: 'stop' } },
      ['protection.afterConversion: "stop" does not fit. Use runs or stops. The nearest is "stops".'],
    ],
    [
      'a condition without a part',
      { protection: { exceptions: [{ when: {}, days: 120 }] } },
      [
        'protection.exceptions[0].when: Add a condition: partners, tiers, cams, regions, countries, productFamilies, dealTypes or amountFrom.',
      ],
    ],
    [
      'a group that does not exist',
      {
        approval: {
          ...approval,
          routes: [{ name: 'All', steps: [{ name: 'Review', anyOf: ['group emae'] }] }],
        },
      },
      ['approval.routes[0].steps[0].anyOf[0]: There is no group emae. The nearest name is "emea".'],
    ],
    [
      'a last route with a condition',
      {
        approval: {
          routes: [
            {
              name: 'Large',
              when: { amountFrom: ['1 USD'] },
              steps: [{ name: 'Review', anyOf: ['role ops'] }],
            },
          ],
        },
      },
      [
        'approval.routes[0].when: Remove it, or add a last route without a condition, so that every registration has approvers.',
      ],
    ],
    [
      'a step that its only approver cannot approve',
      {
        approval: {
          routes: [
            {
              name: 'Two',
              steps: [
                { name: 'First', anyOf: ['lena@vendor.example'] },
                { name: 'Second', anyOf: ['Lena@vendor.example'] },
              ],
            },
          ],
        },
      },
      [
        'approval.routes[0].steps[1].anyOf: Only lena@vendor.example could approve this step, and approves another one. Name another person, or set distinctApprovers to false.',
      ],
    ],
    [
      'hours that do not exist',
      { serviceLevel: { calendars: [{ ...calendar, weekly: { mon: ['9-17'] } }] } },
      [
        'serviceLevel.calendars[0].weekly.mon[0]: "9-17" does not fit. Write opening hours such as "09:00-17:00". "22:00-06:00" ends on the next date, "24:00" at midnight.',
      ],
    ],
    [
      'a calendar that never opens',
      { serviceLevel: { calendars: [{ ...calendar, weekly: {} }] } },
      [
        'serviceLevel.calendars[0].weekly: It does not open often enough for the promised decision. Add opening hours.',
        'serviceLevel.calendars[0].weekly: It does not open often enough for the promised appeal. Add opening hours.',
      ],
    ],
    [
      'a time zone that does not exist',
      { serviceLevel: { calendars: [{ ...calendar, timeZone: 'Europe/Bonn' }] } },
      [
        'serviceLevel.calendars[0].timeZone: "Europe/Bonn" does not fit. Use the name of a time zone, such as Europe/Berlin.',
      ],
    ],
    [
      'an unknown value in a notice',
      { notices: { approved: { en: { text: 'Hello {costumer}' } } } },
      ['notices.approved.en.text: There is no value {costumer}. The nearest is {customer}.'],
    ],
    [
      'an unknown reason',
      { reasons: { reject: { too_many_opn: { en: 'Too many' } } } },
      ['reasons.reject.too_many_opn: There is no such setting. The nearest name is "too_many_open".'],
    ],
  ])('%s', (_, changes, problems) => {
    expect(problemsOf(changes)).toEqual(problems);
  });

  test('a file that is not YAML, and one that repeats a setting', () => {
    expect(programFromYaml('name: [')).toMatchObject({ ok: false });
    const repeated = programFromYaml('name: A\nname: B\n');
    expect(repeated.ok ? [] : repeated.problems[0]?.message).toBe(
      'The setting "name" is written twice in one place. Remove one.',
    );
  });
});
