import type { CompanyMatch, NormalisedCompany } from '#src/domain/matching/company.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import type { Program } from '#src/domain/program/program.ts';

/** The terms of the deal, which a partner may change while the deal develops. */
export interface DealTerms {
  /** `1234.50 USD` */
  readonly amount: string | null;
  /** `YYYY-MM-DD` */
  readonly expectedClose: string | null;
  readonly contactEmail: string | null;
}

/** Invoices of one partner to a company with the customer's name. */
export interface PartnerSales {
  readonly partnerId: string;
  readonly partnerName: string;
  /** Dates of the first and the last invoice, `YYYY-MM-DD`. */
  readonly firstOn: string;
  readonly lastOn: string;
}

/** The facts about the registration to decide that the rules of engagement use. */
export interface RegistrationFacts {
  readonly id: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  /** Countries the partner may sell in, as written in the CRM. Null: anywhere. */
  readonly territory: string | null;
  readonly opportunityId: string | null;
  readonly customerName: string;
  readonly customerDomain: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly customerCountry: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  readonly terms: DealTerms;
  /**
   * ISO instant. The earlier registration has precedence; for equal instants, the one with the smaller id.
   */
  readonly submittedAt: string;
  readonly invoiced: readonly PartnerSales[];
}

/**
 * A record that may be about the same customer: another registration, an open opportunity of our own sales
 * team, or an account that has bought before (always with the match verdict `same`).
 */
export type Rival =
  | {
      readonly kind: 'registration';
      readonly id: string;
      readonly number: string;
      readonly partnerId: string;
      readonly partnerName: string;
      readonly customerName: string;
      readonly productFamily: string | null;
      readonly dealType: RegistrationFacts['dealType'];
      readonly terms: DealTerms;
      readonly status: RegistrationStatus;
      readonly submittedAt: string;
      readonly protectedUntil: string | null;
      /** The state of its opportunity. Null if it has none. */
      readonly outcome: 'open' | 'won' | 'lost' | null;
      readonly match: CompanyMatch;
    }
  | {
      readonly kind: 'opportunity';
      readonly id: string;
      readonly name: string;
      readonly accountName: string;
      readonly stage: string | null;
      readonly productFamily: string | null;
      readonly openedAt: string | null;
      readonly match: CompanyMatch;
    }
  | {
      readonly kind: 'customer';
      readonly id: string;
      readonly accountName: string;
      /** The first known purchase, `YYYY-MM-DD`. */
      readonly since: string;
      /** Product families of its won opportunities. Null if one of them has no family. */
      readonly families: readonly string[] | null;
      readonly match: CompanyMatch;
    };

/** Rules that compare the registration with one rival. */
export const rivalRuleKinds = [
  'same_partner_duplicate',
  'same_partner_update',
  'earlier_registration',
  'later_registration',
  'protection_ended',
  'direct_opportunity',
] as const;
export type RivalRuleKind = (typeof rivalRuleKinds)[number];
/** Rules about the registration itself and the history of its customer. */
export const registrationRuleKinds = ['existing_customer', 'renewal', 'outside_territory'] as const;
export type RegistrationRuleKind = (typeof registrationRuleKinds)[number];
export type RuleKind = RivalRuleKind | RegistrationRuleKind;

/** The result of one rule of engagement that applies. */
export interface Finding {
  readonly rule: RuleKind;
  /** block: cannot be approved · review: a person decides · note: shown, but does not delay approval. */
  readonly effect: 'block' | 'review' | 'note';
  /** Null if the finding is about the registration itself. */
  readonly rival: Rival | null;
  /** One sentence for the reviewer, with names and dates. */
  readonly message: string;
  /**
   * The same finding for the CRM record, which the partner can read. It says what matched and why, but gives
   * no names, numbers, dates or stages of other partners' registrations and of our own opportunities.
   */
  readonly publicMessage: string;
}

export type RegistrationDecision =
  | {
      readonly outcome: 'approve';
      readonly reason: string;
      readonly protectedUntil: string;
      readonly findings: readonly Finding[];
    }
  | { readonly outcome: 'review'; readonly reason: string; readonly findings: readonly Finding[] }
  | { readonly outcome: 'reject'; readonly reason: string; readonly findings: readonly Finding[] };

/** Everything that a decision compared and used. It is enough to reproduce the decision exactly. */
export interface CaseFacts {
  readonly company: NormalisedCompany;
  readonly rivals: readonly RivalFacts[];
  /** Absent in cases that are older than this field. */
  readonly rules?: RuleFacts;
}

/** The input of the rules of engagement, except the rivals that are stored with the findings. */
export interface RuleFacts {
  readonly registration: RegistrationFacts;
  /** Rivals without a finding that show what the customer bought and through which partner. */
  readonly historyRivals: readonly Rival[];
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly policy: DecisionPolicy;
}

/**
 * The part of a programme that decides registrations. It is stored in full with each decision, because the
 * default of a setting that the programme leaves out may change later.
 */
export type DecisionPolicy = Pick<Program, 'engagement' | 'protectionDays'>;

export interface RivalFacts {
  readonly id: string;
  readonly company: NormalisedCompany;
  /** Search keys that found it, such as `dom:acme.com`. */
  readonly foundBy: readonly string[];
  /** Differences that would make the two different customers, one sentence each. */
  readonly cleanIf: readonly string[];
}
