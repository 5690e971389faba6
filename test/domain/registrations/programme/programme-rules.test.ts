import { describe, expect, test } from 'vitest';
import { defaultRuleSettings, type RuleSettings } from '#src/domain/program/rule-settings.ts';
import { conflictSummary } from '#src/domain/registrations/apply-rules.ts';
import type { CustomerAccount } from '#src/domain/registrations/programme/programme-facts.ts';
import type { RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';
import { brief, decideWith, registration } from '#test/domain/registrations/registration-builders.ts';

type Set = { readonly [K in keyof RuleSettings]?: Partial<RuleSettings[K]> };

function decideSet(set: Set, facts: Partial<RegistrationFacts> = {}, ...rivals: readonly Rival[]) {
  const rules = Object.fromEntries(
    Object.entries(defaultRuleSettings).map(([kind, usual]) => [
      kind,
      { ...usual, ...set[kind as keyof Set] },
    ]),
  ) as unknown as RuleSettings;
  return decideWith({ policy: { rules }, facts }, ...rivals);
}

const messages = (decision: ReturnType<typeof decideSet>) => decision.findings.map(({ message }) => message);

describe('a minimum deal size', () => {
  const minimum = { minimum_deal_size: { amounts: ['50000.00 USD', '45000.00 EUR'] } };
  const of = (amount: string | null, effect: 'review' | 'block' = 'review') =>
    decideSet(
      { minimum_deal_size: { ...minimum.minimum_deal_size, effect } },
      { terms: { amount, expectedClose: null, contactEmail: null } },
    );

  test('is reached by its amount, and not by a cent less', () => {
    expect(brief(of('50000.00 USD'))).toEqual(['approve']);
    expect(brief(of('49999.99 USD'))).toEqual(['review', 'minimum_deal_size review']);
    expect(messages(of('49999.99 USD'))).toEqual([
      'Amount: 49999.99 USD is below the minimum. A registration needs at least 50000.00 USD.',
    ]);
    expect(brief(of('45000.00 EUR'))).toEqual(['approve']);
  });

  test('rejects where the programme says so, but never an amount that cannot be compared', () => {
    expect(brief(of('49999.99 USD', 'block'))[0]).toBe('reject');
    for (const amount of [null, '99999.00 GBP'])
      expect(brief(of(amount, 'block'))).toEqual(['review', 'minimum_deal_size review']);
    expect(messages(of('99999.00 GBP'))).toEqual([
      'Amount: there is no minimum in GBP, so 99999.00 GBP cannot be compared with 50000.00 USD or 45000.00 EUR.',
    ]);
  });
});

const acme: CustomerAccount = {
  name: 'Acme GmbH',
  match: 'same',
  domain: 'acme.com',
  registryIds: ['DE 123.456-789'],
  crmIds: ['001A'],
  fields: {},
};
const entry = { name: 'Acme', domain: null, registryId: null, account: null, for: 'direct' } as const;

describe('a named account', () => {
  const named = (
    accounts: RuleSettings['named_account']['accounts'],
    facts: Partial<RegistrationFacts> = {},
  ) => decideSet({ named_account: { accounts } }, { accounts: [], partnerCode: 'P-1', ...facts });

  test('is recognised by domain, registry id or record', () => {
    expect(brief(named([{ ...entry, domain: 'www.acme.com' }]))).toEqual(['review', 'named_account review']);
    const accounts = [acme];
    expect(brief(named([{ ...entry, registryId: 'DE123456789' }], { accounts }))[0]).toBe('review');
    expect(brief(named([{ ...entry, account: '001A' }], { accounts }))[0]).toBe('review');
    expect(brief(named([{ ...entry, domain: 'acme.de' }], { accounts }))).toEqual(['approve']);
  });

  test('is free for the partners that it is reserved for, and their codes are not public', () => {
    const reserved = [{ ...entry, domain: 'acme.com', for: ['P-2', 'P-3'] }];
    const decision = named(reserved);
    expect(messages(decision)).toEqual([
      'Named account: Acme (domain acme.com) is reserved for the partners P-2, P-3. A registration of one of these would pass.',
    ]);
    expect(conflictSummary(decision.findings)).toBe(
      'The customer is a named account that is reserved for other partners. Only a person can release it.',
    );
    expect(brief(named(reserved, { partnerCode: 'P-3' }))).toEqual(['approve']);
    expect(brief(named(reserved, { partnerCode: null }))[0]).toBe('review');
  });

  test('that a field of the account reserves counts too, and one that may be another company rejects nothing', () => {
    const marked = (value: string | null, match: 'same' | 'related' = 'same') =>
      decideSet(
        { named_account: { effect: 'block', reservedField: 'reserved_for' } },
        { partnerCode: 'P-1', accounts: [{ ...acme, match, fields: { reserved_for: value } }] },
      );
    expect(brief(marked('Direct'))).toEqual(['reject', 'named_account block']);
    expect(brief(marked('P-2; P-1'))).toEqual(['approve']);
    expect(brief(marked('P-2'))[0]).toBe('reject');
    expect(brief(marked(' '))).toEqual(['approve']);
    expect(brief(marked('direct', 'related'))).toEqual(['review', 'named_account review']);
  });
});

describe("the incumbent's contract", () => {
  const set: Set = {
    incumbent_contract: { endField: 'contract_end', days: 90 },
    existing_customer: { effect: 'off' },
  };
  const account = (end: string | null) => [{ ...acme, fields: { contract_end: end } }];
  const sold = { partnerId: 'p-2', partnerName: 'Northwind', firstOn: '2025-01-01', lastOn: '2025-12-01' };
  const of = (end: string | null, facts: Partial<RegistrationFacts> = {}) =>
    decideSet(set, { accounts: account(end), invoiced: [sold], ...facts });

  test('comes first in its last days, and not before or after', () => {
    expect(brief(of('2026-10-05'))).toEqual(['review', 'incumbent_contract review']);
    expect(brief(of('2027-01-03'))[0]).toBe('review');
    expect(brief(of('2027-01-04'))).toEqual(['approve']);
    expect(brief(of('2026-10-04'))).toEqual(['approve']);
    const [message = ''] = messages(of('2027-01-03'));
    expect(message).toContain('Northwind (last invoiced 2025-12-01) runs until 2027-01-03');
    expect(conflictSummary(of('2027-01-03').findings)).not.toMatch(/Northwind|2027/);
  });

  test('whose end is not known needs a person', () => {
    expect(brief(of(null))).toEqual(['review', 'incumbent_contract review']);
    expect(brief(of('soon'))[0]).toBe('review');
    expect(brief(of(null, { invoiced: [] }))).toEqual(['approve']);
  });

  test('can be renewed by its partner in its last days only', () => {
    const mine = { dealType: 'renewal', invoiced: [{ ...sold, partnerId: 'p-1' }] } as const;
    expect(brief(of('2027-01-03', mine))).toEqual(['approve']);
    expect(messages(of('2027-01-04', mine))).toEqual([
      'Too early for the renewal: the contract runs until 2027-01-04, and the renewal can be registered from 2026-10-06.',
    ]);
    expect(brief(of('2027-06-01', { ...mine, dealType: 'new' }))).toEqual(['approve']);
  });
});

describe('open registrations', () => {
  const of = (open: number, tier: string | null, limit: Partial<RuleSettings['open_registrations']>) =>
    brief(decideSet({ open_registrations: limit }, { openRegistrations: open, partnerTier: tier }));

  test('are limited by tier, and otherwise by the general limit', () => {
    const limit = { most: 2, tiers: { Gold: 5 } };
    expect(of(1, null, limit)).toEqual(['approve']);
    expect(of(2, null, limit)).toEqual(['review', 'open_registrations review']);
    expect(of(4, 'Gold', limit)).toEqual(['approve']);
    expect(of(5, 'Gold', { ...limit, effect: 'block' })).toEqual(['reject', 'open_registrations block']);
    expect(of(1000, 'Silver', { most: null, tiers: { Gold: 5 } })).toEqual(['approve']);
  });

  test('of a partner whose tier is not known need a person where the limit depends on it', () => {
    expect(of(0, null, { most: null, tiers: { Gold: 5 }, effect: 'block' })).toEqual([
      'review',
      'open_registrations review',
    ]);
    expect(of(1000, null, { most: null, tiers: {} })).toEqual(['approve']);
  });
});

describe('a partner in good standing', () => {
  const set: Set = {
    partner_status: {
      statusField: 'status',
      good: ['Active'],
      agreementField: 'agreement',
      effect: 'block',
    },
  };
  const of = (status: string | null, agreement: string | null) =>
    decideSet(set, { partnerFields: { status, agreement } });

  test('has a good status and a valid agreement, up to its last day', () => {
    expect(brief(of('active', '2026-10-05'))).toEqual(['approve']);
    expect(brief(of('Active', '2026-10-04'))).toEqual(['reject', 'partner_status block']);
    expect(messages(of('Probation', '2026-10-04'))).toEqual([
      "The partner's status is Probation; Active is needed. The partner's agreement ended on 2026-10-04; a valid agreement is needed.",
    ]);
  });

  test('is not assumed where a field is blank', () => {
    expect(brief(of(null, '2027-01-01'))).toEqual(['review', 'partner_status review']);
    expect(messages(of('Active', ' '))).toEqual([
      "The last day of the partner's agreement is not known (field agreement); a valid agreement is needed.",
    ]);
    expect(brief(of(null, '2026-10-04'))[0]).toBe('reject');
  });
});

describe('a needed certification', () => {
  const needed = [{ productFamilies: ['Network'], anyOf: ['Network Pro', 'Network Expert'] }];
  const of = (productFamily: string | null, certifications: string | null) =>
    decideSet(
      { partner_certification: { field: 'certs', needed, effect: 'block' } },
      { productFamily, partnerFields: { certs: certifications } },
    );

  test('is needed for its product family and its parts only', () => {
    expect(brief(of('Network / Switches', 'Storage Pro; network expert'))).toEqual(['approve']);
    expect(brief(of('Network / Switches', 'Storage Pro'))).toEqual(['reject', 'partner_certification block']);
    expect(brief(of('Storage', 'Storage Pro'))).toEqual(['approve']);
  });

  test('counts up to its last day', () => {
    expect(brief(of('Network', 'Network Pro until 2026-10-05'))).toEqual(['approve']);
    expect(messages(of('Network', 'Network Pro until 2026-10-04'))).toEqual([
      'Network needs the certification Network Pro or Network Expert, which the partner does not have or which has ended.',
    ]);
  });

  test('that is not known needs a person', () => {
    expect(brief(of('Network', null))).toEqual(['review', 'partner_certification review']);
    expect(brief(of(null, 'Network Pro'))).toEqual(['review', 'partner_certification review']);
  });
});

describe('roles in one deal', () => {
  const together = [['reseller', 'distributor']] as const;
  const of = (role: string | null, other: string | null, set: Set = {}) =>
    decideSet({ co_sell: { field: 'role', together }, ...set }, { role }, registration({ role: other }));

  test('that the programme allows together are no rivals', () => {
    const decision = of('Reseller', 'distributor');
    expect(brief(decision)).toEqual(['approve', 'co_sell note']);
    expect(conflictSummary(decision.findings)).not.toContain('Northwind');
  });

  test('that are the same, not allowed, not known or switched off are rivals', () => {
    const rivals = ['review', 'earlier_registration review'];
    expect(brief(of('reseller', 'reseller'))).toEqual(rivals);
    expect(brief(of('reseller', 'referrer'))).toEqual(rivals);
    expect(brief(of(null, 'distributor'))).toEqual(rivals);
    expect(
      brief(of('reseller', 'distributor', { co_sell: { field: 'role', together, effect: 'off' } })),
    ).toEqual(rivals);
  });
});

test('rules that the programme does not set find nothing', () => {
  const nothing = decideSet(
    {},
    { accounts: [acme], openRegistrations: 99, partnerFields: {}, role: 'reseller' },
  );
  expect(brief(nothing)).toEqual(['approve']);
});
