/**
 * The output of the sample generator (`data.ts`) for each vendor's `seed`: vendor-neutral, keyed by `key`,
 * every stamp in the past so that the first incremental read after the initial load finds only what really
 * changed.
 */
export interface SampleAccount {
  readonly key: string;
  readonly name: string;
  readonly domain: string | null;
  /** ISO 3166-1 alpha-2 and the English name, as CRMs hold one or the other. */
  readonly country: string | null;
  readonly countryName: string | null;
  readonly city: string | null;
  readonly postcode: string | null;
  readonly phone: string | null;
  readonly isPartner: boolean;
  /** `P-0001`; only partners have one. */
  readonly partnerCode: string | null;
  /** Countries a partner may sell in, as somebody wrote them; without it, anywhere. */
  readonly territory?: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

export interface SampleOpportunity {
  readonly key: string;
  readonly name: string;
  readonly accountKey: string;
  readonly stage: 'prospecting' | 'qualification' | 'proposal' | 'negotiation' | 'closed_won' | 'closed_lost';
  /** Decimal string. */
  readonly amount: string;
  readonly currency: string;
  readonly closeDate: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
}

export interface SampleRegistration {
  readonly key: string;
  /** `DR-2026-0001`. */
  readonly number: string;
  readonly partnerKey: string;
  readonly opportunityKey: string | null;
  readonly customerName: string;
  readonly customerDomain: string | null;
  readonly customerCountry: string | null;
  readonly contactEmail: string | null;
  readonly productFamily: string;
  readonly dealType: 'new' | 'renewal';
  readonly amount: string;
  readonly currency: string;
  readonly expectedClose: string;
  readonly submittedAt: string;
}

export interface SampleInvoice {
  readonly number: string;
  readonly kind: 'invoice' | 'credit_memo';
  readonly partnerCode: string;
  readonly customerName: string;
  readonly currency: string;
  readonly amount: string;
  readonly issuedOn: string;
  readonly paidOn: string | null;
  readonly appliesTo: string | null;
}

export interface SampleContact {
  readonly accountKey: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly title: string;
  readonly createdAt: string;
}

export interface SampleProduct {
  readonly key: string;
  readonly code: string;
  readonly name: string;
  readonly family: string;
  /** Decimal string. */
  readonly price: string;
  readonly createdAt: string;
}

export interface SampleLine {
  readonly opportunityKey: string;
  readonly productKey: string;
  readonly name: string;
  readonly quantity: number;
  /** Decimal string. */
  readonly unitPrice: string;
  readonly currency: string;
  readonly createdAt: string;
}

/** One CRM's share. A registration's partner and opportunity are always in the same CRM. */
export interface CrmSample {
  readonly accounts: readonly SampleAccount[];
  readonly opportunities: readonly SampleOpportunity[];
  readonly registrations: readonly SampleRegistration[];
  /** Left out of samples made for measuring and for tests of other things. */
  readonly contacts?: readonly SampleContact[];
  readonly products?: readonly SampleProduct[];
  readonly lines?: readonly SampleLine[];
}

export interface Sample {
  readonly salesforce: CrmSample;
  readonly hubspot: CrmSample;
  readonly invoices: readonly SampleInvoice[];
}
