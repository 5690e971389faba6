import { decisionObject } from './registrations/lifecycle/shown/decision-object.ts';
import { lifecycleInstalledFields } from './registrations/lifecycle/shown/installed-fields.ts';
import { payoutStatuses, registrationStatuses } from './status.ts';

/**
 * All objects and fields that Fairway adds to a customer's CRM.
 *
 * Every CRM's connector generates its vendor's definitions from it. The sandbox receives the same deployment
 * over HTTP, so the tests run against it too.
 */
export type CrmFieldType =
  | 'text'
  | 'url'
  | 'longText'
  | 'number'
  | 'money'
  | 'date'
  | 'datetime'
  | 'picklist'
  | 'reference';
export type CrmObjectKind = 'account' | 'opportunity' | 'registration' | 'decision' | 'payout';

export interface CrmField {
  /** camelCase. Each connector derives the vendor's name from it. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly type: CrmFieldType;
  /** Maximum number of characters. Default: 255 for text, 32,000 for longText. */
  readonly length?: number;
  readonly values?: readonly string[];
  readonly referenceTo?: 'account' | 'opportunity' | 'registration';
  /** True for a unique external id, which upserts use as the key. */
  readonly key?: true;
  readonly required?: true;
  /** `fairway`: only Fairway writes it (read-only on layouts) · `crm`: people or portals fill it in. */
  readonly writtenBy: 'fairway' | 'crm';
  /**
   * True if partners must not read it, because it names other partners, deals or colleagues. No permission set
   * for partners has it.
   */
  readonly internal?: true;
}

export interface CrmObject {
  readonly kind: CrmObjectKind;
  /** False if the fields are added to a standard object of the vendor (Account/company, Opportunity/deal). */
  readonly custom: boolean;
  readonly label: string;
  readonly pluralLabel: string;
  readonly fields: readonly CrmField[];
}

/** A field that only Fairway writes. */
function written(
  name: string,
  label: string,
  help: string,
  type: CrmFieldType,
  more: Pick<CrmField, 'length' | 'values' | 'internal'> = {},
): CrmField {
  return { name, label, help, type, ...more, writtenBy: 'fairway' };
}

const conflictSummary = written(
  'conflictSummary',
  'Conflict summary',
  'What the registration conflicts with and why, without names. Partners may read it.',
  'longText',
);
const protectedUntil = written(
  'protectedUntil',
  'Protected until',
  'Last day of the protection window.',
  'date',
);

/**
 * `registered_deal`: the registration is for this opportunity · `rival_deal`: a partner registered the same
 * customer, and the opportunity belongs to the vendor's own sales team.
 */
export const registrationRoles = ['registered_deal', 'rival_deal'] as const;
export type RegistrationRole = (typeof registrationRoles)[number];

