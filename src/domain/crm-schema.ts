import { payoutStatuses, registrationStatuses } from './status.ts';

/**
 * All objects and fields that Fairway adds to a customer's CRM.
 *
 * Every CRM's connector generates its vendor's definitions from it. The sandbox receives the same deployment
 * over HTTP, so the tests run against it too.
 */
export type CrmFieldType =
  | 'text'
  | 'longText'
  | 'number'
  | 'money'
  | 'date'
  | 'datetime'
  | 'picklist'
  | 'reference';
export type CrmObjectKind = 'account' | 'opportunity' | 'registration' | 'payout';

export interface CrmField {
  /** camelCase. Each connector derives the vendor's name from it. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly type: CrmFieldType;
  /** Maximum number of characters. Default: 255 for text, 32,000 for longText. */
  readonly length?: number;
  readonly values?: readonly string[];
  readonly referenceTo?: 'account' | 'opportunity';
  /** True for a unique external id, which upserts use as the key. */
  readonly key?: true;
  readonly required?: true;
  /** `fairway`: only Fairway writes it (read-only on layouts) · `crm`: people or portals fill it in. */
  readonly writtenBy: 'fairway' | 'crm';
}

export interface CrmObject {
  readonly kind: CrmObjectKind;
  /** False if the fields are added to a standard object of the vendor (Account/company, Opportunity/deal). */
  readonly custom: boolean;
  readonly label: string;
  readonly pluralLabel: string;
  readonly fields: readonly CrmField[];
}

const conflictSummary: CrmField = {
  name: 'conflictSummary',
  label: 'Conflict summary',
  help: 'What the registration conflicts with and why.',
  type: 'longText',
  writtenBy: 'fairway',
};
const protectedUntil: CrmField = {
  name: 'protectedUntil',
  label: 'Protected until',
  help: 'Last day of the protection window.',
  type: 'date',
  writtenBy: 'fairway',
};

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
      {
        name: 'tier',
        label: 'Partner tier',
        help: 'Current tier in the partner programme.',
        type: 'text',
        length: 40,
        writtenBy: 'fairway',
      },
      {
        name: 'tierStanding',
        label: 'Tier standing',
        help: 'The revenue behind the tier and what the next tier needs.',
        type: 'text',
        length: 255,
        writtenBy: 'fairway',
      },
      {
        name: 'trailingRevenue',
        label: 'Trailing revenue',
        help: 'Invoiced through this partner in the last twelve months.',
        type: 'money',
        writtenBy: 'fairway',
      },
      {
        name: 'tierAsOf',
        label: 'Tier as of',
        help: 'The day from which this tier applies.',
        type: 'date',
        writtenBy: 'fairway',
      },
    ],
  },
  {
    kind: 'opportunity',
    custom: false,
    label: 'Opportunity',
    pluralLabel: 'Opportunities',
    fields: [
      {
        name: 'registrationStatus',
        label: 'Registration status',
        help: "Status of the partner's deal registration.",
        type: 'picklist',
        values: registrationStatuses,
        writtenBy: 'fairway',
      },
      {
        name: 'registeredPartner',
        label: 'Registered partner',
        help: 'The partner whose registration is linked to this deal.',
        type: 'text',
        writtenBy: 'fairway',
      },
      protectedUntil,
      conflictSummary,
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
        help: 'When the partner submitted it. The earlier registration has precedence.',
        type: 'datetime',
        writtenBy: 'crm',
      },
      {
        name: 'status',
        label: 'Status',
        help: 'Status of the registration, set by Fairway.',
        type: 'picklist',
        values: registrationStatuses,
        writtenBy: 'fairway',
      },
      {
        name: 'decidedAt',
        label: 'Decided at',
        help: 'When it was decided.',
        type: 'datetime',
        writtenBy: 'fairway',
      },
      protectedUntil,
      {
        name: 'reason',
        label: 'Reason',
        help: 'The reason for the decision.',
        type: 'longText',
        writtenBy: 'fairway',
      },
      conflictSummary,
      {
        name: 'conflictScore',
        label: 'Conflict score',
        help: 'Strongest match with a competing registration or opportunity, 0 to 100.',
        type: 'number',
        writtenBy: 'fairway',
      },
    ],
  },
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
      {
        name: 'batch',
        label: 'Batch',
        help: 'The payout batch this belongs to.',
        type: 'text',
        length: 80,
        writtenBy: 'fairway',
      },
      {
        name: 'period',
        label: 'Period',
        help: 'The month the commission was earned, YYYY-MM.',
        type: 'text',
        length: 7,
        writtenBy: 'fairway',
      },
      { name: 'amount', label: 'Amount', help: 'The amount paid.', type: 'money', writtenBy: 'fairway' },
      {
        name: 'currency',
        label: 'Currency',
        help: 'ISO 4217 code of the amount.',
        type: 'text',
        length: 3,
        writtenBy: 'fairway',
      },
      {
        name: 'status',
        label: 'Status',
        help: 'Status of the payout.',
        type: 'picklist',
        values: payoutStatuses,
        writtenBy: 'fairway',
      },
      {
        name: 'lineCount',
        label: 'Lines',
        help: 'Number of invoice lines it pays for.',
        type: 'number',
        writtenBy: 'fairway',
      },
    ],
  },
];
