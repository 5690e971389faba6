import { describe, expect, test } from 'vitest';
import { applyRulesOfEngagement } from '#src/domain/registrations/apply-rules.ts';
import { customerHistory, showsHistory } from '#src/domain/registrations/customer-history.ts';
import {
  holdsProtection,
  isEarlier,
  precedenceOf,
  type RegistrationRival,
} from '#src/domain/registrations/precedence.ts';
import type { PartnerSales, RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';
import { currentRules } from '#src/domain/registrations/rules/rule.ts';
import { replayDecision, ruleFacts } from '#src/domain/registrations/replay.ts';
import { answerDueAt, responseBusinessDays } from '#src/domain/registrations/response-deadline.ts';
import { territoryOf } from '#src/domain/registrations/territory.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import {
  baseRegistration,
  brief,
  customer,
  decide,
  decideWith,
  matches,
  opportunity,
  registration,
  today,
} from './registration-builders.ts';

/** A registration of another partner from a year ago, whose protection has ended. */
const old = (changes: Partial<RegistrationRival> = {}): RegistrationRival =>
  registration({
    status: 'approved',
    protectedUntil: '2026-01-01',
    submittedAt: '2025-10-02T09:00:00Z',
    ...changes,
  });
const invoiced = (firstOn: string, partnerId = 'p-9') => ({
  partnerId,
  partnerName: `Partner ${partnerId}`,
  firstOn,
  lastOn: '2026-02-02',
});
const historyOf = (rivals: readonly Rival[], facts: Partial<RegistrationFacts> = {}) =>
  customerHistory({ ...baseRegistration, ...facts }, rivals, { today, from: null });
const nothing = { since: null, incumbents: [], families: [], shownBy: null };

