import { describe, expect, test } from 'vitest';
import { defaultRuleSettings, type RuleSettings } from '#src/domain/program/rule-settings.ts';
import {
  brief,
  customer,
  decideWith,
  matches,
  opportunity,
  registration,
  samePartnerRegistration,
  type Decided,
} from '#test/domain/registrations/registration-builders.ts';

const set = (rules: Partial<RuleSettings>, more: Partial<Decided> = {}): Decided => ({
  ...more,
  policy: { ...more.policy, rules: { ...defaultRuleSettings, ...rules } },
});

describe('the effect that a programme gives to a rule', () => {
  test('off: the rule finds nothing, and the other rules still do', () => {
    const decision = decideWith(set({ earlier_registration: { effect: 'off' } }), registration(), customer());
    expect(brief(decision)).toEqual(['review', 'existing_customer review']);
  });

  test('note: its findings delay nothing', () => {
    expect(brief(decideWith(set({ earlier_registration: { effect: 'note' } }), registration()))).toEqual([
      'approve',
      'earlier_registration note',
    ]);
  });

  test('review: what it would reject waits for a person', () => {
    const settings = set({ same_partner_duplicate: { effect: 'review' } });
    expect(brief(decideWith(settings, samePartnerRegistration()))).toEqual([
      'review',
      'same_partner_duplicate review',
    ]);
  });

  test('block: only what would wait for a person is rejected', () => {
    const block = { direct_opportunity: { effect: 'block' } } as const;
    expect(brief(decideWith(set(block), opportunity()))).toEqual(['reject', 'direct_opportunity block']);
    expect(brief(decideWith(set(block), opportunity({ outcome: 'lost', closedOn: '2026-10-05' })))).toEqual([
      'approve',
      'direct_opportunity note',
    ]);
  });

  test('block: a company that only may be the same is left to a person', () => {
    const settings = set({ earlier_registration: { effect: 'block' } });
    expect(brief(decideWith(settings, registration()))[0]).toBe('reject');
    expect(brief(decideWith(settings, registration({ match: matches.related })))).toEqual([
      'review',
      'earlier_registration review',
    ]);
  });

  test('more severe than usual: a note becomes a review', () => {
    const ended = registration({ status: 'expired', protectedUntil: '2026-09-20' });
    expect(brief(decideWith({}, ended))).toEqual(['approve', 'protection_ended note']);
    const review = { protection_ended: { effect: 'review', days: 30 } } as const;
    expect(brief(decideWith(set(review), ended))).toEqual(['review', 'protection_ended review']);
    const shorter = { protection_ended: { effect: 'review', days: 14 } } as const;
    expect(brief(decideWith(set(shorter), ended))).toEqual(['approve']);
  });

  test('an edit after approval is never rejected by a rule', () => {
    const edit = { changes: [], since: '2026-10-05T09:00:00.000Z', protectedUntil: null };
    const settings = set({ earlier_registration: { effect: 'block' } }, { facts: { edit } });
    expect(brief(decideWith(settings, registration()))).toEqual([
      'review',
      'earlier_registration review',
      'edited_after_approval review',
    ]);
  });

  test('a decision that is older than the settings is reproduced with the defaults', () => {
    const { rules: _, ...older } = decideSettings();
    expect(brief(decideWith({ policy: older }, registration()))).toEqual([
      'review',
      'earlier_registration review',
    ]);
  });
});

const decideSettings = () => set({}).policy as { rules: RuleSettings };
