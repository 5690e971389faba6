import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import {
  conflictScore,
  conflictSummary,
  applyRulesOfEngagement,
} from '#src/domain/registrations/apply-rules.ts';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import type { RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';
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

describe('an opportunity of our own sales team', () => {
  test('at the same customer needs a review', () => {
    expect(brief(decide(opportunity()))).toEqual(['review', 'direct_opportunity review']);
  });

  test('at a related company adds a note', () => {
    expect(brief(decide(opportunity({ match: related })))).toEqual(['approve', 'direct_opportunity note']);
  });

  test('that is linked to the registration is the registered deal and no rival', () => {
    expect(brief(decide(opportunity({ id: 'o-1' })))).toEqual(['approve']);
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
const anyFacts = fc.record({
  productFamily: fc.constantFrom(null, 'Platform', 'Services'),
  dealType: fc.constantFrom('new', 'renewal'),
  territory: fc.constantFrom(null, 'DE', 'FR; IT', 'DACH'),
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

test('if two partners register one deal at the same moment, exactly one is approved, in either order of decision', () => {
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
      expect([one.outcome, two.outcome].toSorted()).toEqual(['approve', 'review']);
    }),
  );
});
