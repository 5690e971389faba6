import { describe, expect, test } from 'vitest';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import { brief, decide, decideWith, matches, opportunity, registration } from './registration-builders.ts';

describe('protection of another partner', () => {
  const until = (protectedUntil: string, changes: Partial<RegistrationRival> = {}): RegistrationRival =>
    registration({ status: 'approved', submittedAt: '2026-07-01T09:00:00Z', protectedUntil, ...changes });

  test('holds on its last day, and is only told on the next', () => {
    expect(brief(decide(until('2026-10-05')))).toEqual(['review', 'earlier_claim review']);
    expect(brief(decide(until('2026-10-04')))).toEqual(['approve', 'protection_ended note']);
  });

  test('that ended yesterday is told with its date, to the partner without', () => {
    const [finding] = decide(until('2026-10-04', { status: 'expired' })).findings;
    expect(finding?.says).toBe(
      'Same customer as DR-2026-0007 by Northwind Partners (protection ended on 2026-10-04, 1 day ago, domain identical).',
    );
    expect(finding?.tells).toBe(
      'Same customer as a registration of another partner whose protection has ended (domain identical).',
    );
  });

  test('that ended while the claim waited is told, too', () => {
    const waited = { submittedAt: '2026-08-20T09:00:00Z' };
    expect(brief(decideWith({ claim: waited }, until('2026-09-01')))).toEqual([
      'approve',
      'protection_ended note',
    ]);
  });

  test.each<[string, Partial<RegistrationRival>]>([
    ['more than thirty days before the claim', { protectedUntil: '2026-09-04' }],
    ['for another product family', { productFamily: 'Services' }],
    ['of a company that is only related', { match: matches.related }],
    ['by rejection', { status: 'rejected' }],
    ['by withdrawal', { status: 'withdrawn' }],
  ])('that ended %s is no news', (_case, changes) => {
    expect(brief(decide(until('2026-10-01', changes)))).toEqual(['approve']);
  });
});

describe('a deal of our own sales team', () => {
  test('that is about to close needs a person, who reads it, even where the company is only related or it was opened later', () => {
    for (const changes of [{}, { match: matches.related }, { openedAt: '2026-10-05T10:00:00Z' }]) {
      const decision = decide(opportunity({ stage: ' negotiation/review', ...changes }));
      expect(brief(decision)).toEqual(['review', 'direct_opportunity review']);
      expect(decision.findings[0]?.says).toContain('about to close:');
      expect(decision.reason).not.toContain('close');
    }
  });

  test('closes late in the stages the programme names', () => {
    const policy = { lateStages: ['Proposal'] };
    expect(brief(decideWith({ policy }, opportunity({ match: matches.related })))).toEqual([
      'review',
      'direct_opportunity review',
    ]);
  });

  test('that was opened after the partner registered is told: the partner was first', () => {
    const decision = decide(opportunity({ openedAt: '2026-10-05T09:00:01Z' }));
    expect(brief(decision)).toEqual(['approve', 'direct_opportunity note']);
    expect(decision.findings[0]?.says).toContain('opened 2026-10-05, after this registration');
  });

  test('that nobody knows the age of needs a person', () => {
    expect(brief(decide(opportunity({ openedAt: null })))).toEqual(['review', 'direct_opportunity review']);
  });
});
