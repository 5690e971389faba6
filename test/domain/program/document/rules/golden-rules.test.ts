import { expect, test } from 'vitest';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import { requireProgramDocument } from '#src/domain/program/document/document.ts';
import { written } from '#test/domain/program/document/written-program.ts';

const rules = {
  minimum_deal_size: { effect: 'block', amounts: ['5000.00 EUR'] },
  named_account: {
    accounts: [
      { name: 'Globex', domain: 'globex.com' },
      { name: 'Initech', registryId: 'DE 811', for: ['P-1', 'P-2'] },
    ],
  },
  incumbent_contract: { endField: 'contract_end' },
  open_registrations: { tiers: { Gold: 10 } },
  partner_status: { statusField: 'status', good: ['Active'] },
  partner_certification: {
    field: 'certs',
    needed: [{ productFamilies: ['Network'], anyOf: ['Network Pro'] }],
  },
  co_sell: { field: 'role', together: [['reseller', 'distributor']] },
};

const registration = {
  submittedAt: '2026-06-15T08:00:00Z',
  partner: { code: 'P-1', tier: 'Gold', fields: { status: 'Active', certs: 'Network Pro' } },
  customer: { name: 'Acme GmbH', domain: 'acme.com', country: 'DE' },
  productFamily: 'Network',
  amount: '5000.00 EUR',
};
const other = { kind: 'registration', status: 'submitted', submittedAt: '2026-06-01T08:00:00Z' };

const cases: readonly [string, object, object][] = [
  ['everything passes', {}, { status: 'approved', rules: [] }],
  ['too small', { amount: '4999.99 EUR' }, { status: 'rejected', rules: ['minimum_deal_size'] }],
  ['not comparable', { amount: '9000.00 USD' }, { status: 'in_review', rules: ['minimum_deal_size'] }],
  [
    'a house account',
    { customer: { name: 'Globex', domain: 'globex.com' } },
    { status: 'in_review', rules: ['named_account'] },
  ],
  [
    'a named account of this partner',
    { accounts: [{ name: 'Acme GmbH', domain: 'acme.com', registryIds: ['DE811'] }] },
    { status: 'approved', rules: [] },
  ],
  [
    'a renewal too early',
    {
      dealType: 'renewal',
      accounts: [{ name: 'Acme GmbH', domain: 'acme.com', fields: { contract_end: '2027-06-30' } }],
      rivals: [
        {
          ...other,
          partner: 'same',
          status: 'expired',
          submittedAt: '2025-06-01T08:00:00Z',
          protectedUntil: '2025-09-01',
          productFamily: 'Network',
        },
      ],
    },
    { status: 'in_review', rules: ['incumbent_contract'] },
  ],
  [
    'too many open',
    { partner: { ...registration.partner, openRegistrations: 10 } },
    { status: 'in_review', rules: ['open_registrations'] },
  ],
  [
    'not in good standing and not certified',
    { partner: { code: 'P-1', tier: 'Gold', fields: { status: 'Probation', certs: 'Storage Pro' } } },
    { status: 'in_review', rules: ['partner_status', 'partner_certification'] },
  ],
  [
    'a distributor and a reseller',
    { role: 'reseller', rivals: [{ ...other, role: 'distributor', productFamily: 'Network' }] },
    { status: 'approved', rules: ['co_sell'] },
  ],
  [
    'two resellers',
    { role: 'reseller', rivals: [{ ...other, role: 'reseller', productFamily: 'Network' }] },
    { status: 'in_review', rules: ['earlier_registration'] },
  ],
];

const program = (changes: object = {}, tests: readonly object[] = []) => ({
  ...written,
  engagement: { rules: { ...rules, ...changes } },
  tests,
});

test('the tests in a programme decide by its own rules', () => {
  const tests = cases.map(([name, changes, expected]) => ({
    name,
    registration: { ...registration, ...changes },
    expect: expected,
  }));
  expect(checkProgram(JSON.stringify(program({}, tests))).problems).toEqual([]);
});

test('a rule whose settings do not fit together is refused with the fix', () => {
  const problemsOf = (changes: object) => checkProgram(JSON.stringify(program(changes))).problems;
  expect(problemsOf({ open_registrations: { tiers: { Golt: 5 } } })).toEqual([
    'engagement.rules.open_registrations.tiers.Golt: There is no tier Golt. The nearest name is "Gold".',
  ]);
  expect(problemsOf({ named_account: { accounts: [{ name: 'Globex' }] } })).toEqual([
    'engagement.rules.named_account.accounts[0]: There is nothing that identifies Globex. Add domain, registryId or account.',
  ]);
  expect(problemsOf({ named_account: { accounts: [{ name: 'Ann', domain: 'gmail.com' }] } })[0]).toContain(
    'It is not the website of one company.',
  );
  expect(
    problemsOf({ partner_status: { good: ['Active'] }, co_sell: { together: [['reseller', 'referrer']] } }),
  ).toEqual([
    'engagement.rules.partner_status.statusField: Name the custom field with the status.',
    'engagement.rules.co_sell.field: Name the custom field with the role of the partner.',
  ]);
  expect(problemsOf({ minimum_deal_size: { amounts: ['1.00 EUR', '2.00 EUR'] } })[0]).toContain(
    'There are two amounts in EUR. Remove one.',
  );
});

test('the difference names each setting in words', () => {
  const plain = requireProgramDocument({ ...written });
  expect(programChanges(plain, requireProgramDocument(program())).map(({ sentence }) => sentence)).toEqual([
    'Rule "Minimum deal size": review → block',
    'Rule "Minimum deal size", amounts: none → 5000.00 EUR',
    'Rule "Named account", accounts, Globex is new: domain globex.com, for our own sales team',
    'Rule "Named account", accounts, Initech is new: registryId DE 811, for P-1, P-2',
    'Rule "Incumbent\'s contract", endField: none → contract_end',
    'Rule "Open registrations", tiers, Gold is new: 10',
    'Rule "Partner in good standing", statusField: none → status',
    'Rule "Partner in good standing", good: none → Active',
    'Rule "Certification", field: none → certs',
    'Rule "Certification", needed, 1 is new: Network needs Network Pro',
    'Rule "Co-sell", field: none → role',
    'Rule "Co-sell", together, 1 is new: reseller, distributor (each can be approved for one deal without a person)',
  ]);
});
