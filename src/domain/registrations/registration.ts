import type { CompanyMatch, MatchVerdict, NormalisedCompany } from '#src/domain/matching/company.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import type { ProgrammeFacts } from './programme/programme-facts.ts';
import type { TermChange } from './protected-terms.ts';
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

/** A person's rejection. */
export interface Rejection {
  /** The person's name. */
  readonly by: string;
  /** `YYYY-MM-DD` */
  readonly on: string;
  readonly reason: string;
}

export type DealOutcome = 'open' | 'won' | 'lost';

/** The opportunity that the partner linked to the registration. */
export interface LinkedOpportunity {
  readonly id: string;
  readonly name: string;
  /** Null if it has no account. */
  readonly accountName: string | null;
  readonly stage: string | null;
  readonly outcome: DealOutcome;
  readonly openedAt: string | null;
  /** The match of its account with the customer of the registration. Null if it has no account. */
  readonly customer: MatchVerdict | null;
}

/** The facts about the registration to decide that the rules of engagement use. */
export interface RegistrationFacts extends ProgrammeFacts {
  readonly id: string;
  readonly number: string;
  readonly partnerId: string;
  readonly partnerName: string;
  /** Countries the partner may sell in, as written in the CRM. Null: anywhere. */
  readonly territory: string | null;
  readonly opportunityId: string | null;
  /** Null if none is linked. Absent in decisions by version 1 of the rules. */
  readonly linked?: LinkedOpportunity | null;
  readonly customerName: string;
  readonly customerDomain: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly customerCountry: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  readonly terms: DealTerms;
  /**
   * ISO instant from which precedence counts, see `precedenceAt`. The earlier registration has precedence. Equal
   * instants are a tie, which a person decides.
   */
  readonly submittedAt: string;
  /** The typed date of submission, ISO. Absent in decisions that are older than this field. */
  readonly typedAt?: string;
  /** Reasons why the partner may not register this deal. Absent in decisions that are older than this field. */
  readonly partnerDoubts?: PartnerDoubts;
  /** Present while automatic approval has stopped, because too many of its approvals were overturned. */
  readonly automaticStop?: AutomaticStop;
  /** Present while an edit that was made in the CRM after the approval waits for a person. */
  readonly edit?: WaitingEdit;
  readonly invoiced: readonly PartnerSales[];
}

/**
 * A record that may be about the same customer: another registration, an opportunity of our own sales team that
 * is open or was closed since, an open lead of theirs, or an account that has bought before (always with the match
 * verdict `same`).
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
      /** A person's rejection. Null if no person rejected it. Absent in decisions by version 1 of the rules. */
      readonly rejection?: Rejection | null;
      /** The state of its opportunity. Null if it has none. */
      readonly outcome: DealOutcome | null;
      readonly match: CompanyMatch;
      /** The partner's role in the deal. Absent while the programme allows no roles together. */
      readonly role?: string | null;
      /**
       * The terms that wait for a person after an edit; everything else is about the approved terms. Absent
       * without an edit, and when only one of the two may be the same customer.
       */
      readonly edited?: EditedRival;
    }
  | {
      readonly kind: 'opportunity';
      readonly id: string;
      readonly name: string;
      readonly accountName: string;
      readonly stage: string | null;
      readonly productFamily: string | null;
      readonly openedAt: string | null;
      /** Absent in decisions by version 1 of the rules, which knew only open ones. */
      readonly outcome?: DealOutcome;
      /** The day on which it was won or lost, `YYYY-MM-DD`. */
      readonly closedOn?: string | null;
      readonly match: CompanyMatch;
    }
  | {
      /** An open lead of the vendor's own sales team. */
      readonly kind: 'lead';
      readonly id: string;
      readonly accountName: string;
      readonly status: string | null;
      readonly openedAt: string | null;
      readonly match: CompanyMatch;
    }
  | {
      readonly kind: 'customer';
      readonly id: string;
      readonly accountName: string;
      /** The first known purchase, `YYYY-MM-DD`. */
      readonly since: string;
      /**
       * The last known purchase. Null if the CRM says that it is a customer since a day. Absent in decisions by
       * version 1 of the rules.
       */
      readonly lastOn?: string | null;
      /** Product families of its won opportunities. Null if one of them has no family. */
      readonly families: readonly string[] | null;
      readonly match: CompanyMatch;
    };