describe('the history of a customer', () => {
  test('is empty without a rival and an invoice', () => {
    expect(historyOf([])).toEqual(nothing);
  });

  test.each<[string, Rival]>([
    ['a related company', customer({ match: matches.related })],
    ['an opportunity', opportunity()],
    ['a registration without a protection', old({ protectedUntil: null, outcome: 'won' })],
    ['a registration that is protected today', old({ protectedUntil: today })],
    ['a registration whose deal is open', old({ outcome: 'open' })],
    ['a registration whose deal was lost', old({ outcome: 'lost' })],
    ['a rejected registration', old({ status: 'rejected', outcome: 'won' })],
    ['a purchase on the day of the registration', customer({ since: '2026-10-05' })],
    ['a registration of the same day', old({ submittedAt: '2026-10-05T00:00:00Z', outcome: 'won' })],
  ])('does not contain %s', (_case, rival) => {
    expect(historyOf([rival])).toEqual(nothing);
  });

  test.each<[string, Rival, object]>([
    [
      'a purchase on the day before',
      customer({ since: '2026-10-04', families: ['Platform'] }),
      { since: '2026-10-04', families: ['Platform'], incumbents: [] },
    ],
    [
      'a purchase without known families',
      customer(),
      { since: '2024-03-01', families: null, incumbents: [] },
    ],
    [
      'a registration whose deal was won, even while it is protected',
      old({ outcome: 'won', protectedUntil: '2026-12-31' }),
      {
        since: '2025-10-02',
        families: ['Platform'],
        incumbents: [
          { partnerId: 'p-2', partnerName: 'Northwind Partners', how: 'registered as DR-2026-0007' },
        ],
      },
    ],
    [
      'an expired registration whose deal was won, without a family',
      old({ status: 'expired', outcome: 'won', productFamily: null }),
      {
        since: '2025-10-02',
        families: null,
        incumbents: [
          { partnerId: 'p-2', partnerName: 'Northwind Partners', how: 'registered as DR-2026-0007' },
        ],
      },
    ],
    [
      'a registration whose protection ended yesterday, which is no purchase',
      old({ protectedUntil: '2026-10-04' }),
      {
        since: null,
        families: [],
        incumbents: [
          { partnerId: 'p-2', partnerName: 'Northwind Partners', how: 'registered as DR-2026-0007' },
        ],
      },
    ],
  ])('contains %s', (_case, rival, expected) => {
    expect(historyOf([rival])).toEqual({ ...expected, shownBy: rival });
  });

  test('contains invoices without a rival, and then the families are not known', () => {
    expect(historyOf([], { invoiced: [invoiced('2025-05-05')] })).toEqual({
      since: '2025-05-05',
      families: null,
      incumbents: [{ partnerId: 'p-9', partnerName: 'Partner p-9', how: 'last invoiced 2026-02-02' }],
      shownBy: null,
    });
  });

  test('begins with the first purchase and lists partners by day', () => {
    const won = old({ outcome: 'won' });
    const account = customer({ since: '2025-12-01', families: ['Platform', 'Services'] });
    const found = historyOf([account, won], {
      invoiced: [invoiced('2026-01-01', 'p-8'), invoiced('2025-01-01')],
    });
    expect([found.since, found.shownBy, found.incumbents.map(({ partnerId }) => partnerId)]).toEqual([
      '2025-01-01',
      won,
      ['p-9', 'p-2', 'p-8'],
    ]);
    expect(historyOf([account, won]).families).toEqual(['Platform', 'Services']);
  });

  test('is shown by a purchase before an earlier registration', () => {
    const account = customer();
    const ended = old({ submittedAt: '2023-10-02T09:00:00Z' });
    expect(historyOf([ended, account]).shownBy).toBe(account);
  });

  test('sorts events of one day by rival and partner, for any order of rivals', () => {
    const rivals = [old({ id: 'r-2', partnerId: 'p-b' }), old({ id: 'r-1', partnerId: 'p-a' })];
    const bills = [invoiced('2025-10-02', 'p-d'), invoiced('2025-10-02', 'p-c')];
    for (const [some, others] of [
      [rivals, bills],
      [rivals.toReversed(), bills.toReversed()],
    ] as const) {
      const { incumbents } = historyOf(some, { invoiced: others });
      expect(incumbents.map(({ partnerId }) => partnerId)).toEqual(['p-c', 'p-d', 'p-a', 'p-b']);
    }
  });

  test.each<[string, Rival | null, readonly PartnerSales[], boolean]>([
    ['a purchase on the first day', customer({ lastOn: '2025-10-05' }), [], true],
    ['a purchase on the day before it', customer({ lastOn: '2025-10-04' }), [], false],
    ['a customer without an end', customer({ lastOn: null }), [], true],
    ['an invoice on the first day', null, [{ ...invoiced('2020-01-01'), lastOn: '2025-10-05' }], true],
    ['an invoice on the day before it', null, [{ ...invoiced('2020-01-01'), lastOn: '2025-10-04' }], false],
    [
      'a won deal protected to the first day',
      old({ outcome: 'won', protectedUntil: '2025-10-05' }),
      [],
      true,
    ],
    [
      'a won deal protected to the day before it',
      old({ outcome: 'won', protectedUntil: '2025-10-04' }),
      [],
      false,
    ],
    ['a won deal that is still protected', old({ outcome: 'won', protectedUntil: '2026-12-31' }), [], true],
  ])('of the last year contains %s: %s', (_case, rival, sales, isFound) => {
    const facts = { ...baseRegistration, invoiced: sales };
    const found = customerHistory(facts, rival ? [rival] : [], { today, from: '2025-10-05' });
    expect(found.since !== null).toBe(isFound);
  });

  test('may use every rival that is the same customer, except opportunities', () => {
    const all = [customer(), old(), opportunity(), customer({ match: matches.related })];
    expect(all.map(showsHistory)).toEqual([true, true, false, false]);
  });
});

describe('a renewal', () => {
  test('is not approved because of an approved registration whose protection never ended', () => {
    const samePartner = old({ partnerId: 'p-1', protectedUntil: null });
    expect(brief(decideWith({ facts: { dealType: 'renewal' } }, samePartner))).toContain('renewal review');
  });

  test('is approved for the partner whose protection has ended', () => {
    expect(brief(decideWith({ facts: { dealType: 'renewal' } }, old({ partnerId: 'p-1' })))).toEqual([
      'approve',
    ]);
  });
});

