import type { ApprovedTerms, EditedTerms } from '#src/domain/registrations/protected-terms.ts';
import type { CaseFacts, RegistrationDecision } from '#src/domain/registrations/registration.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import { at, extra, id, minor, minorSum } from './columns.ts';

/**
 * Only this many characters of a name are indexed: an entry of an index has at most 2,700 bytes, and a longer
 * text would refuse its row.
 */
export const indexedLength = 200;

/** Index expression for a search by the beginning of a name, in any case. */
const beginning = (name: AnyPgColumn) =>
  sql`lower("left"(${name}, ${sql.raw(String(indexedLength))})) text_pattern_ops`;

/** Name and domain of an account that was merged into another. */
export interface FormerName {
  readonly name: string;
  readonly domain: string | null;
}

/** A company in a CRM: a customer, a prospect or a partner. `match_profile` holds what matching compares. */
export const account = pgTable(
  'account',
  {
    id: id(),
    name: text().notNull(),
    domain: text(),
    country: text(),
    street: text(),
    city: text(),
    region: text(),
    postcode: text(),
    phone: text(),
    /** Other names, separated by `;`. */
    aliases: text(),
    vatId: text('vat_id'),
    duns: text(),
    lei: text(),
    isPartner: boolean('is_partner').notNull().default(false),
    partnerSuspended: boolean('partner_suspended').notNull().default(false),
    partnerCode: text('partner_code'),
    /** Countries a partner may sell in, separated by `;`. Null when it may sell anywhere. */
    territory: text(),
    /** When the company became a customer, if the CRM has the date. */
    customerSince: date('customer_since'),
    /** The CRM's id of the owner; for a partner, the channel account manager. */
    owner: text(),
    /**
     * Names and domains of the accounts that were merged into this one, and its earlier names. A registration
     * that uses one of them means this account.
     */
    formerNames: jsonb('former_names').$type<readonly FormerName[]>().notNull().default([]),
    /** This column and the next two are no longer read or written. */
    core: text(),
    matchDomain: text('match_domain'),
    normaliserVersion: text('normaliser_version'),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [index('account_name').using('btree', beginning(t.name))],
);

export const opportunity = pgTable(
  'opportunity',
  {
    id: id(),
    accountId: uuid('account_id').references(() => account.id),
    name: text().notNull(),
    stage: text(),
    isClosed: boolean('is_closed').notNull().default(false),
    isWon: boolean('is_won').notNull().default(false),
    amountMinor: minor('amount_minor'),
    currency: text(),
    closeDate: date('close_date'),
    /**
     * The UTC day on which Fairway read it as closed after it had read it as open. People type the close date, so
     * that may be older. Null while it is open, and if it was closed when Fairway read it first.
     */
    closedSeenOn: date('closed_seen_on'),
    productFamily: text('product_family'),
    /** Why it was lost, as the CRM says it. */
    lostReason: text('lost_reason'),
    openedAt: at('opened_at'),
    /** The CRM's id of the owner. */
    owner: text(),
    /** The CRM in which Fairway creates it, with its id as the key. Null for one that was read from a CRM. */
    createdIn: uuid('created_in'),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [
    index('opportunity_account').on(t.accountId),
    index('opportunity_name').using('btree', beginning(t.name)),
  ],
);

/** A person at a company. */
export const contact = pgTable(
  'contact',
  {
    id: id(),
    accountId: uuid('account_id').references(() => account.id),
    firstName: text('first_name'),
    lastName: text('last_name'),
    email: text(),
    phone: text(),
    title: text(),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [
    index('contact_account').on(t.accountId),
    index('contact_last_name').using('btree', beginning(t.lastName)),
  ],
);

/**
 * A company that the vendor's sales team has a first contact with. A lead that refers to an account is matched by
 * the account, others by company, domain and country.
 */
export const lead = pgTable(
  'lead',
  {
    id: id(),
    company: text(),
    domain: text(),
    emailDomain: text('email_domain'),
    country: text(),
    accountId: uuid('account_id').references(() => account.id),
    status: text(),
    isClosed: boolean('is_closed').notNull().default(false),
    isConverted: boolean('is_converted').notNull().default(false),
    /** The opportunity that it was converted to. */
    opportunityId: uuid('opportunity_id').references(() => opportunity.id),
    openedAt: at('opened_at'),
    owner: text(),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [
    index('lead_account').on(t.accountId),
    index('lead_opportunity').on(t.opportunityId),
    index('lead_company').using('btree', beginning(t.company)),
  ],
);

/** Something the vendor sells. */
export const product = pgTable(
  'product',
  {
    id: id(),
    code: text(),
    name: text().notNull(),
    family: text(),
    isActive: boolean('is_active').notNull().default(true),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [index('product_code').on(t.code), index('product_name').using('btree', beginning(t.name))],
);

/**
 * A product line of an opportunity. Quantity and price are exact decimals, because a price may be finer than
 * its currency's minor unit.
 */
export const opportunityLine = pgTable(
  'opportunity_line',
  {
    id: id(),
    opportunityId: uuid('opportunity_id')
      .notNull()
      .references(() => opportunity.id),
    productId: uuid('product_id').references(() => product.id),
    name: text(),
    quantity: numeric(),
    unitPrice: numeric('unit_price'),
    amountMinor: minor('amount_minor'),
    currency: text(),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [
    index('opportunity_line_opportunity').on(t.opportunityId),
    index('opportunity_line_product').on(t.productId),
    index('opportunity_line_name').using('btree', beginning(t.name)),
  ],
);

/**
 * A company that sells for the vendor: the partner side of an account. When two partners are merged, the row
 * of the merged one stays, because journal entries and payouts that name it are never rewritten. Sums follow
 * `mergedInto`, so that they include both under the surviving partner. Both rows point to the surviving
 * account.
 */
export const partner = pgTable(
  'partner',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => account.id),
    name: text().notNull(),
    code: text(),
    /** Always a partner that is not merged itself. */
    mergedInto: uuid('merged_into').references((): AnyPgColumn => partner.id),
    /**
     * The partner it was merged into at that time, which may have been merged itself since. Tiers between the
     * two merges are taken from this partner.
     */
    mergedFirstInto: uuid('merged_first_into').references((): AnyPgColumn => partner.id),
    /** When Fairway learned of the merge. Before this, the partner had its own tiers. */
    mergedAt: at('merged_at'),
  },
  (t) => [
    index('partner_code').on(t.code),
    uniqueIndex('partner_account')
      .on(t.accountId)
      .where(sql`${t.mergedInto} is null`),
    check(
      'partner_merge_complete',
      sql`num_nulls(${t.mergedInto}, ${t.mergedFirstInto}, ${t.mergedAt}) in (0, 3)`,
    ),
  ],
);

export const registration = pgTable(
  'registration',
  {
    id: id(),
    number: text().notNull(),
    partnerId: uuid('partner_id')
      .notNull()
      .references(() => partner.id),
    /** The partner that registered it, if that partner was merged into the present one since. */
    mergedPartnerId: uuid('merged_partner_id').references(() => partner.id),
    /** The opportunity of the deal. With a lifecycle, the lifecycle says which one that is. */
    opportunityId: uuid('opportunity_id').references(() => opportunity.id),
    /** The opportunity that its record in the CRM names. */
    namedOpportunityId: uuid('named_opportunity_id').references(() => opportunity.id),
    customerName: text('customer_name').notNull(),
    customerDomain: text('customer_domain'),
    customerCountry: text('customer_country'),
    contactEmail: text('contact_email'),
    productFamily: text('product_family'),
    dealType: text('deal_type').$type<'new' | 'renewal'>().notNull().default('new'),
    amountMinor: minor('amount_minor'),
    currency: text(),
    expectedClose: date('expected_close'),
    /** As typed in the CRM. `domain/registrations/precedence.ts` says from when precedence counts. */
    submittedAt: at('submitted_at').notNull(),
    /** When the CRM created the record. */
    createdAt: at('created_at'),
    /** When Fairway first stored the registration. Null for rows that are older than this column. */
    receivedAt: at('received_at'),
    /** The typed date that an ops admin has confirmed, such as that of a registration imported from elsewhere. */
    confirmedSubmittedAt: at('confirmed_submitted_at'),
    /** The terms that are protected. Null if it is not approved, or was approved before this column existed. */
    approvedTerms: jsonb('approved_terms').$type<ApprovedTerms>(),
    /** The terms that were entered in the CRM after the approval and differ from the approved ones. */
    editedTerms: jsonb('edited_terms').$type<EditedTerms>(),
    /** When the registration got its present terms, if it was about no customer or another deal before. */
    termsSince: at('terms_since'),
    /** This column and the next two are no longer read or written, as for accounts. */
    core: text(),
    matchDomain: text('match_domain'),
    matchCountry: text('match_country'),
    status: text().$type<RegistrationStatus>().notNull().default('submitted'),
    reason: text(),
    decidedAt: at('decided_at'),
    /** A person's id; null when the rules decided. */
    decidedBy: uuid('decided_by'),
    protectedUntil: date('protected_until'),
    conflictSummary: text('conflict_summary'),
    conflictScore: integer('conflict_score'),
    programVersion: integer('program_version'),
    extra: extra(),
    deleted: boolean().notNull().default(false),
  },
  (t) => [
    index('registration_status').on(t.status),
    index('registration_opportunity').on(t.opportunityId),
    index('registration_named_opportunity').on(t.namedOpportunityId),
    index('registration_number').using('btree', beginning(t.number)),
  ],
);

/**
 * The opportunities of the vendor's own sales team that compete with a registration in force. Their owners see
 * the registration on the opportunity.
 */
export const rivalDeal = pgTable(
  'rival_deal',
  {
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => registration.id, { onDelete: 'cascade' }),
    opportunityId: uuid('opportunity_id')
      .notNull()
      .references(() => opportunity.id, { onDelete: 'cascade' }),
    verdict: text().$type<'same' | 'related'>().notNull(),
    /** The evidence, such as `same domain`. */
    evidence: text().notNull(),
    foundAt: at('found_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.registrationId, t.opportunityId] }),
    index('rival_deal_opportunity').on(t.opportunityId),
  ],
);

/** Candidates, evidence and verdict for one registration, as known at the time of the decision. */
export const conflictCase = pgTable('conflict_case', {
  registrationId: uuid('registration_id')
    .primaryKey()
    .references(() => registration.id, { onDelete: 'cascade' }),
  decision: jsonb().$type<RegistrationDecision>().notNull(),
  modelVersion: text('model_version').notNull(),
  /** `match_model.hash`; null for cases from before models were stored. */
  modelHash: text('model_hash'),
  normaliserVersion: text('normaliser_version').notNull(),
  programVersion: integer('program_version').notNull(),
  /**
   * The compared values, which only the review queue shows. Null for cases from before they were stored, and
   * after one of the companies was erased.
   */
  facts: jsonb().$type<CaseFacts>(),
  openedAt: at('opened_at').notNull(),
  closedAt: at('closed_at'),
});

/** A partner's tier from the first day of a month on. */
export const tierAssignment = pgTable(
  'tier_assignment',
  {
    partnerId: uuid('partner_id')
      .notNull()
      .references(() => partner.id),
    effectiveFrom: date('effective_from').notNull(),
    tier: text().notNull(),
    trailingRevenueMinor: minorSum('trailing_revenue_minor').notNull(),
    currency: text().notNull(),
    explanation: text().notNull(),
    programVersion: integer('program_version').notNull(),
  },
  (t) => [primaryKey({ columns: [t.partnerId, t.effectiveFrom] })],
);
