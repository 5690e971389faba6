/**
 * What the rules of engagement do in a programme. Each rule has an effect of its own for every case that it finds;
 * the setting says how severe its most severe findings are. The defaults are the effects that the rules are written
 * with.
 */
export type RuleEffect = 'off' | 'note' | 'review' | 'block' | 'ask';

/** `off`: the rule is not applied. */
interface Switched {
  readonly effect: Exclude<RuleEffect, 'ask'>;
}

/** A customer that is reserved, with at least one of domain, registry id and the id of its record in a CRM. */
export interface NamedAccount {
  readonly name: string;
  readonly domain: string | null;
  readonly registryId: string | null;
  readonly account: string | null;
  /** Codes of partners, or `direct` for the vendor's own sales team. */
  readonly for: 'direct' | readonly string[];
}

export const dealRoles = ['reseller', 'distributor', 'referrer'] as const;

export interface RuleSettings {
  readonly same_partner_duplicate: Switched;
  readonly same_partner_update: Switched;
  readonly same_partner_rejected: Switched;
  readonly earlier_registration: Switched;
  readonly later_registration: Switched;
  readonly same_instant: Switched;
  /** A protection is shown when it ended at most so many days before the registration was submitted. */
  readonly protection_ended: Switched & { readonly days: number };
  readonly direct_opportunity: Switched;
  /** A lead is fresh when it was opened at most so many days before the registration was submitted. */
  readonly open_lead: Switched & { readonly days: number };
  readonly same_initials: Switched;
  readonly partner_eligibility: Switched;
  /** `afterApproval` says what an edit does; an edit is never approved without a person. */
  readonly edited_after_approval: { readonly effect: 'review' };
  /** A promise about a company that has no name cannot be checked, so this rule is always on. */
  readonly placeholder_customer: { readonly effect: 'ask' | 'block' };
  readonly linked_opportunity: Switched;
  readonly existing_customer: Switched;
  readonly renewal: Switched;
  readonly outside_territory: Switched;
  readonly typed_date: Switched;
  /** The smallest amount, once for each currency. Empty: any amount. */
  readonly minimum_deal_size: Switched & { readonly amounts: readonly string[] };
  /** `reservedField` is a custom field of accounts that reserves them. */
  readonly named_account: Switched & {
    readonly accounts: readonly NamedAccount[];
    readonly reservedField: string | null;
  };
  /** `endField` is the custom field of accounts with the last day of the contract. */
  readonly incumbent_contract: Switched & { readonly endField: string | null; readonly days: number };
  /** The number of registrations of one partner that may wait or be protected, by its tier. Null: any number. */
  readonly open_registrations: Switched & {
    readonly most: number | null;
    readonly tiers: Readonly<Record<string, number>>;
  };
  /** Custom fields of the partner's account. */
  readonly partner_status: Switched & {
    readonly statusField: string | null;
    readonly good: readonly string[];
    readonly agreementField: string | null;
  };
  readonly partner_certification: Switched & {
    readonly field: string | null;
    /** Each entry that fits the product needs one of its certifications. */
    readonly needed: readonly {
      readonly productFamilies: readonly string[];
      readonly anyOf: readonly string[];
    }[];
  };
  /** Partners whose roles are in one of these lists may work on one deal together. */
  readonly co_sell: Switched & {
    readonly field: string | null;
    readonly together: readonly (readonly (typeof dealRoles)[number][])[];
  };
}

export const defaultRuleSettings: RuleSettings = {
  same_partner_duplicate: { effect: 'block' },
  same_partner_update: { effect: 'block' },
  same_partner_rejected: { effect: 'review' },
  earlier_registration: { effect: 'review' },
  later_registration: { effect: 'review' },
  same_instant: { effect: 'review' },
  protection_ended: { effect: 'note', days: 30 },
  direct_opportunity: { effect: 'review' },
  open_lead: { effect: 'review', days: 180 },
  same_initials: { effect: 'note' },
  partner_eligibility: { effect: 'review' },
  edited_after_approval: { effect: 'review' },
  placeholder_customer: { effect: 'ask' },
  linked_opportunity: { effect: 'review' },
  existing_customer: { effect: 'review' },
  renewal: { effect: 'review' },
  outside_territory: { effect: 'review' },
  typed_date: { effect: 'note' },
  minimum_deal_size: { effect: 'review', amounts: [] },
  named_account: { effect: 'review', accounts: [], reservedField: null },
  incumbent_contract: { effect: 'review', endField: null, days: 90 },
  open_registrations: { effect: 'review', most: null, tiers: {} },
  partner_status: { effect: 'review', statusField: null, good: [], agreementField: null },
  partner_certification: { effect: 'review', field: null, needed: [] },
  co_sell: { effect: 'note', field: null, together: [] },
};

const severity: Readonly<Record<RuleEffect, number>> = { off: 0, note: 1, review: 2, block: 3, ask: 4 };

export function isWeaker(effect: RuleEffect, other: RuleEffect): boolean {
  return severity[effect] < severity[other];
}

/** The settings of a rule. Decisions that are older than a setting have its default. */
export function ruleSetting<Kind extends keyof RuleSettings>(
  { rules }: { readonly rules?: Partial<RuleSettings> },
  kind: Kind,
): RuleSettings[Kind] {
  return { ...defaultRuleSettings[kind], ...rules?.[kind] };
}
