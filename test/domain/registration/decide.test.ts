import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { conflictScore, conflictSummary, decideRegistration } from '#src/domain/registration/decide.ts';
import type { OpportunityRival, RegistrationRival } from '#src/domain/registration/precedence.ts';
import type { RegistrationDecision, RegistrationFacts, Rival } from '#src/domain/registration/registration.ts';

const today = '2026-10-05';

const company = (name: string, domain: string | null, country: string | null = null) => normaliseCompany({ name, domain, country });
const acme = company('Acme GmbH', 'acme.com', 'DE');
const sameByDomain = matchCompanies(acme, company('Acme Robotics', 'acme.com'));
const sameByName = matchCompanies(acme, company('ACME AG', null));
const related = matchCompanies(acme, company('Acme France', null, 'FR'));
const different = matchCompanies(acme, company('Summit Steel', 'summit.com'));

const facts: RegistrationFacts = {
  id: 'r-5',
  number: 'DR-2026-0010',
  partnerId: 'p-1',
  partnerName: 'Contoso Channel',
  opportunityId: 'o-1',
  customerName: 'Acme GmbH',
  customerDomain: 'acme.com',
  productFamily: 'Platform',
  dealType: 'new',
  submittedAt: '2026-10-05T09:00:00.000Z',
};

function registration(changes: Partial<RegistrationRival> = {}): RegistrationRival {
  return {
    kind: 'registration',
    dealType: 'new',
    id: 'r-1',
    number: 'DR-2026-0007',
    partnerId: 'p-2',
    partnerName: 'Northwind Partners',
    customerName: 'Acme Robotics',
    productFamily: 'Platform',
    status: 'submitted',
    submittedAt: '2026-10-02T09:00:00.000Z',
    protectedUntil: null,
    match: sameByDomain,
    ...changes,
  };
}

function opportunity(changes: Partial<OpportunityRival> = {}): OpportunityRival {
  return {
    kind: 'opportunity',
    id: 'o-2',
    name: 'Acme rollout',
    accountName: 'Acme GmbH',
    stage: 'Proposal',
    openedAt: '2026-08-01T00:00:00.000Z',
    match: sameByDomain,
    ...changes,
  };
}

const decide = (...rivals: Rival[]): RegistrationDecision => decideRegistration(facts, rivals, defaultProgram, today);
const brief = ({ outcome, findings }: RegistrationDecision) => [outcome, ...findings.map(({ rule, effect }) => `${rule} ${effect}`)];

describe('without a rival', () => {
  test('a registration is approved and protected for the programme’s window', () => {
    expect(decide()).toEqual({
      outcome: 'approve',
      reason: 'No earlier claim on this customer. Protected until 2027-01-03.',
      protectedUntil: '2027-01-03',
      findings: [],
    });
  });

  test('a registration is not its own rival', () => {
    expect(decide(registration({ id: facts.id, partnerId: 'p-1' })).outcome).toBe('approve');
  });

  test('another customer is no rival', () => {
    expect(brief(decide(registration({ match: different }), opportunity({ match: different })))).toEqual(['approve']);
  });
});

describe('own duplicate', () => {
  const own = (changes: Partial<RegistrationRival> = {}): RegistrationRival =>
    registration({ partnerId: 'p-1', partnerName: 'Contoso Channel', ...changes });

  test('the later registration of one customer by one partner is rejected and names the earlier one', () => {
    const decision = decide(own());
    expect(brief(decision)).toEqual(['reject', 'own_duplicate block']);
    expect(decision.reason).toBe('Duplicate of DR-2026-0007 by the same partner (submitted 2026-10-02, domain identical).');
  });

  test('the earlier one is not touched by the later one', () => {
    expect(brief(decide(own({ submittedAt: '2026-10-05T09:00:00.001Z' })))).toEqual(['approve']);
  });

  test('of two submitted in one instant, the one with the smaller id stands', () => {
    expect(decide(own({ submittedAt: '2026-10-05T11:00:00+02:00', id: 'r-4' })).outcome).toBe('reject');
    expect(decide(own({ submittedAt: '2026-10-05T11:00:00+02:00', id: 'r-6' })).outcome).toBe('approve');
  });

  test.each(['rejected', 'expired', 'withdrawn'] as const)('one that was %s does not stand in the way', (status) => {
    expect(decide(own({ status })).outcome).toBe('approve');
  });

  test.each<[string, Partial<RegistrationRival>]>([
    ['in another writing', { productFamily: ' platform ' }],
    ['of the same deal type', { dealType: 'new' }],
  ])('the same product family %s is the same deal', (_case, changes) => {
    expect(brief(decide(own(changes)))).toEqual(['reject', 'own_duplicate block']);
  });

  test('two that both name no product family are the same deal', () => {
    const decision = decideRegistration({ ...facts, productFamily: null }, [own({ productFamily: null })], defaultProgram, today);
    expect(brief(decision)).toEqual(['reject', 'own_duplicate block']);
  });

  test.each<[string, Partial<RegistrationRival>]>([
    ['a renewal', { dealType: 'renewal', status: 'approved', protectedUntil: '2026-12-31' }],
    ['a second product', { productFamily: 'Analytics', status: 'approved', protectedUntil: '2026-12-31' }],
  ])('%s beside a protected deal of the same partner is told and not held up', (_case, changes) => {
    const decision = decide(own(changes));
    expect(brief(decision)).toEqual(['approve', 'own_duplicate note']);
    expect(conflictSummary(decision.findings)).toBe(
      'Another deal than DR-2026-0007 by the same partner with this customer (submitted 2026-10-02, domain identical).',
    );
  });

  test('where only one of the two names its product family, a person says whether it is the same deal', () => {
    const decision = decide(own({ productFamily: null }));
    expect(brief(decision)).toEqual(['review', 'own_duplicate review']);
    expect(decision.reason).toMatch(/^Possibly a duplicate of DR-2026-0007 by the same partner/);
  });

  test('a related company is another customer to the same partner', () => {
    expect(brief(decide(own({ match: related })))).toEqual(['approve']);
  });
});

