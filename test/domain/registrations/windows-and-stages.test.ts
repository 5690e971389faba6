import { describe, expect, test } from 'vitest';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import { brief, decide, decideWith, matches, opportunity, registration } from './registration-builders.ts';

describe('protection of another partner', () => {
  const until = (protectedUntil: string, changes: Partial<RegistrationRival> = {}): RegistrationRival =>
    registration({ status: 'approved', submittedAt: '2026-07-01T09:00:00Z', protectedUntil, ...changes });

  test('holds on its last day and only adds a note on the next', () => {
    expect(brief(decide(until('2026-10-05')))).toEqual(['review', 'earlier_registration review']);
    expect(brief(decide(until('2026-10-04')))).toEqual(['approve', 'protection_ended note']);
  });

  test('that ended yesterday is shown with its date to the reviewer and without it to the partner', () => {
    const [finding] = decide(until('2026-10-04', { status: 'expired' })).findings;
    expect(finding?.message).toBe(
      'Same customer as DR-2026-0007 by Northwind Partners (protection ended on 2026-10-04, 1 day ago, same domain).',
    );
    expect(finding?.publicMessage).toBe(
      'Same customer as a registration of another partner whose protection has ended (same domain).',
    );
  });

  test('that ended while the registration waited is shown too', () => {
    const waited = { submittedAt: '2026-08-20T09:00:00Z' };
    expect(brief(decideWith({ facts: waited }, until('2026-09-01')))).toEqual([
      'approve',
      'protection_ended note',
    ]);
  });

  test.each<[string, Partial<RegistrationRival>]>([
    ['more than thirty days before the registration', { protectedUntil: '2026-09-04' }],
    ['for another product family', { productFamily: 'Services' }],
    ['of a company that is only related', { match: matches.related }],
    ['by rejection', { status: 'rejected' }],
    ['by withdrawal', { status: 'withdrawn' }],
  ])('that ended %s is not shown', (_case, changes) => {
    expect(brief(decide(until('2026-10-01', changes)))).toEqual(['approve']);
  });
});

describe('an opportunity of our own sales team', () => {
  test('in a late stage needs a review that says so, even if the company is only related or it was opened later', () => {
    for (const changes of [{}, { match: matches.related }, { openedAt: '2026-10-05T10:00:00Z' }]) {
      const decision = decide(opportunity({ stage: ' negotiation/review', ...changes }));
      expect(brief(decision)).toEqual(['review', 'direct_opportunity review']);
      expect(decision.findings[0]?.message).toContain('late stage:');
      expect(decision.reason).not.toContain('stage');
    }
  });

  test('is late in the stages of the programme’s policy', () => {
    const policy = { lateStages: ['Proposal'] };
    expect(brief(decideWith({ policy }, opportunity({ match: matches.related })))).toEqual([
      'review',
      'direct_opportunity review',
    ]);
  });

  test('that was opened after the registration only adds a note, because the partner was first', () => {
    const decision = decide(opportunity({ openedAt: '2026-10-05T09:00:01Z' }));
    expect(brief(decision)).toEqual(['approve', 'direct_opportunity note']);
    expect(decision.findings[0]?.message).toContain('opened 2026-10-05, after this registration');
  });

  test('without an opening date needs a review', () => {
    expect(brief(decide(opportunity({ openedAt: null })))).toEqual(['review', 'direct_opportunity review']);
  });
});