/** The terms that a rival registration asks for since it was edited in the CRM. */
export type EditedRival = Pick<
  Extract<Rival, { kind: 'registration' }>,
  | 'partnerId'
  | 'partnerName'
  | 'customerName'
  | 'productFamily'
  | 'dealType'
  | 'terms'
  | 'status'
  | 'submittedAt'
  | 'protectedUntil'
  | 'match'
>;

/** Reasons against a registration by this partner. */
export interface PartnerDoubts {
  /** Null for an active partner. */
  readonly status: 'not_a_partner' | 'suspended' | null;
  /** The partner that made the registration and was merged into the present one. */
  readonly mergedFrom: { readonly name: string; readonly on: string } | null;
  /** The partners that are the same company as the customer. */
  readonly asCustomer: readonly { readonly id: string; readonly name: string }[];
}

/** Of the `decided` newest automatic approvals, `overturned` were taken back. */
export interface AutomaticStop {
  /** `YYYY-MM-DD` */
  readonly since: string;
  readonly overturned: number;
  readonly decided: number;
}

/** An edit of an approved registration. */
export interface WaitingEdit {
  readonly changes: readonly TermChange[];
  /** ISO instant of the edit. */
  readonly since: string;
  /** The last day on which the approved terms are protected. */
  readonly protectedUntil: string | null;
}

/** Rules that compare the registration with one rival. */
export const rivalRuleKinds = [
  'same_partner_duplicate',
  'same_partner_update',
  'same_partner_rejected',
  'earlier_registration',
  'later_registration',
  'same_instant',
  'protection_ended',
  'direct_opportunity',
  'open_lead',
  'same_initials',
  'co_sell',
] as const;
export type RivalRuleKind = (typeof rivalRuleKinds)[number];
/** Rules about the registration itself and the history of its customer. */
export const registrationRuleKinds = [
  'partner_eligibility',
  'edited_after_approval',
  'placeholder_customer',
  'linked_opportunity',
  'existing_customer',
  'renewal',
  'outside_territory',
  'typed_date',
  'minimum_deal_size',
  'named_account',
  'incumbent_contract',
  'open_registrations',
  'partner_status',
  'partner_certification',
] as const;
export type RegistrationRuleKind = (typeof registrationRuleKinds)[number];
/** `automatic_approval`: no rule found a reason for a review, but a person approves. */
export const ruleKinds = [...rivalRuleKinds, ...registrationRuleKinds, 'automatic_approval'] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** The result of one rule of engagement that applies. */
export interface Finding {
  readonly rule: RuleKind;
  /**
   * ask: cannot be decided before the partner gives an information · block: cannot be approved · review: a person
   * decides · note: shown, but does not delay approval.
   */
  readonly effect: 'ask' | 'block' | 'review' | 'note';
  /** Null if the finding is about the registration itself. */
  readonly rival: Rival | null;
  /** One sentence for the reviewer, with names and dates. */
  readonly message: string;
  /**
   * The same finding for the CRM record, which the partner can read. It says what matched and why, but gives
   * no names, numbers, dates or stages of other partners' registrations and of our own opportunities.
   */
  readonly publicMessage: string;
  /** The rule lacks a fact, or the company only may be the one; so it never rejects. */
  readonly isUnclear?: boolean;
}

export type RegistrationDecision =
  | {
      readonly outcome: 'approve';
      readonly reason: string;
      readonly protectedUntil: string;
      readonly findings: readonly Finding[];
    }
  | { readonly outcome: 'ask'; readonly reason: string; readonly findings: readonly Finding[] }
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
  /** The version of the rules, see `currentRules`. Absent for version 1. */
  readonly version?: number;
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
export interface DecisionPolicy extends Pick<Program, 'engagement' | 'protectionDays'> {
  /** False: a person approves what the rules would approve. Absent: true. */
  readonly automaticApproval?: false;
}

export interface RivalFacts {
  readonly id: string;
  readonly company: NormalisedCompany;
  /** Search keys that found it, such as `dom:acme.com`. */
  readonly foundBy: readonly string[];
  /** Differences that would make the two different customers, one sentence each. */
  readonly cleanIf: readonly string[];
}
