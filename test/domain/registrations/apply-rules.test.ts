import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import {
  conflictScore,
  conflictSummary,
  applyRulesOfEngagement,
} from '#src/domain/registrations/apply-rules.ts';
import type { OpportunityRival, RegistrationRival } from '#src/domain/registrations/precedence.ts';
import type { LinkedOpportunity, RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import {
  brief,
  baseRegistration,
  customer,
  decide,
  decideWith,
  matches,
  opportunity,
  samePartnerRegistration,
  registration,
  today,
} from './registration-builders.ts';

const { different, related, sameByDomain, sameByName } = matches;

describe('without a rival', () => {
  test('a registration is approved and protected for the programme’s window', () => {
    expect(decide()).toEqual({
      outcome: 'approve',
      reason: 'No blocking conflict. Protected until 2027-01-03.',
      protectedUntil: '2027-01-03',
      findings: [],
    });
  });

  test('a registration is not its own rival', () => {
    expect(decide(samePartnerRegistration({ id: baseRegistration.id })).outcome).toBe('approve');
  });

  test('a rival with another customer is ignored', () => {
    expect(brief(decide(registration({ match: different }), opportunity({ match: different })))).toEqual([
      'approve',
    ]);
  });
});

describe('an earlier registration', () => {
  test.each<[string, CompanyMatch]>([
    ['same', sameByDomain],
    ['same by name', sameByName],
    ['related', related],
  ])('of another partner for a customer that is %s needs a review', (_case, match) => {
    expect(brief(decide(registration({ match })))).toEqual(['review', 'earlier_registration review']);
  });

  test.each<[string, Partial<RegistrationRival>, string]>([
    ['waiting for review', { status: 'in_review' }, 'review'],
    ['approved, on its last protected day', { status: 'approved', protectedUntil: today }, 'review'],
    ['approved, protection over', { status: 'approved', protectedUntil: '2026-10-04' }, 'approve'],
    ['rejected', { status: 'rejected' }, 'approve'],
    ['expired', { status: 'expired' }, 'approve'],
    ['withdrawn', { status: 'withdrawn' }, 'approve'],
  ])('that is %s', (_case, changes, outcome) => {
    expect(decide(registration(changes)).outcome).toBe(outcome);
  });
});

describe('a later registration', () => {
  const later = { submittedAt: '2026-10-05T10:00:00.000Z' };

  test('adds a note to the first and does not delay it', () => {
    expect(brief(decide(registration(later)))).toEqual(['approve', 'later_registration note']);
  });

  test('that was approved in the meantime needs a review, so that one customer is not promised twice', () => {
    expect(
      brief(decide(registration({ ...later, status: 'approved', protectedUntil: '2026-12-31' }))),
    ).toEqual(['review', 'later_registration review']);
  });
});

describe('a registration of another partner from the same instant', () => {
  const tied = registration({ submittedAt: '2026-10-05T11:00:00+02:00' });

  test('is a tie that a person decides, for the smaller id as for the larger', () => {
    for (const id of ['r-1', 'r-9'])
      expect(brief(decide({ ...tied, id }))).toEqual(['review', 'same_instant review']);
    const [finding] = decide(tied).findings;
    expect(finding?.message).toBe(
      'Tie: Same customer as DR-2026-0007 by Northwind Partners, registered at the same instant (submitted 2026-10-05T11:00:00+02:00, same domain).',
    );
    expect(finding?.publicMessage).toBe(
      'Same customer as a registration of another partner from the same instant (same domain).',
    );
  });

  test('that a person has approved since is said to be approved', () => {
    const approved = decide({ ...tied, status: 'approved', protectedUntil: '2026-12-31' });
    expect(approved.reason).toContain('(already approved, same domain)');
  });

  test('for another product only adds a note, and one that was rejected nothing', () => {
    expect(brief(decide({ ...tied, productFamily: 'Services' }))).toEqual(['approve', 'same_instant note']);
    expect(brief(decide({ ...tied, status: 'rejected' }))).toEqual(['approve']);
  });
});

describe('an opportunity of our own sales team', () => {
  test('at the same customer needs a review', () => {
    expect(brief(decide(opportunity()))).toEqual(['review', 'direct_opportunity review']);
  });

  test('at a related company adds a note', () => {
    expect(brief(decide(opportunity({ match: related })))).toEqual(['approve', 'direct_opportunity note']);
  });

  test('that is linked to the registration is judged by the rule about linked opportunities', () => {
    expect(brief(decideWith({ facts: { opportunityId: 'o-2' } }, opportunity()))).toEqual(['approve']);
  });

  test.each<[string, Partial<OpportunityRival>, readonly string[]]>([
    [
      'won on the day of the registration',
      { outcome: 'won', closedOn: today },
      ['review', 'direct_opportunity review'],
    ],
    ['won later', { outcome: 'won', closedOn: '2026-10-20' }, ['review', 'direct_opportunity review']],
    [
      'won, at a related company',
      { outcome: 'won', closedOn: today, match: related },
      ['review', 'direct_opportunity review'],
    ],
    [
      'won for another product',
      { outcome: 'won', closedOn: today, productFamily: 'Services' },
      ['approve', 'direct_opportunity note'],
    ],
    ['won before, which is a purchase', { outcome: 'won', closedOn: '2026-10-04' }, ['approve']],
    [
      'lost on the day of the registration',
      { outcome: 'lost', closedOn: today },
      ['approve', 'direct_opportunity note'],
    ],
    [
      'lost in a late stage',
      { outcome: 'lost', closedOn: today, stage: 'Negotiation/Review' },
      ['approve', 'direct_opportunity note'],
    ],
    ['lost before', { outcome: 'lost', closedOn: '2026-10-04' }, ['approve']],
    ['closed on an unknown day', { outcome: 'lost', closedOn: null }, ['approve']],
  ])('that is %s', (_case, changes, expected) => {
    expect(brief(decide(opportunity(changes)))).toEqual(expected);
  });

  test('that was won or lost is named with its outcome to the reviewer, and to the partner only as closed', () => {
    const [won] = decide(
      opportunity({ outcome: 'won', closedOn: '2026-10-07', stage: 'Closed Won' }),
    ).findings;
    expect([won?.message, won?.publicMessage]).toEqual([
      'Same customer as our won opportunity "Acme rollout" at Acme GmbH (Closed Won, opened 2026-08-01, won 2026-10-07, same domain).',
      'Same customer as a closed opportunity of our sales team (same domain).',
    ]);
    const [lost] = decide(opportunity({ outcome: 'lost', closedOn: '2026-10-07' })).findings;
    expect([lost?.message, lost?.publicMessage]).toEqual([
      'Same customer as our lost opportunity "Acme rollout" at Acme GmbH (Proposal, opened 2026-08-01, lost 2026-10-07, same domain).',
      'Same customer as a closed opportunity of our sales team (same domain).',
    ]);
  });
});

describe('a linked opportunity', () => {
  const linked: LinkedOpportunity = {
    id: 'o-1',
    name: 'Acme plant',
    accountName: 'Acme GmbH',
    stage: 'Proposal',
    outcome: 'open',
    openedAt: '2026-10-05T09:00:00.000Z',
    customer: 'same',
  };
  const decideLinked = (changes: Partial<LinkedOpportunity>) =>
    decideWith({ facts: { opportunityId: 'o-1', linked: { ...linked, ...changes } } });
  const review = ['review', 'linked_opportunity review'];

  test.each<[string, Partial<LinkedOpportunity>, readonly string[]]>([
    ['opened at the instant of the registration', {}, ['approve']],
    ['opened a millisecond before', { openedAt: '2026-10-05T08:59:59.999Z' }, review],
    ['opened at an unknown time', { openedAt: null }, review],
    ['with a related company', { customer: 'related' }, review],
    ['with another company', { customer: 'different' }, review],
    ['without an account', { customer: null, accountName: null }, ['approve']],
    ['already won', { outcome: 'won' }, review],
    ['already lost', { outcome: 'lost' }, ['approve', 'linked_opportunity note']],
    ['opened before and lost', { outcome: 'lost', openedAt: '2026-10-01T00:00:00Z' }, review],
  ])('%s', (_case, changes, expected) => {
    expect(brief(decideLinked(changes))).toEqual(expected);
  });

  test('needs a review that names it, and shows the partner no name, stage or date', () => {
    const changes = { openedAt: '2026-08-01T00:00:00Z', customer: 'different', outcome: 'won' } as const;
    const [finding] = decideLinked(changes).findings;
    expect(finding?.message).toBe(
      'Linked to our opportunity "Acme plant" at Acme GmbH (Proposal, opened 2026-08-01, before this registration, another company, already won).',
    );
    expect(finding?.publicMessage).toBe(
      'The linked opportunity needs a check (opened before the registration, another company, already closed).',
    );
    const [doubtful] = decideLinked({ openedAt: null, customer: 'related', accountName: null }).findings;
    expect(doubtful?.message).toBe(
      'Linked to our opportunity "Acme plant" (Proposal, opening date not known, possibly another company).',
    );
    expect(doubtful?.publicMessage).toBe(
      'The linked opportunity needs a check (opening date not known, possibly another company).',
    );
  });
});

describe('the summary', () => {
  test('states in one sentence per rival what conflicts and why', () => {
    const [earlier] = decide(registration()).findings;
    expect(earlier?.message).toBe(
      'Same customer as DR-2026-0007 by Northwind Partners (submitted 2026-10-02, same domain).',
    );
    expect(conflictSummary(decide(registration()).findings)).toBe(
      'Same customer as an earlier registration of another partner (same domain).',
    );
    expect(conflictSummary(decide(registration({ match: sameByName })).findings)).toContain('(same name)');
    expect(conflictSummary(decide(registration({ match: related })).findings)).toBe(
      'Possibly the same customer as an earlier registration of another partner (similar name, possibly another company of the same group, different country).',
    );
    const [direct] = decide(opportunity()).findings;
    expect(direct?.message).toBe(
      'Same customer as our open opportunity "Acme rollout" at Acme GmbH (Proposal, opened 2026-08-01, same domain).',
    );
  });

  test('and the reason show the partner no name, number, stage or date of a rival', () => {
    for (const rival of [
      registration(),
      registration({ submittedAt: '2026-10-06T00:00:00Z', status: 'approved' }),
      opportunity(),
    ]) {
      const { reason, findings } = decide(rival);
      for (const secret of ['Northwind', 'DR-2026', 'Acme', 'rollout', 'Proposal', '2026-'])
        expect(`${reason} ${conflictSummary(findings)}`).not.toContain(secret);
    }
  });

  test('is empty without findings', () => {
    expect(conflictSummary([])).toBe('');
    expect(conflictScore([])).toBe(0);
  });

  test('begins with the most serious finding and lists at most ten', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      registration({ id: `r-${index + 100}`, number: `DR-${index}`, match: related }),
    );
    const summary = conflictSummary(decide(...many, opportunity()).findings);
    expect(summary).toMatch(/^Same customer as an open opportunity/);
    expect(summary).toMatch(/And 21 more\.$/);
  });

  test('has the score of the strongest match, a whole number from 0 to 100', () => {
    expect(conflictScore(decide(registration({ match: related }), opportunity()).findings)).toBe(100);
    expect(conflictScore(decide(registration({ match: related })).findings)).toBe(
      Math.round(related.score * 100),
    );
  });
});