export const crmSchema: readonly CrmObject[] = [
  {
    kind: 'account',
    custom: false,
    label: 'Account',
    pluralLabel: 'Accounts',
    fields: [
      {
        name: 'partnerCode',
        label: 'Partner code',
        help: "The partner's number in the ERP; invoices carry it.",
        type: 'text',
        length: 40,
        writtenBy: 'crm',
      },
      {
        name: 'territory',
        label: 'Partner territory',
        help: 'Countries this partner may sell in, such as "DE; AT; CH". Blank: anywhere.',
        type: 'text',
        length: 255,
        writtenBy: 'crm',
      },
      written('tier', 'Partner tier', 'Current tier in the partner programme.', 'text', { length: 40 }),
      written(
        'tierStanding',
        'Tier standing',
        'The revenue behind the tier and what the next tier needs.',
        'text',
        { length: 255 },
      ),
      written(
        'trailingRevenue',
        'Trailing revenue',
        'Invoiced through this partner in the last twelve months.',
        'money',
      ),
      written('tierAsOf', 'Tier as of', 'The day from which this tier applies.', 'date'),
    ],
  },
  {
    kind: 'opportunity',
    custom: false,
    label: 'Opportunity',
    pluralLabel: 'Opportunities',
    fields: [
      written(
        'registrationStatus',
        'Registration status',
        "Status of the partner's deal registration.",
        'picklist',
        {
          values: registrationStatuses,
        },
      ),
      written(
        'registeredPartner',
        'Registered partner',
        'The partner who registered this deal or the same customer.',
        'text',
      ),
      written(
        'registrationRole',
        'Registration role',
        'Registered deal: a partner registered this deal. Rival deal: a partner registered the same customer.',
        'picklist',
        { values: registrationRoles },
      ),
      written('registrationNumber', 'Registration number', 'The number of the registration.', 'text', {
        length: 40,
      }),
      written(
        'whoDecidesNext',
        'Who decides next',
        'Who decides next about the registration, and by when.',
        'text',
      ),
      written('registrationLink', 'Registration link', 'Opens the registration.', 'url'),
      {
        ...written('creationKey', 'Creation key', 'Only of an opportunity that Fairway created.', 'text', {
          length: 40,
        }),
        key: true,
      },
      protectedUntil,
      { ...conflictSummary, help: 'What the registration and this deal collide with, and why.' },
    ],
  },
  {
    kind: 'registration',
    custom: true,
    label: 'Deal registration',
    pluralLabel: 'Deal registrations',
    fields: [
      {
        name: 'number',
        label: 'Registration number',
        help: 'The number the partner received.',
        type: 'text',
        length: 40,
        key: true,
        required: true,
        writtenBy: 'crm',
      },
      {
        name: 'partner',
        label: 'Partner',
        help: 'The account of the partner who registered the deal.',
        type: 'reference',
        referenceTo: 'account',
        writtenBy: 'crm',
      },
      {
        name: 'opportunity',
        label: 'Opportunity',
        help: 'The opportunity of this registration, once there is one.',
        type: 'reference',
        referenceTo: 'opportunity',
        writtenBy: 'crm',
      },
      {
        name: 'customerName',
        label: 'Customer name',
        help: 'The end customer, as the partner wrote it.',
        type: 'text',
        writtenBy: 'crm',
      },
      {
        name: 'customerDomain',
        label: 'Customer domain',
        help: "The end customer's web domain.",
        type: 'text',
        writtenBy: 'crm',
      },
      {
        name: 'customerCountry',
        label: 'Customer country',
        help: 'ISO 3166-1 alpha-2 code.',
        type: 'text',
        length: 2,
        writtenBy: 'crm',
      },
      {
        name: 'contactEmail',
        label: 'Contact e-mail',
        help: "The partner's contact at the end customer.",
        type: 'text',
        writtenBy: 'crm',
      },
      {
        name: 'productFamily',
        label: 'Product family',
        help: 'The product family of the deal.',
        type: 'text',
        length: 80,
        writtenBy: 'crm',
      },
      {
        name: 'dealType',
        label: 'Deal type',
        help: 'New business or a renewal.',
        type: 'picklist',
        values: ['new', 'renewal'],
        writtenBy: 'crm',
      },
      {
        name: 'amount',
        label: 'Amount',
        help: 'Expected value of the deal.',
        type: 'money',
        writtenBy: 'crm',
      },
      {
        name: 'currency',
        label: 'Currency',
        help: 'ISO 4217 code of the amount.',
        type: 'text',
        length: 3,
        writtenBy: 'crm',
      },
      {
        name: 'expectedClose',
        label: 'Expected close',
        help: 'When the partner expects to close.',
        type: 'date',
        writtenBy: 'crm',
      },
      {
        name: 'submittedAt',
        label: 'Submitted at',
        help: 'When the partner submitted it, as typed. Precedence counts from the creation of this record.',
        type: 'datetime',
        writtenBy: 'crm',
      },
      written('status', 'Status', 'Status of the registration, set by Fairway.', 'picklist', {
        values: registrationStatuses,
      }),
      written('decidedAt', 'Decided at', 'When it was decided.', 'datetime'),
      protectedUntil,
      written('reason', 'Reason', 'The reason for the decision.', 'longText'),
      conflictSummary,
      written(
        'internalConflict',
        'Conflict (internal)',
        'What the registration collides with: deals with their owners, and partners. Not for partners.',
        'longText',
        { internal: true },
      ),
      written(
        'conflictScore',
        'Conflict score',
        'Strongest match with a competing registration or opportunity, 0 to 100.',
        'number',
      ),
      ...lifecycleInstalledFields,
    ],
  },
  decisionObject,
  {
    kind: 'payout',
    custom: true,
    label: 'Partner payout',
    pluralLabel: 'Partner payouts',
    fields: [
      {
        name: 'key',
        label: 'Payout key',
        help: 'Period, partner and currency; never paid twice.',
        type: 'text',
        length: 120,
        key: true,
        required: true,
        writtenBy: 'fairway',
      },
      {
        name: 'partner',
        label: 'Partner',
        help: 'The account of the partner who is paid.',
        type: 'reference',
        referenceTo: 'account',
        writtenBy: 'fairway',
      },
      written('batch', 'Batch', 'The payout batch this belongs to.', 'text', { length: 80 }),
      written('period', 'Period', 'The month the commission was earned, YYYY-MM.', 'text', { length: 7 }),
      written('amount', 'Amount', 'The amount paid.', 'money'),
      written('currency', 'Currency', 'ISO 4217 code of the amount.', 'text', { length: 3 }),
      written('status', 'Status', 'Status of the payout.', 'picklist', { values: payoutStatuses }),
      written('lineCount', 'Lines', 'Number of invoice lines it pays for.', 'number'),
    ],
  },
];
