/** The rules of engagement in words, for a person who approves a change of a programme. */
import {
  defaultRuleSettings,
  isWeaker,
  type RuleEffect,
  type RuleSettings,
} from '#src/domain/program/rule-settings.ts';

interface RuleWords {
  readonly label: string;
  /** What can happen when the rule is weaker than usual. The difference always says it. */
  readonly weaker: string;
}

const rules: Readonly<Record<keyof RuleSettings, RuleWords>> = {
  same_partner_duplicate: {
    label: 'Duplicate by the same partner',
    weaker: 'a partner can be approved twice for one deal',
  },
  same_partner_update: {
    label: 'Update by the same partner',
    weaker: 'a partner can be approved twice for one deal with other terms',
  },
  same_partner_rejected: {
    label: 'Rejected before',
    weaker: 'a deal that a person rejected can be approved without a person when it is registered again',
  },
  earlier_registration: {
    label: 'Earlier registration',
    weaker: 'two partners can be approved for one deal without a person',
  },
  later_registration: {
    label: 'Later registration',
    weaker: 'two partners can be approved for one deal without a person',
  },
  same_instant: {
    label: 'Same instant',
    weaker: 'two partners can be approved for one deal without a person',
  },
  protection_ended: {
    label: 'Protection ended',
    weaker: 'a protection of another partner that ended recently is not shown',
  },
  direct_opportunity: {
    label: 'Direct opportunity',
    weaker: 'a partner can be approved for a deal of our sales team without a person',
  },
  open_lead: {
    label: 'Open lead',
    weaker: 'a partner can be approved for a customer that our sales team works on without a person',
  },
  same_initials: { label: 'Initials', weaker: 'customers whose names may be abbreviations are not shown' },
  partner_eligibility: {
    label: 'Partner',
    weaker:
      'a suspended or former partner, or a partner that is the customer, can be approved without a person',
  },
  edited_after_approval: {
    label: 'Edited after approval',
    weaker: 'an edit can be approved without a person',
  },
  placeholder_customer: { label: 'Placeholder customer', weaker: 'the partner is not asked for the name' },
  linked_opportunity: {
    label: 'Linked opportunity',
    weaker:
      'a link to an opportunity that was there before, or is with another company, is not checked by a person',
  },
  existing_customer: {
    label: 'Existing customer',
    weaker: 'new business with an existing customer can be approved without a person',
  },
  renewal: {
    label: 'Renewal',
    weaker: 'a renewal can be approved without a person for a partner that did not sell before',
  },
  outside_territory: {
    label: 'Territory',
    weaker: 'a deal outside of the territory can be approved without a person',
  },
  typed_date: { label: 'Typed date', weaker: 'a typed date that differs is not shown' },
};

const prefix = 'engagement.rules.';

function kindAt(place: string): keyof RuleSettings | null {
  const kind = place.startsWith(prefix) ? (place.slice(prefix.length).split('.')[0] ?? '') : '';
  return Object.hasOwn(rules, kind) ? (kind as keyof RuleSettings) : null;
}

/** @param place such as `engagement.rules.open_lead.days`; null when it is no setting of a rule */
export function ruleLabel(place: string): string | null {
  const kind = kindAt(place);
  if (kind === null) return null;
  const setting = place.split('.')[3] ?? 'effect';
  return `Rule "${rules[kind].label}"${setting === 'effect' ? '' : `, ${setting}`}`;
}

/** The effect of a rule; with what can happen, where it is weaker than usual. Null for another setting. */
export function ruleEffectWords(place: string, value: unknown): string | null {
  const kind = kindAt(place);
  if (kind === null || !place.endsWith('.effect')) return null;
  const effect = value as RuleEffect;
  return isWeaker(effect, defaultRuleSettings[kind].effect) ? `${effect} (${rules[kind].weaker})` : effect;
}