const anyRival = fc.oneof(
  fc
    .record({
      id: fc.constantFrom('r-1', 'r-2', 'r-3', 'r-6', 'r-7'),
      partnerId: fc.constantFrom('p-1', 'p-2', 'p-3'),
      productFamily: fc.constantFrom(
        null,
        'Platform',
        'Platform / Analytics',
        'Platform / Search',
        'Services',
      ),
      dealType: fc.constantFrom('new', 'renewal'),
      status: fc.constantFrom('submitted', 'in_review', 'approved', 'expired', 'rejected', 'withdrawn'),
      submittedAt: fc.constantFrom(
        '2025-10-01T09:00:00Z',
        '2026-10-02T09:00:00Z',
        '2026-10-05T09:00:00Z',
        '2026-10-05T10:00:00Z',
      ),
      protectedUntil: fc.constantFrom(null, '2026-01-01', '2026-10-04', '2026-10-05', '2026-12-31'),
      outcome: fc.constantFrom(null, 'open', 'won', 'lost'),
      match: fc.constantFrom(...Object.values(matches)),
    } satisfies { [K in keyof RegistrationRival]?: fc.Arbitrary<RegistrationRival[K]> })
    .map((changes) => registration(changes)),
  fc
    .record({
      id: fc.constantFrom('o-1', 'o-2', 'o-3'),
      stage: fc.constantFrom(null, 'Prospecting', 'Negotiation/Review'),
      openedAt: fc.constantFrom(null, '2026-08-01T00:00:00Z', '2026-10-05T12:00:00Z'),
      outcome: fc.constantFrom('open', 'won', 'lost'),
      closedOn: fc.constantFrom(null, '2026-10-04', '2026-10-05', '2026-10-20'),
      match: fc.constantFrom(...Object.values(matches)),
    })
    .map((changes) => opportunity(changes)),
  fc
    .record({
      id: fc.constantFrom('a-1', 'a-2'),
      since: fc.constantFrom('2023-01-01', '2026-11-01'),
      families: fc.constantFrom(null, ['Platform'], ['Services']),
    })
    .map((changes) => customer(changes)),
);
const anyRivals = fc.uniqueArray(anyRival, { selector: ({ id }) => id, maxLength: 8 });
const anyLinked: fc.Arbitrary<LinkedOpportunity | null> = fc.option(
  fc.record({
    id: fc.constant('o-9'),
    name: fc.constant('Acme rollout'),
    accountName: fc.constantFrom(null, 'Acme GmbH'),
    stage: fc.constantFrom(null, 'Negotiation/Review'),
    outcome: fc.constantFrom('open', 'won', 'lost'),
    openedAt: fc.constantFrom(null, '2026-08-01T00:00:00Z', '2026-10-05T12:00:00Z'),
    customer: fc.constantFrom(null, 'same', 'related', 'different'),
  } satisfies { [K in keyof LinkedOpportunity]: fc.Arbitrary<LinkedOpportunity[K]> }),
);
const anyFacts = fc.record({
  productFamily: fc.constantFrom(null, 'Platform', 'Services'),
  dealType: fc.constantFrom('new', 'renewal'),
  territory: fc.constantFrom(null, 'DE', 'FR; IT', 'DACH'),
  linked: anyLinked,
} satisfies { [K in keyof RegistrationFacts]?: fc.Arbitrary<RegistrationFacts[K]> });