describe('an ended protection', () => {
  const ended = (protectedUntil: string, changes: Partial<RegistrationRival> = {}) =>
    brief(decide(registration({ status: 'expired', protectedUntil, ...changes })));

  test.each([
    ['30 days before the submission', '2026-09-05', true],
    ['31 days before the submission', '2026-09-04', false],
    ['on the day of the decision', today, false],
    ['the day before', '2026-10-04', true],
  ])('that ended %s (%s) is shown: %s', (_case, protectedUntil, isShown) => {
    expect(ended(protectedUntil)).toEqual(isShown ? ['approve', 'protection_ended note'] : ['approve']);
  });

  test.each<[string, Partial<RegistrationRival>]>([
    ['of the partner itself', { partnerId: 'p-1' }],
    ['of a related company', { match: matches.related }],
    ['of another product', { productFamily: 'Services' }],
    ['of a withdrawn registration', { status: 'withdrawn' }],
    ['of a registration without one', { protectedUntil: null }],
  ])('%s is not shown', (_case, changes) => {
    expect(ended('2026-10-04', changes)).toEqual(['approve']);
  });

  test('of an approved registration is shown too', () => {
    expect(ended('2026-10-04', { status: 'approved' })).toEqual(['approve', 'protection_ended note']);
  });
});

describe('precedence', () => {
  test.each([
    ['2026-10-05T09:00:00Z', '2026-10-05T09:00:01Z', 'b', 'a', true],
    ['2026-10-05T09:00:01Z', '2026-10-05T09:00:00Z', 'a', 'b', false],
    ['2026-10-05T09:00:00Z', '2026-10-05T11:00:00+02:00', 'a', 'b', true],
    ['2026-10-05T09:00:00Z', '2026-10-05T09:00:00Z', 'b', 'a', false],
    ['2026-10-05T09:00:00Z', '2026-10-05T09:00:00Z', 'a', 'a', false],
  ])(
    'a submission at %s is before one at %s, with the ids %s and %s: %s',
    (one, other, id, otherId, expected) => {
      expect(isEarlier({ id, submittedAt: one }, { id: otherId, submittedAt: other })).toBe(expected);
    },
  );

  test.each([
    ['2026-10-05T09:00:00Z', 2, 'same_instant'],
    ['2026-10-05T11:00:00+02:00', 2, 'same_instant'],
    ['2026-10-05T09:00:00Z', 1, 'earlier'],
    ['2026-10-05T09:00:01Z', 2, 'later'],
    ['2026-10-05T08:59:59.999Z', 2, 'earlier'],
  ])('of a registration at %s, by version %s of the rules, is %s', (submittedAt, version, expected) => {
    const other = { id: 'b', submittedAt: '2026-10-05T09:00:00Z' };
    expect(precedenceOf({ id: 'a', submittedAt }, other, { version })).toBe(expected);
  });

  test.each<[RegistrationRival['status'], string | null, boolean]>([
    ['submitted', null, true],
    ['in_review', '2020-01-01', true],
    ['approved', null, true],
    ['approved', today, true],
    ['approved', '2026-10-04', false],
    ['rejected', '2026-12-31', false],
    ['expired', '2026-12-31', false],
    ['withdrawn', '2026-12-31', false],
  ])(
    'a registration that is %s, protected until %s, keeps its place: %s',
    (status, protectedUntil, expected) => {
      expect(holdsProtection(registration({ status, protectedUntil }), today)).toBe(expected);
    },
  );
});

