import { describe, expect, test } from 'vitest';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { readProgramDocument, requireProgramDocument } from '#src/domain/program/document/document.ts';
import { runProgramTests } from '#src/domain/program/document/run-tests.ts';
import { written } from './written-program.ts';

const registration = {
  submittedAt: '2026-06-15T08:00:00Z',
  partner: { code: 'P-100', tier: 'Gold' },
  customer: { name: 'Acme GmbH', domain: 'acme.com', country: 'DE' },
  productFamily: 'Network',
  amount: '50000.00 USD',
};
const routed = {
  ...written,
  protection: { exceptions: [{ when: { tiers: ['Gold'] }, days: 120 }] },
  approval: {
    ...written.approval,
    routes: [
      {
        name: 'Large',
        when: { amountFrom: ['100000 USD'] },
        steps: [
          { name: 'Review', anyOf: ['group emea'] },
          { name: 'Director', anyOf: ['lena@vendor.example'] },
        ],
      },
      ...written.approval.routes,
    ],
  },
};

function resultsOf(tests: readonly object[]): readonly (readonly string[])[] {
  const document = requireProgramDocument({ ...routed, tests });
  return runProgramTests(document).map(({ failures }) => failures);
}

describe('the tests of a programme', () => {
  test('decide registrations by the rules of engagement, the protection, the route and the clock', () => {
    const clear = {
      name: 'Clear',
      registration,
      expect: {
        status: 'approved',
        rules: [],
        protectedUntil: '2026-10-13',
        route: 'Everything',
        steps: [['olga@vendor.example', 'omar@vendor.example']],
        decisionDue: '2026-06-17T08:00:00Z',
      },
    };
    const rivals = [
      {
        kind: 'registration',
        status: 'approved',
        submittedAt: '2026-06-01T08:00:00Z',
        protectedUntil: '2026-09-01',
        productFamily: 'Network',
      },
    ];
    const conflict = {
      name: 'Large deal, registered earlier by another partner',
      registration: { ...registration, amount: '100000 USD', rivals },
      expect: {
        status: 'in_review',
        rules: ['earlier_registration'],
        protectedUntil: null,
        route: 'Large',
        steps: [['olga@vendor.example', 'omar@vendor.example'], ['lena@vendor.example']],
      },
    };
    const others: readonly [string, object, string][] = [
      [
        'opportunity',
        { kind: 'opportunity', openedAt: '2026-05-01T00:00:00Z', stage: 'Proposal' },
        'direct_opportunity',
      ],
      ['lead', { kind: 'lead', openedAt: '2026-05-01T00:00:00Z' }, 'open_lead'],
      ['purchase', { kind: 'purchase', since: '2025-05-01', lastOn: '2026-01-01' }, 'existing_customer'],
    ];
    const found = others.map(([name, rival, rule]) => ({
      name,
      registration: { ...registration, rivals: [rival] },
      expect: { status: 'in_review', rules: [rule] },
    }));
    expect(resultsOf([clear, conflict, ...found])).toEqual([[], [], [], [], []]);
  });

  test('say what came out instead', () => {
    const wrong = {
      name: 'Wrong',
      registration,
      expect: {
        status: 'rejected',
        rules: ['open_lead'],
        protectedUntil: '2026-09-13',
        route: 'Large',
        steps: [['lena@vendor.example']],
        decisionDue: '2026-06-16T08:00:00Z',
      },
    };
    expect(resultsOf([wrong])).toEqual([
      [
        'status is approved instead of rejected.',
        'rules is none instead of open_lead.',
        'protectedUntil is 2026-10-13 instead of 2026-09-13.',
        'route is Everything instead of Large.',
        'steps is (olga@vendor.example, omar@vendor.example) instead of (lena@vendor.example).',
        'decisionDue is 2026-06-17T08:00:00Z instead of 2026-06-16T08:00:00Z.',
      ],
    ]);
  });

  test('meet automatic approval as the programme sets it', () => {
    const document = requireProgramDocument({
      ...routed,
      approval: { ...routed.approval, automatic: { enabled: false } },
      tests: [
        { name: 'Off', registration, expect: { status: 'in_review', rules: ['automatic_approval'] } },
        { name: 'On', registration, expect: { status: 'approved', rules: [] } },
      ],
    });
    expect(runProgramTests(document).map(({ failures }) => failures)).toEqual([
      [],
      ['status is in_review instead of approved.', 'rules is automatic_approval instead of none.'],
    ]);
  });

  test('calculate the commission of an invoice at a tier', () => {
    const invoice = { issuedOn: '2026-06-15', tier: 'Gold', amount: '1000 USD' };
    expect(
      resultsOf([
        { name: 'Gold', invoice, expect: { earns: { commission: '100.00 USD' } } },
        { name: 'Lower', invoice, expect: { earns: { commission: '90 USD' } } },
        { name: 'Early', invoice: { ...invoice, issuedOn: '2025-12-31' }, expect: { earns: {} } },
        { name: 'No tier', invoice: { ...invoice, tier: 'Bronze' }, expect: { earns: {} } },
      ]),
    ).toEqual([
      [],
      ['earns is commission 100.00 USD instead of commission 90.00 USD.'],
      [],
      ['Commission has no rate for the tier Bronze. Assess tiers again.'],
    ]);
  });

  test('that fail are problems of the programme', () => {
    const tests = [{ name: 'Wrong', registration, expect: { status: 'rejected' } }];
    const { document, problems } = checkProgram(JSON.stringify({ ...routed, tests }));
    expect(document?.tests).toHaveLength(1);
    expect(problems).toEqual(['Test "Wrong": status is approved instead of rejected.']);
  });

  test('must describe one thing and what comes out', () => {
    const problemsOf = (...tests: readonly object[]) => {
      const reading = readProgramDocument({ ...routed, tests });
      return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(problemsOf({ name: 'Nothing', expect: { status: 'approved' } })).toEqual([
      'tests[0]: Describe either a registration or an invoice.',
    ]);
    expect(problemsOf({ name: 'Empty', registration, expect: {} })).toEqual([
      'tests[0].expect: Say what must come out: status, rules, protectedUntil, route, steps, decisionDue or earns.',
    ]);
    expect(problemsOf({ name: 'Typing error', registration, expect: { statos: 'approved' } })).toContain(
      'tests[0].expect.statos: There is no such setting. The nearest name is "status".',
    );
  });
});