test('the order of the rivals does not matter', () => {
  const shuffled = anyRivals.chain((rivals) =>
    fc.tuple(fc.constant(rivals), fc.shuffledSubarray(rivals, { minLength: rivals.length })),
  );
  fc.assert(
    fc.property(anyFacts, shuffled, (changes, [rivals, others]) => {
      expect(decideWith({ facts: changes }, ...others)).toEqual(decideWith({ facts: changes }, ...rivals));
    }),
    { numRuns: 2_000 },
  );
});

test('for all rivals, the public messages contain no name, number, date or stage of others', () => {
  const named = anyRivals.map((rivals) =>
    rivals.map((rival): Rival =>
      rival.kind === 'registration' && rival.partnerId !== baseRegistration.partnerId
        ? { ...rival, number: 'DR-SECRET' }
        : rival,
    ),
  );
  const invoiced = [
    { partnerId: 'p-9', partnerName: 'Northwind Partners', firstOn: '2025-01-01', lastOn: '2025-02-02' },
  ];
  fc.assert(
    fc.property(anyFacts, named, (changes, rivals) => {
      const { findings } = decideWith({ facts: { ...changes, invoiced } }, ...rivals);
      const messages = findings
        .filter(({ rule }) => !rule.startsWith('same_partner_'))
        .map(({ publicMessage }) => publicMessage);
      for (const secret of [
        'Northwind',
        'SECRET',
        'Acme',
        'rollout',
        'Negotiation',
        'Prospecting',
        'Platform',
        'Services',
        '202',
      ])
        expect(messages.join(' ')).not.toContain(secret);
    }),
    { numRuns: 2_000 },
  );
});

