import { describe, expect, test } from 'vitest';
import { crmSchema, type CrmField } from '#src/domain/crm-schema.ts';

/** Type, length, key or required, values or target, and who writes it: `text 40 key required, crm`. */
function shapeOf({ type, length, key, required, values, referenceTo, writtenBy }: CrmField): string {
  const parts = [type, length, key && 'key', required && 'required', referenceTo, values?.join('|')];
  return `${parts.filter((part) => part !== undefined).join(' ')}, ${writtenBy}`;
}

/**
 * The names that admins and users of a customer's CRM see and that its data is stored under: a change is a
 * migration.
 */
describe('what Fairway adds to a CRM', () => {
  test('are fields on two standard objects, and three objects', () => {
    expect(
      crmSchema.map(({ kind, custom, label, pluralLabel }) => [kind, custom, label, pluralLabel]),
    ).toEqual([
      ['account', false, 'Account', 'Accounts'],
      ['opportunity', false, 'Opportunity', 'Opportunities'],
      ['registration', true, 'Deal registration', 'Deal registrations'],
      ['decision', true, 'Registration decision', 'Registration decisions'],
      ['payout', true, 'Partner payout', 'Partner payouts'],
    ]);
  });

  test.each<[string, readonly (readonly [name: string, shape: string, label: string, help: string])[]]>([
    [
      'account',
      [
        [
          'partnerCode',
          'text 40, crm',
          'Partner code',
          "The partner's number in the ERP; invoices carry it.",
        ],
        [
          'territory',
          'text 255, crm',
          'Partner territory',
          'Countries this partner may sell in, such as "DE; AT; CH". Blank: anywhere.',
        ],
        ['tier', 'text 40, fairway', 'Partner tier', 'Current tier in the partner programme.'],
        [
          'tierStanding',
          'text 255, fairway',
          'Tier standing',
          'The revenue behind the tier and what the next tier needs.',
        ],
        [
          'trailingRevenue',
          'money, fairway',
          'Trailing revenue',
          'Invoiced through this partner in the last twelve months.',
        ],
        ['tierAsOf', 'date, fairway', 'Tier as of', 'The day from which this tier applies.'],
      ],
    ],
    [
      'opportunity',
      [
        [
          'registrationStatus',
          'picklist submitted|information_needed|in_review|approved|rejected|expired|withdrawn, fairway',
          'Registration status',
          "Status of the partner's deal registration.",
        ],
        [
          'registeredPartner',
          'text, fairway',
          'Registered partner',
          'The partner who registered this deal or the same customer.',
        ],
        [
          'registrationRole',
          'picklist registered_deal|rival_deal, fairway',
          'Registration role',
          'Registered deal: a partner registered this deal. Rival deal: a partner registered the same customer.',
        ],
        ['registrationNumber', 'text 40, fairway', 'Registration number', 'The number of the registration.'],
        [
          'whoDecidesNext',
          'text, fairway',
          'Who decides next',
          'Who decides next about the registration, and by when.',
        ],
        ['registrationLink', 'url, fairway', 'Registration link', 'Opens the registration.'],
        [
          'creationKey',
          'text 40 key, fairway',
          'Creation key',
          'Only of an opportunity that Fairway created.',
        ],
        ['protectedUntil', 'date, fairway', 'Protected until', 'Last day of the protection window.'],
        [
          'conflictSummary',
          'longText, fairway',
          'Conflict summary',
          'What the registration and this deal collide with, and why.',
        ],
      ],
    ],
    [
      'registration',
      [
        ['number', 'text 40 key required, crm', 'Registration number', 'The number the partner received.'],
        [
          'partner',
          'reference account, crm',
          'Partner',
          'The account of the partner who registered the deal.',
        ],
        [
          'opportunity',
          'reference opportunity, crm',
          'Opportunity',
          'The opportunity of this registration, once there is one.',
        ],
        ['customerName', 'text, crm', 'Customer name', 'The end customer, as the partner wrote it.'],
        ['customerDomain', 'text, crm', 'Customer domain', "The end customer's web domain."],
        ['customerCountry', 'text 2, crm', 'Customer country', 'ISO 3166-1 alpha-2 code.'],
        ['contactEmail', 'text, crm', 'Contact e-mail', "The partner's contact at the end customer."],
        ['productFamily', 'text 80, crm', 'Product family', 'The product family of the deal.'],
        ['dealType', 'picklist new|renewal, crm', 'Deal type', 'New business or a renewal.'],
        ['amount', 'money, crm', 'Amount', 'Expected value of the deal.'],
        ['currency', 'text 3, crm', 'Currency', 'ISO 4217 code of the amount.'],
        ['expectedClose', 'date, crm', 'Expected close', 'When the partner expects to close.'],
        [
          'submittedAt',
          'datetime, crm',
          'Submitted at',
          'When the partner submitted it, as typed. Precedence counts from the creation of this record.',
        ],
        [
          'status',
          'picklist submitted|information_needed|in_review|approved|rejected|expired|withdrawn, fairway',
          'Status',
          'Status of the registration, set by Fairway.',
        ],
        ['decidedAt', 'datetime, fairway', 'Decided at', 'When it was decided.'],
        ['protectedUntil', 'date, fairway', 'Protected until', 'Last day of the protection window.'],
        ['reason', 'longText, fairway', 'Reason', 'The reason for the decision.'],
        [
          'conflictSummary',
          'longText, fairway',
          'Conflict summary',
          'What the registration conflicts with and why, without names. Partners may read it.',
        ],
        [
          'internalConflict',
          'longText, fairway',
          'Conflict (internal)',
          'What the registration collides with: deals with their owners, and partners. Not for partners.',
        ],
        [
          'conflictScore',
          'number, fairway',
          'Conflict score',
          'Strongest match with a competing registration or opportunity, 0 to 100.',
        ],
        [
          'lifecycleState',
          'text 40, fairway',
          'Lifecycle state',
          'Where the registration is on its way from submission to outcome.',
        ],
        ['reasonCode', 'text 60, fairway', 'Reason code', 'The code of the reason for the present state.'],
        ['nextDecider', 'text, fairway', 'Next decider', 'The people who are asked to decide next.'],
        [
          'decisionDue',
          'datetime, fairway',
          'Decision due',
          'When the answer is promised. Blank while the promised time is paused.',
        ],
        [
          'daysLeft',
          'number, fairway',
          'Days left',
          'Days until the protection ends, counted when Fairway last ran.',
        ],
        [
          'extensionsUsed',
          'number, fairway',
          'Extensions used',
          'The number of extensions of the protection.',
        ],
        [
          'supersededBy',
          'text 40, fairway',
          'Superseded by',
          'The number of the registration that replaced this one.',
        ],
        [
          'decisionRefused',
          'text, fairway',
          'Decision refused',
          'Why Fairway refused the last decision or change that was made in the CRM.',
        ],
        [
          'lifecycleVersion',
          'number, fairway',
          'Version',
          'The version of the registration that this page shows. A decision is about a version.',
        ],
        ['registrationLink', 'url, fairway', 'Registration link', 'Opens the registration in Fairway.'],
      ],
    ],
    [
      'payout',
      [
        [
          'key',
          'text 120 key required, fairway',
          'Payout key',
          'Period, partner and currency; never paid twice.',
        ],
        ['partner', 'reference account, fairway', 'Partner', 'The account of the partner who is paid.'],
        ['batch', 'text 80, fairway', 'Batch', 'The payout batch this belongs to.'],
        ['period', 'text 7, fairway', 'Period', 'The month the commission was earned, YYYY-MM.'],
        ['amount', 'money, fairway', 'Amount', 'The amount paid.'],
        ['currency', 'text 3, fairway', 'Currency', 'ISO 4217 code of the amount.'],
        [
          'status',
          'picklist draft|submitted|approved|exported|paid|returned, fairway',
          'Status',
          'Status of the payout.',
        ],
        ['lineCount', 'number, fairway', 'Lines', 'Number of invoice lines it pays for.'],
      ],
    ],
  ])('on the %s has these names, types, labels and help texts', (kind, expected) => {
    const fields = crmSchema.find((object) => object.kind === kind)?.fields ?? [];
    expect(fields.map((field) => [field.name, shapeOf(field), field.label, field.help])).toEqual(expected);
  });
});
