/**
 * The canonical records Fairway reasons about, whatever system they came from.
 *
 * A mapping turns a vendor's record into `CanonicalValues` of one `CanonicalKind`; only the fields declared
 * in `canonicalFields` exist. Values are JSON-safe on purpose, so they can be stored, hashed and compared as
 * they are: a decimal is a plain decimal string ("1234.50"), a date is `YYYY-MM-DD`, an instant is ISO 8601
 * in UTC, a reference is the *remote* id until it is resolved through a link.
 */
export const canonicalKinds = [
  'account',
  'contact',
  'product',
  'opportunity',
  'opportunity_line',
  'registration',
  'payout',
  'invoice',
] as const;
export type CanonicalKind = (typeof canonicalKinds)[number];

/** Kinds that an org may lack, or hide from us, without being worse for it: nothing is decided by them. */
const optionalKinds: ReadonlySet<CanonicalKind> = new Set(['contact', 'product', 'opportunity_line']);

export function isOptional(kind: CanonicalKind): boolean {
  return optionalKinds.has(kind);
}

export type FieldType = 'text' | 'boolean' | 'decimal' | 'date' | 'instant' | 'reference';
export type CanonicalValue = string | boolean | null;
export type CanonicalValues = Readonly<Record<string, CanonicalValue>>;

export interface CanonicalField {
  readonly type: FieldType;
  /** A record without it cannot be placed. */
  readonly required?: true;
  /** The kind a reference points at. */
  readonly to?: CanonicalKind;
  /** Who decides the value: the CRM or ERP it is read from, or Fairway, which writes it. */
  readonly owner: 'remote' | 'fairway';
}

const remote = (type: FieldType): CanonicalField => ({ type, owner: 'remote' });
const required = (type: FieldType): CanonicalField => ({ type, owner: 'remote', required: true });
const ours = (type: FieldType): CanonicalField => ({ type, owner: 'fairway' });
const pointsTo = (to: CanonicalKind): CanonicalField => ({ type: 'reference', to, owner: 'remote' });

export const canonicalFields = {
  account: {
    name: required('text'),
    domain: remote('text'),
    /** ISO 3166-1 alpha-2. */
    country: remote('text'),
    street: remote('text'),
    city: remote('text'),
    region: remote('text'),
    postcode: remote('text'),
    phone: remote('text'),
    /** Other names it goes by: trade styles, former names. Several are separated by `;`. */
    aliases: remote('text'),
    /** What registries know it by. Two accounts with one of them in common are one company. */
    vatId: remote('text'),
    duns: remote('text'),
    lei: remote('text'),
    isPartner: remote('boolean'),
    /** The partner's number in the ERP; invoices carry it. */
    partnerCode: remote('text'),
    /** Countries a partner may sell in, as codes or names, separated by `;`. Blank: anywhere. */
    territory: remote('text'),
    /** The day it first bought, where the CRM keeps it; won opportunities say it, too. */
    customerSince: remote('date'),
    tier: ours('text'),
    tierStanding: ours('text'),
    trailingRevenue: ours('decimal'),
    tierAsOf: ours('date'),
  },
  contact: {
    account: pointsTo('account'),
    firstName: remote('text'),
    lastName: remote('text'),
    email: remote('text'),
    phone: remote('text'),
    title: remote('text'),
  },
  product: {
    /** The article number or SKU. */
    code: remote('text'),
    name: required('text'),
    family: remote('text'),
    isActive: remote('boolean'),
  },
  opportunity: {
    name: required('text'),
    account: pointsTo('account'),
    stage: remote('text'),
    isClosed: remote('boolean'),
    isWon: remote('boolean'),
    amount: remote('decimal'),
    currency: remote('text'),
    closeDate: remote('date'),
    productFamily: remote('text'),
    openedAt: remote('instant'),
    registrationStatus: ours('text'),
    registeredPartner: ours('text'),
    protectedUntil: ours('date'),
    conflictSummary: ours('text'),
  },
  opportunity_line: {
    opportunity: { type: 'reference', to: 'opportunity', owner: 'remote', required: true },
    product: pointsTo('product'),
    name: remote('text'),
    quantity: remote('decimal'),
    unitPrice: remote('decimal'),
    /** What the line comes to, discounts included. */
    amount: remote('decimal'),
    currency: remote('text'),
  },
  registration: {
    number: required('text'),
    partner: { type: 'reference', to: 'account', owner: 'remote', required: true },
    opportunity: pointsTo('opportunity'),
    customerName: required('text'),
    customerDomain: remote('text'),
    customerCountry: remote('text'),
    contactEmail: remote('text'),
    productFamily: remote('text'),
    /** `new` or `renewal`. */
    dealType: remote('text'),
    amount: remote('decimal'),
    currency: remote('text'),
    expectedClose: remote('date'),
    submittedAt: required('instant'),
    status: ours('text'),
    decidedAt: ours('instant'),
    protectedUntil: ours('date'),
    reason: ours('text'),
    conflictSummary: ours('text'),
    conflictScore: ours('decimal'),
  },
  payout: {
    key: ours('text'),
    partner: { type: 'reference', to: 'account', owner: 'fairway' },
    batch: ours('text'),
    period: ours('text'),
    amount: ours('decimal'),
    currency: ours('text'),
    status: ours('text'),
    lineCount: ours('decimal'),
  },
  invoice: {
    number: required('text'),
    /** `invoice` or `credit_memo`. */
    kind: required('text'),
    partnerCode: required('text'),
    customerName: remote('text'),
    currency: required('text'),
    /** Net of tax, always positive; a credit memo subtracts. */
    amount: required('decimal'),
    issuedOn: required('date'),
    /** Empty while unpaid. */
    paidOn: remote('date'),
    /** The invoice a credit memo corrects. */
    appliesTo: remote('text'),
  },
} as const satisfies Record<CanonicalKind, Record<string, CanonicalField>>;

/** What a customer's own field may hold. A reference may not be declared: nothing would resolve it. */
export const extraTypes = [
  'text',
  'boolean',
  'decimal',
  'date',
  'instant',
] as const satisfies readonly FieldType[];

/** A field a customer declares for a kind, kept in `extra` of the row. */
export interface ExtraField {
  /** Without the prefix: `industry` is written `extra.industry`. */
  readonly name: string;
  readonly label: string;
  readonly type: (typeof extraTypes)[number];
  /** What a text may say; any text when absent. */
  readonly values?: readonly string[] | undefined;
}

/** Before the name of a customer's own field wherever fields of all sorts are listed. */
export const extraPrefix = 'extra.';

/** The fields of one kind, for code that handles any kind; the customer's own as `extra.<name>`. */
export function fieldsOf(
  kind: CanonicalKind,
  extra: readonly ExtraField[] = [],
): Readonly<Record<string, CanonicalField>> {
  const declared: Readonly<Record<string, CanonicalField>> = canonicalFields[kind];
  if (extra.length === 0) return declared;
  return {
    ...declared,
    ...Object.fromEntries(extra.map(({ name, type }) => [`${extraPrefix}${name}`, remote(type)])),
  };
}