test('if two partners register one deal, the first is approved, and at the same instant neither, in either order of decision', () => {
  const submissions = fc.tuple(
    fc.constantFrom('2026-10-05T09:00:00Z', '2026-10-05T08:59:59Z'),
    fc.constantFrom('Platform', 'platform', null, 'Platform / Search'),
    fc.boolean(),
  );
  fc.assert(
    fc.property(submissions, ([submittedAt, productFamily, otherFirst]) => {
      const other: RegistrationFacts = {
        ...baseRegistration,
        id: 'r-6',
        partnerId: 'p-2',
        partnerName: 'Northwind Partners',
        submittedAt,
        productFamily,
      };
      const asRival = (
        facts: RegistrationFacts,
        status: RegistrationRival['status'],
        protectedUntil: string | null,
      ): RegistrationRival => registration({ ...facts, status, protectedUntil, match: sameByDomain });
      const [first, second] = otherFirst ? [other, baseRegistration] : [baseRegistration, other];
      const one = applyRulesOfEngagement(first, [asRival(second, 'submitted', null)], defaultProgram, today);
      const status = one.outcome === 'approve' ? 'approved' : 'in_review';
      const two = applyRulesOfEngagement(
        second,
        [asRival(first, status, one.outcome === 'approve' ? one.protectedUntil : null)],
        defaultProgram,
        today,
      );
      const isTie = submittedAt === '2026-10-05T09:00:00Z';
      expect([one.outcome, two.outcome].toSorted()).toEqual(
        isTie ? ['review', 'review'] : ['approve', 'review'],
      );
    }),
  );
});
