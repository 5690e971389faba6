/**
 * The canonical records, which are the same for all source systems.
 *
 * A mapping turns a vendor's record into `CanonicalValues` of one `CanonicalKind`, with the fields declared
 * in `canonicalFields`. Values are JSON-safe, so that they can be stored, hashed and compared directly: a
 * decimal is a plain decimal string ("1234.50"), a date is `YYYY-MM-DD`, an instant is ISO 8601 in UTC, and a
 * reference is the *remote* id until it is resolved through a link.
 */
export const canonicalKinds = [
  'account',
  'contact',
  'product',
  'opportunity',
  'opportunity_line',
  'lead',
  'registration',
  'payout',
  'invoice',
] as const;
export type CanonicalKind = (typeof canonicalKinds)[number];

/** Kinds that a CRM may lack or hide from us. Without leads, registrations are compared with deals only. */
const optionalKinds: ReadonlySet<CanonicalKind> = new Set(['contact', 'product', 'opportunity_line', 'lead']);

export function isOptional(kind: CanonicalKind): boolean {
  return optionalKinds.has(kind);
}

export type FieldType = 'text' | 'boolean' | 'decimal' | 'date' | 'instant' | 'reference';
export type CanonicalValue = string | boolean | null;
export type CanonicalValues = Readonly<Record<string, CanonicalValue>>;

export interface CanonicalField {
  readonly type: FieldType;
  /** A record without a value cannot be stored. */
  readonly required?: true;
  /** The kind a reference points at. */
  readonly to?: CanonicalKind;
  /** The side that decides the value: the CRM or ERP it is read from, or Fairway, which writes it. */
  readonly owner: 'remote' | 'fairway';
}

const remote = (type: FieldType): CanonicalField => ({ type, owner: 'remote' });
const required = (type: FieldType): CanonicalField => ({ type, owner: 'remote', required: true });
const fairway = (type: FieldType): CanonicalField => ({ type, owner: 'fairway' });
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
    /** Other names of the company, such as trade names and former names, separated by `;`. */
    aliases: remote('text'),
    /** Registry ids. Two accounts with the same id are one company. */
    vatId: remote('text'),
    duns: remote('text'),
    lei: remote('text'),
    isPartner: remote('boolean'),
    /** A partner that may not register deals at present. */
    partnerSuspended: remote('boolean'),
    /** The partner's number in the ERP; invoices carry it. */
    partnerCode: remote('text'),
    /** Countries a partner may sell in, as codes or names, separated by `;`. Blank: anywhere. */
    territory: remote('text'),
    /** The day of the first purchase, if the CRM has it. Won opportunities show it too. */
    customerSince: remote('date'),
    /** The CRM's id of the person who owns the record; for a partner, the channel account manager. */
    owner: remote('text'),
    tier: fairway('text'),
    tierStanding: fairway('text'),
    trailingRevenue: fairway('decimal'),
    tierAsOf: fairway('date'),
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
    /** Why it was lost: a code or words of the programme, or any text. */
    lostReason: remote('text'),
    openedAt: remote('instant'),
    /** The CRM's id of the person who owns the record. */
    owner: remote('text'),
    registrationStatus: fairway('text'),
    registeredPartner: fairway('text'),
    registrationRole: fairway('text'),
    registrationNumber: fairway('text'),
    whoDecidesNext: fairway('text'),
    registrationLink: fairway('text'),
    protectedUntil: fairway('date'),
    conflictSummary: fairway('text'),
    /** Only of a record that Fairway created. */
    creationKey: fairway('text'),
  },
  opportunity_line: {
    opportunity: { type: 'reference', to: 'opportunity', owner: 'remote', required: true },
    product: pointsTo('product'),
    name: remote('text'),
    quantity: remote('decimal'),
    unitPrice: remote('decimal'),
    /** Total of the line after discounts. */
    amount: remote('decimal'),
    currency: remote('text'),
  },
  lead: {
    /** The name of the company. Blank when the lead refers to an account. */
    company: remote('text'),
    domain: remote('text'),
    /** The domain of the lead's e-mail address. The address itself is not read. */
    emailDomain: remote('text'),
    country: remote('text'),
    account: pointsTo('account'),
    status: remote('text'),
    /** True when the sales team no longer works on it. */
    isClosed: remote('boolean'),
    isConverted: remote('boolean'),
    /** The opportunity that it was converted to. */
    opportunity: pointsTo('opportunity'),
    openedAt: remote('instant'),
    owner: remote('text'),
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
    /** As typed in the CRM. It is shown; precedence does not depend on it. */
    submittedAt: required('instant'),
    /** When the CRM created the record. People cannot type it, so precedence counts from it. */
    createdAt: remote('instant'),
    /** The currency of the amount, for a CRM that shows all amounts of a record in one. */
    amountCurrency: fairway('text'),
    status: fairway('text'),
    decidedAt: fairway('instant'),
    protectedUntil: fairway('date'),
    reason: fairway('text'),
    conflictSummary: fairway('text'),
    /** Names rivals and their owners. Partners must not read it. */
    internalConflict: fairway('text'),
    conflictScore: fairway('decimal'),
    /** Those from here on are blank without a lifecycle. */
    lifecycleState: fairway('text'),
    reasonCode: fairway('text'),
    /** Names colleagues. Partners must not read it. */
    nextDecider: fairway('text'),
    decisionDue: fairway('instant'),
    daysLeft: fairway('decimal'),
    extensionsUsed: fairway('decimal'),
    supersededBy: fairway('text'),
    decisionRefused: fairway('text'),
    lifecycleVersion: fairway('decimal'),
    registrationLink: fairway('text'),
  },
  payout: {
    key: fairway('text'),
    partner: { type: 'reference', to: 'account', owner: 'fairway' },
    batch: fairway('text'),
    period: fairway('text'),
    amount: fairway('decimal'),
    currency: fairway('text'),
    /** The currency of the amount, for a CRM that shows all amounts of a record in one. */
    amountCurrency: fairway('text'),
    status: fairway('text'),
    lineCount: fairway('decimal'),
  },
  invoice: {
    /** The company of the vendor that issued it. Blank where the ERP has only one. */
    company: remote('text'),
    number: required('text'),
    /** `invoice` or `credit_memo`. */
    kind: required('text'),
    partnerCode: required('text'),
    customerName: remote('text'),
    currency: required('text'),
    /** Net of tax and always positive. A credit memo subtracts. */
    amount: required('decimal'),
    issuedOn: required('date'),
    /** Blank while unpaid. */
    paidOn: remote('date'),
    /** The number of the invoice that a credit memo corrects. */
    appliesTo: remote('text'),
  },
} as const satisfies Record<CanonicalKind, Record<string, CanonicalField>>;

/** The types of a custom field. References are not possible, because nothing would resolve them. */
export const extraTypes = [
  'text',
  'boolean',
  'decimal',
  'date',
  'instant',
] as const satisfies readonly FieldType[];

/**
 * A custom field that a customer declares for a kind. It is stored in the column `extra` of the record's row.
 */
export interface ExtraField {
  /** The name without the prefix: `industry` for `extra.industry`. */
  readonly name: string;
  readonly label: string;
  readonly type: (typeof extraTypes)[number];
  /** The allowed values of a text. Absent: any text. */
  readonly values?: readonly string[] | undefined;
}

/** Separates the ids of a reference that names several records. */
export const severalIds = ';';

/** The prefix of a custom field's name in lists of all fields. */
export const extraPrefix = 'extra.';

/** All fields of one kind. Custom fields are named `extra.<name>`. */
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
