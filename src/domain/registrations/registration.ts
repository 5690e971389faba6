import type { CompanyMatch, NormalisedCompany } from '#src/domain/matching/company.ts';
import type { RegistrationStatus } from '#src/domain/crm-schema.ts';
import type { Program } from '#src/domain/program/program.ts';

/**
 * What a registration says of its deal besides customer and product: what a partner changes in the course of
 * it.
 */
export interface DealTerms {
  /** `1234.50 USD` */
  readonly amount: string | null;
  /** `YYYY-MM-DD` */
  readonly expectedClose: string | null;
  readonly contactEmail: string | null;
}

/** Invoices of one partner to a company of the customer's name. */
export interface PartnerSales {
  readonly partnerId: string;
  readonly partnerName: string;
  /** `YYYY-MM-DD` of the first and the last. */
  readonly firstOn: string;
  readonly lastOn: string;
}

/** What the rules of engagement need to know of the registration that is being decided. */
export interface RegistrationFacts {
  readonly id: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  /** Countries the partner may sell in, as the CRM has them; null: anywhere. */
  readonly territory: string | null;
  readonly opportunityId: string | null;
  readonly customerName: string;
  readonly customerDomain: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly customerCountry: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  readonly terms: DealTerms;
  /** ISO instant; precedence goes by this, then by id. */
  readonly submittedAt: string;
  readonly invoiced: readonly PartnerSales[];
}

/**
 * What may be about the same customer: another registration, a deal our own sales team works, or an account
 * that has bought before (always the same company).
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
      /** What became of its opportunity; null when it has none. */
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
      /** The first day it is known to have bought, `YYYY-MM-DD`. */
      readonly since: string;
      /** Families of the opportunities it was won with; null when one of them names none. */
      readonly families: readonly string[] | null;
      readonly match: CompanyMatch;
    };

/** Rules that look at one rival. */
export const rivalRuleKinds = [
  'own_duplicate',
  'own_update',
  'earlier_claim',
  'later_claim',
  'protection_ended',
  'direct_opportunity',
] as const;
export type RivalRuleKind = (typeof rivalRuleKinds)[number];
/** Rules that look at the claim itself, in the light of what is known of its customer. */
export const registrationRuleKinds = ['existing_customer', 'renewal', 'outside_territory'] as const;
export type RegistrationRuleKind = (typeof registrationRuleKinds)[number];
export type RuleKind = RivalRuleKind | RegistrationRuleKind;

/** What one rule of engagement says. */
export interface Finding {
  readonly rule: RuleKind;
  /** block: cannot be approved · review: a person decides · note: told, not held up. */
  readonly effect: 'block' | 'review' | 'note';
  /** What it speaks of; null when that is the claim itself. */
  readonly rival: Rival | null;
  /** One sentence for the reviewer. */
  readonly says: string;
  /**
   * The same for the CRM record and the partner, who must not learn of others' deals: that something matched
   * and how.
   */
  readonly tells: string;
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

/** What a decision compared and went by: enough to work it out again to the last bit. */
export interface CaseFacts {
  readonly company: NormalisedCompany;
  readonly rivals: readonly RivalFacts[];
  /** Absent in cases from before it was kept. */
  readonly rules?: RuleFacts;
}

/** What the rules of engagement went by, besides the rivals they speak of. */
export interface RuleFacts {
  readonly claim: RegistrationFacts;
  /** Those no finding speaks of that show what the customer bought, and through whom. */
  readonly untold: readonly Rival[];
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly policy: DecisionPolicy;
}

/**
 * What of a programme decides about registrations. Kept as it was: what a programme leaves out may have
 * another default later.
 */
export type DecisionPolicy = Pick<Program, 'engagement' | 'protectionDays'>;

export interface RivalFacts {
  readonly id: string;
  readonly company: NormalisedCompany;
  /** Keys that found it, e.g. `dom:acme.com`. */
  readonly foundBy: readonly string[];
  /** What would have to differ for the two to be told apart. */
  readonly cleanIf: readonly string[];
}
