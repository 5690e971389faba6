import type { CompanyMatch, NormalisedCompany } from '#src/domain/matching/company.ts';
import type { RegistrationStatus } from '#src/domain/crm-schema.ts';

/** What the rules of engagement need to know of the registration that is being decided. */
export interface RegistrationFacts {
  readonly id: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  readonly opportunityId: string | null;
  readonly customerName: string;
  readonly customerDomain: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  /** ISO instant; precedence goes by this, then by id. */
  readonly submittedAt: string;
}

/** Another claim on what may be the same customer: a registration, or a deal our own sales team works. */
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
      readonly status: RegistrationStatus;
      readonly submittedAt: string;
      readonly protectedUntil: string | null;
      readonly match: CompanyMatch;
    }
  | {
      readonly kind: 'opportunity';
      readonly id: string;
      readonly name: string;
      readonly accountName: string;
      readonly stage: string | null;
      readonly openedAt: string | null;
      readonly match: CompanyMatch;
    };

export type RuleKind = 'own_duplicate' | 'earlier_claim' | 'later_claim' | 'direct_opportunity';

/** What one rule of engagement says of one rival. */
export interface Finding {
  readonly rule: RuleKind;
  /** block: cannot be approved · review: a person decides · note: told, not held up. */
  readonly effect: 'block' | 'review' | 'note';
  readonly rival: Rival;
  /** One sentence for the reviewer. */
  readonly says: string;
  /** The same for the CRM record and the partner, who must not learn of others' deals: that something matched and how. */
  readonly tells: string;
}

export type RegistrationDecision =
  | { readonly outcome: 'approve'; readonly reason: string; readonly protectedUntil: string; readonly findings: readonly Finding[] }
  | { readonly outcome: 'review'; readonly reason: string; readonly findings: readonly Finding[] }
  | { readonly outcome: 'reject'; readonly reason: string; readonly findings: readonly Finding[] };

/** What a decision compared: enough to work it out again to the last bit. */
export interface CaseFacts {
  readonly company: NormalisedCompany;
  readonly rivals: readonly RivalFacts[];
}

export interface RivalFacts {
  readonly id: string;
  readonly company: NormalisedCompany;
  /** Keys that found it, e.g. `dom:acme.com`. */
  readonly foundBy: readonly string[];
  /** What would have to differ for the two to be told apart. */
  readonly cleanIf: readonly string[];
}