describe('earlier claim', () => {
  test.each<[string, CompanyMatch]>([
    ['same', sameByDomain],
    ['same by name', sameByName],
    ['related', related],
  ])('of another partner on the %s customer needs a person', (_case, match) => {
    expect(brief(decide(registration({ match })))).toEqual(['review', 'earlier_claim review']);
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

describe('later claim', () => {
  const later = { submittedAt: '2026-10-05T10:00:00.000Z' };

  test('does not hold up the first, which is told', () => {
    expect(brief(decide(registration(later)))).toEqual(['approve', 'later_claim note']);
  });

  test('that was approved in the meantime needs a person: one customer is not promised twice', () => {
    expect(brief(decide(registration({ ...later, status: 'approved', protectedUntil: '2026-12-31' })))).toEqual([
      'review',
      'later_claim review',
    ]);
  });
});

describe('direct opportunity', () => {
  test('at the same customer needs a person', () => {
    expect(brief(decide(opportunity()))).toEqual(['review', 'direct_opportunity review']);
  });

  test('at a related company is told', () => {
    expect(brief(decide(opportunity({ match: related })))).toEqual(['approve', 'direct_opportunity note']);
  });

  test('that the registration is linked to is the deal itself', () => {
    expect(brief(decide(opportunity({ id: 'o-1' })))).toEqual(['approve']);
  });
});

describe('the summary', () => {
  test('says in one sentence a rival what conflicts and why', () => {
    const [earlier] = decide(registration()).findings;
    expect(earlier?.says).toBe('Same customer as DR-2026-0007 by Northwind Partners (submitted 2026-10-02, domain identical).');
    expect(conflictSummary(decide(registration()).findings)).toBe(
      'Same customer as an earlier registration of another partner (domain identical).',
    );
    expect(conflictSummary(decide(registration({ match: sameByName })).findings)).toContain('(name identical)');
    expect(conflictSummary(decide(registration({ match: related })).findings)).toBe(
      'Possibly the same customer as an earlier registration of another partner (name alike, different part of a group, other country).',
    );
    const [direct] = decide(opportunity()).findings;
    expect(direct?.says).toBe(
      'Same customer as our own opportunity "Acme rollout" at Acme GmbH (Proposal, opened 2026-08-01, domain identical).',
    );
  });

  test('and the reason tell the partner nothing of who else is at the customer: no name, number, stage or date', () => {
    for (const rival of [registration(), registration({ submittedAt: '2026-10-06T00:00:00Z', status: 'approved' }), opportunity()]) {
      const { reason, findings } = decide(rival);
      for (const secret of ['Northwind', 'DR-2026', 'Acme', 'rollout', 'Proposal', '2026-'])
        expect(`${reason} ${conflictSummary(findings)}`).not.toContain(secret);
    }
  });

  test('is empty without findings', () => {
    expect(conflictSummary([])).toBe('');
    expect(conflictScore([])).toBe(0);
  });

  test('puts the gravest first and does not run on for ever', () => {
    const many = Array.from({ length: 30 }, (_, index) => registration({ id: `r-${index + 100}`, number: `DR-${index}`, match: related }));
    const summary = conflictSummary(decide(...many, opportunity()).findings);
    expect(summary).toMatch(/^Same customer as an open opportunity/);
    expect(summary).toMatch(/And 21 more\.$/);
  });

  test('has the score of the strongest match, a whole number to 100', () => {
    expect(conflictScore(decide(registration({ match: related }), opportunity()).findings)).toBe(100);
    expect(conflictScore(decide(registration({ match: related })).findings)).toBe(Math.round(related.score * 100));
  });
});

test('the order in which rivals are found changes nothing', () => {
  const rivals: Rival[] = [
    registration(),
    registration({ id: 'r-2', match: related }),
    registration({ id: 'r-3', partnerId: 'p-1' }),
    registration({ id: 'r-9', submittedAt: '2026-10-06T00:00:00Z' }),
    opportunity(),
    opportunity({ id: 'o-3', match: related }),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(rivals, { minLength: rivals.length }), (shuffled) => {
      expect(decide(...shuffled)).toEqual(decide(...rivals));
    }),
  );
});