describe('a decision that is replayed from its facts', () => {
  const rivals = [
    registration({ id: 'r-1' }),
    customer({ since: '2026-11-01' }),
    customer({ id: 'a-2', match: matches.related }),
    opportunity({ match: matches.different }),
  ];
  const policy = { ...defaultProgram, protectionDays: 30 };

  test('stores the rivals without a finding that show history, and the policy without the rest of the programme', () => {
    const decision = applyRulesOfEngagement(baseRegistration, rivals, policy, today);
    const facts = ruleFacts(decision, baseRegistration, rivals, { today, policy });
    expect(facts).toEqual({
      version: currentRules,
      registration: baseRegistration,
      historyRivals: [rivals[1]],
      today,
      policy: { engagement: defaultProgram.engagement, protectionDays: 30 },
    });
    expect(replayDecision(decision, facts)).toEqual(decision);
  });

  test('by the first version of the rules is reproduced by those rules', () => {
    const rival = registration({ submittedAt: baseRegistration.submittedAt, productFamily: 'Platfrom' });
    const decision = applyRulesOfEngagement(baseRegistration, [rival], policy, today, 1);
    expect(brief(decision)).toEqual(['approve', 'earlier_registration note']);
    const { version: _, ...facts } = ruleFacts(decision, baseRegistration, [rival], { today, policy });
    expect(replayDecision(decision, facts)).toEqual(decision);
    expect(replayDecision(decision, { ...facts, version: currentRules })).not.toEqual(decision);
  });

  test('has the same result if it was approved, and if the history decided', () => {
    for (const [facts, others] of [
      [baseRegistration, [registration({ match: matches.different })]],
      [{ ...baseRegistration, dealType: 'renewal' }, [old({ partnerId: 'p-1' }), customer()]],
    ] as const) {
      const decision = applyRulesOfEngagement(facts, others, policy, today);
      expect(replayDecision(decision, ruleFacts(decision, facts, others, { today, policy }))).toEqual(
        decision,
      );
    }
  });
});

describe('the deadline of an answer', () => {
  test.each([
    ['Monday', '2026-11-16T09:30:00Z', '2026-11-18T09:30:00.000Z'],
    ['Wednesday', '2026-11-18T09:30:00Z', '2026-11-20T09:30:00.000Z'],
    ['Thursday', '2026-11-19T09:30:00Z', '2026-11-23T09:30:00.000Z'],
    ['Friday', '2026-11-20T09:30:00Z', '2026-11-24T09:30:00.000Z'],
    ['Saturday', '2026-11-21T09:30:00Z', '2026-11-25T00:00:00.000Z'],
    ['Sunday', '2026-11-22T09:30:00Z', '2026-11-25T00:00:00.000Z'],
  ])('of a registration submitted on a %s at %s is %s', (_day, submitted, due) => {
    expect([responseBusinessDays, answerDueAt(new Date(submitted)).toISOString()]).toEqual([2, due]);
  });

  test.each([
    ['Wednesday', '2026-11-18T09:30:00Z', '2026-11-16T09:30:00.000Z'],
    ['Friday', '2026-11-20T09:30:00Z', '2026-11-18T09:30:00.000Z'],
    ['Monday', '2026-11-23T09:30:00Z', '2026-11-19T09:30:00.000Z'],
    ['Tuesday', '2026-11-24T09:30:00Z', '2026-11-20T09:30:00.000Z'],
    ['Saturday', '2026-11-21T09:30:00Z', '2026-11-19T00:00:00.000Z'],
    ['Sunday', '2026-11-22T09:30:00Z', '2026-11-19T00:00:00.000Z'],
  ])('has passed on a %s at %s for everything submitted before %s', (_day, now, cutoff) => {
    const before = new Date(Date.parse(cutoff) - 1);
    expect(answerDueAt(before) < new Date(now)).toBe(true);
    expect(answerDueAt(new Date(cutoff)) < new Date(now)).toBe(false);
  });
});

test.each([
  ['DE\nAT', ['DE', 'AT'], []],
  ['DE; ; Bavaria ;DE', ['DE'], ['Bavaria']],
  ['Bavaria', [], ['Bavaria']],
])('the territory %j is %j and %j', (text, countries, unread) => {
  expect(territoryOf(text)).toEqual({ countries, unread });
});
