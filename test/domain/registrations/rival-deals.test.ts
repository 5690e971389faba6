import { describe, expect, it } from 'vitest';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { internalConflict, type CompetingDeal } from '#src/domain/registrations/internal-conflict.ts';
import type { OpportunityRival } from '#src/domain/registrations/precedence.ts';
import { competesForDeal } from '#src/domain/registrations/rival-deals.ts';
import { currentRules } from '#src/domain/registrations/rules/rule.ts';
import { baseRegistration, matches, opportunity, today } from './registration-builders.ts';

const context = { today, policy: defaultProgram.engagement, version: currentRules };
const competes = (changes: Partial<OpportunityRival>): boolean =>
  competesForDeal({ ...baseRegistration, opportunityId: 'o-1' }, opportunity(changes), context);

describe('the owner of a deal must know of a registration', () => {
  it.each<[string, boolean, Partial<OpportunityRival>]>([
    ['of the same customer, which a person decides', true, {}],
    ['that was there before the deal was opened', true, { openedAt: '2026-10-06T09:00:00Z' }],
    ['for another product', false, { productFamily: 'Storage' }],
    ['of a company that only may be the same', false, { match: matches.related }],
    [
      'of such a company, while the deal is in a late stage',
      true,
      { match: matches.related, stage: 'Negotiation/Review' },
    ],
    ['that the deal belongs to', false, { id: 'o-1' }],
    ['that waits because the deal was won', true, { outcome: 'won', closedOn: '2026-10-05' }],
    ['when the deal is lost', false, { outcome: 'lost', closedOn: '2026-10-05' }],
  ])('%s: %s', (_which, expected, changes) => {
    expect(competes(changes)).toBe(expected);
  });
});

const deal: CompetingDeal = {
  opportunityId: 'o-9',
  dealName: 'Line 4',
  accountName: 'Acme Robotics',
  ownerName: 'Tom Becker',
  stage: 'Prospecting',
  openedOn: '2026-10-06',
  verdict: 'same',
  evidence: 'same domain',
};

describe('the internal conflict text', () => {
  it('adds the owner of the deal to the finding about it', () => {
    const rival = opportunity({ id: 'o-9' });
    expect(internalConflict([{ message: 'A finding.', rival }], [deal])).toBe(
      'A finding. The owner of the deal is Tom Becker.',
    );
    expect(internalConflict([{ message: 'A finding.', rival }], [{ ...deal, ownerName: null }])).toBe(
      'A finding. The owner of the deal is not known.',
    );
  });

  it('names a deal that no finding is about', () => {
    expect(internalConflict([], [deal])).toBe(
      'Same customer as our open opportunity "Line 4" at Acme Robotics (Prospecting, opened 2026-10-06, same domain), found after the decision. The owner of the deal is Tom Becker.',
    );
  });

  it('has at most ten sentences and counts the rest, and is empty without a conflict', () => {
    const findings = Array.from({ length: 12 }, (_, n) => ({ message: `No. ${n}.`, rival: null }));
    expect(internalConflict(findings, [])).toMatch(/^No\. 0\. .* No\. 9\. And 2 more\.$/);
    expect(internalConflict([], [])).toBeNull();
  });
});
