import { describe, expect, test } from 'vitest';
import { programChanges } from '#src/domain/program/document/difference.ts';
import {
  programHash,
  readProgramDocument,
  requireProgramDocument,
} from '#src/domain/program/document/document.ts';
import { written } from './written-program.ts';

const [calendar] = written.serviceLevel.calendars;
const full = {
  ...written,
  regions: { DACH: ['DE', 'AT'] },
  engagement: { productFamilies: ['Network', 'Storage'] },
  protection: {
    days: 90,
    exceptions: [{ when: { tiers: ['Gold'], amountFrom: ['100000 USD'] }, days: 120 }],
    activityDays: 60,
    zone: 'Europe/Berlin',
  },
  serviceLevel: {
    calendars: [
      {
        ...calendar,
        holidays: [{ date: '2026-12-25', name: 'Christmas' }],
        exceptions: [{ date: '2026-12-24', name: 'Christmas Eve', hours: ['09:00-12:00'] }],
      },
    ],
  },
  approval: {
    ...written.approval,
    routes: [
      {
        name: 'Large',
        when: { regions: ['DACH'], countries: ['FR'] },
        steps: [
          { name: 'Review', anyOf: ['group emea'] },
          { name: 'Director', anyOf: ['lena@vendor.example'] },
        ],
      },
      { name: 'Middle', when: { partners: ['P-1'] }, steps: [{ name: 'Review', anyOf: ['role ops'] }] },
      ...written.approval.routes,
    ],
  },
};
const document = requireProgramDocument(full);

function changesTo(changes: object): readonly string[] {
  return programChanges(document, requireProgramDocument({ ...full, ...changes })).map(
    ({ sentence }) => sentence,
  );
}

describe('the difference between two programmes', () => {
  test('is a sentence for each setting', () => {
    expect(changesTo({ protection: { ...full.protection, days: 60 } })).toEqual([
      'Protection: 90 days → 60 days',
    ]);
    expect(
      changesTo({
        components: [{ code: 'commission', label: 'Commission', rates: { Registered: '5 %', Gold: '9 %' } }],
      }),
    ).toEqual(['Component commission: Gold earns 10 % → 9 %']);
    expect(changesTo({ protection: { ...full.protection, activityDays: null, exceptions: [] } })).toEqual([
      'Protection ends without activity after: 60 days → never',
      'Protection, exception 1 is removed. It was: 120 days for tiers Gold and amounts from 100000.00 USD',
    ]);
  });

  test('names the limit of automatic approval', () => {
    const limit = { percent: 5, ofLast: 200, atLeast: 40 };
    const automatic = { enabled: false, stopWhenOverturned: limit };
    expect(changesTo({ lifecycle: 'on', approval: { ...full.approval, automatic } })).toEqual([
      'Lifecycle for registrations of the CRM: off → on',
      'Registrations without a conflict are approved automatically: yes → no',
      'Automatic approval stops when overturned: never → more than 5 % of the last 200, from 40 approvals on',
    ]);
  });

  test('needs a lifecycle and enough approvals for that limit', () => {
    const problemsOf = (limit: object, lifecycle: string) => {
      const approval = { ...full.approval, automatic: { stopWhenOverturned: limit } };
      const reading = readProgramDocument({ ...full, lifecycle, approval });
      return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(problemsOf({ percent: 5 }, 'on')).toEqual([]);
    expect(problemsOf({ percent: 5 }, 'off')).toEqual([
      'approval.automatic.stopWhenOverturned: Set lifecycle to on, or remove it: without a lifecycle no overturned approval is counted.',
    ]);
    expect(problemsOf({ percent: 5, ofLast: 10, atLeast: 11 }, 'on')).toEqual([
      'approval.automatic.stopWhenOverturned.atLeast: 11 does not fit. Use at most 10, the number in ofLast: more approvals are never counted.',
    ]);
  });

  test('names a removed exception of a calendar with its day', () => {
    expect(
      changesTo({
        serviceLevel: { calendars: [{ ...calendar, holidays: full.serviceLevel.calendars[0]?.holidays }] },
      }),
    ).toEqual(['Calendar 1, exception on 2026-12-24 is removed. It was: Christmas Eve, 09:00-12:00']);
  });

  test('names a new tier, a route in another place and a promise', () => {
    expect(
      changesTo({
        tiers: [...written.tiers, { name: 'Platinum', revenue: '2000000 USD' }],
        components: [
          {
            code: 'commission',
            label: 'Commission',
            rates: { Registered: '5 %', Gold: '10 %', Platinum: '12 %' },
          },
        ],
        approval: {
          ...full.approval,
          routes: [full.approval.routes[1], full.approval.routes[0], full.approval.routes[2]],
        },
        serviceLevel: { ...full.serviceLevel, decision: { kind: 'business_hours', minutes: 480 } },
      }),
    ).toEqual([
      'Tier Platinum is new: from 2000000.00 USD',
      'Component commission: Platinum earns is new: 12 %',
      'A registration is answered within: 2 business days, same time → 480 business minutes',
      'Routes, order: Large, Middle, Everything → Middle, Large, Everything',
    ]);
  });

  test('is empty for the same document, and for nothing else', () => {
    expect(programChanges(document, document)).toEqual([]);
    let changed = 0;
    const missed: string[] = [];
    for (const path of leavesOf(full)) {
      const reading = readProgramDocument(withChange(full, path));
      if (!reading.ok || programHash(reading.document) === programHash(document)) continue;
      changed += 1;
      const changes = programChanges(document, reading.document);
      if (changes.length === 0) missed.push(path.join('.'));
      expect(programChanges(reading.document, document)).toHaveLength(changes.length);
    }
    expect(missed).toEqual([]);
    expect(changed).toBeGreaterThan(25);
  });

  test('has a label in words for every setting', () => {
    const other = requireProgramDocument({
      name: 'Other',
      currency: 'EUR',
      startsOn: '2027-01-01',
      tiers: [{ name: 'Partner', revenue: '0 EUR' }],
      components: [{ code: 'bonus', label: 'Bonus', rates: { Partner: '1 %' } }],
      regions: { Nordics: ['SE'] },
    });
    const settings = [...programChanges(document, other), ...programChanges(other, document)].map(
      ({ setting }) => setting,
    );
    expect(settings.length).toBeGreaterThan(50);
    expect(settings.filter((setting) => /^[a-z]|\w\.\w/.test(setting))).toEqual([]);
  });
});

type Path = readonly (string | number)[];

function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, part]) => leavesOf(part, [...path, key]));
}

/** The same document with another value at the path. */
function withChange(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return otherValue(value);
  if (Array.isArray(value))
    return value.map((part, index) => (index === key ? withChange(part, rest) : part));
  return { ...(value as object), [key]: withChange((value as Record<string, unknown>)[key], rest) };
}

function otherValue(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return 7;
  const swaps: Readonly<Record<string, string>> = {
    USD: 'EUR',
    DE: 'CH',
    AT: 'CH',
    FR: 'CH',
    'Europe/Berlin': 'UTC',
  };
  return (
    swaps[value] ??
    value
      .replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))
      .replace(/^[A-Za-z]{3,}/, (text) => `${text}x`)
  );
}
