/** The rules of engagement in words, for a person who approves a change of a programme. */
import {
  defaultRuleSettings,
  isWeaker,
  type NamedAccount,
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
  minimum_deal_size: {
    label: 'Minimum deal size',
    weaker: 'a deal below the minimum can be approved without a person',
  },
  named_account: {
    label: 'Named account',
    weaker: 'a partner can be approved for a reserved account without a person',
  },
  incumbent_contract: {
    label: "Incumbent's contract",
    weaker: 'another partner can be approved for what may be the renewal of a running contract',
  },
  open_registrations: {
    label: 'Open registrations',
    weaker: 'a partner can be approved for any number of registrations',
  },
  partner_status: {
    label: 'Partner in good standing',
    weaker: 'a partner without a good status or a valid agreement can be approved without a person',
  },
  partner_certification: {
    label: 'Certification',
    weaker: 'a partner without the needed certification can be approved without a person',
  },
  co_sell: { label: 'Co-sell', weaker: 'roles do not count, so all partners of a deal are rivals' },
};

const prefix = 'engagement.rules.';

function kindAt(place: string): keyof RuleSettings | null {
  const kind = place.startsWith(prefix) ? (place.slice(prefix.length).split('.')[0] ?? '') : '';
  return Object.hasOwn(rules, kind) ? (kind as keyof RuleSettings) : null;
}

/** @param place such as `engagement.rules.open_lead.days`; null when it is no setting of a rule */
export function ruleLabel(place: string, names: readonly string[]): string | null {
  const kind = kindAt(place);
  if (kind === null) return null;
  const setting = place.split('.')[3] ?? 'effect';
  const details = [...(setting === 'effect' ? [] : [setting]), ...names];
  return [`Rule "${rules[kind].label}"`, ...details].join(', ');
}

/** The value of a setting of a rule in words; null for another place, and for a part with several settings. */
export function ruleWords(place: string, value: unknown): string | null {
  const kind = kindAt(place);
  if (kind === null) return null;
  if (place.endsWith('.effect')) return effectWords(kind, value as RuleEffect);
  if (place.endsWith('named_account.accounts.*')) return accountWords(value as NamedAccount);
  if (place.endsWith('partner_certification.needed.*')) {
    const { productFamilies, anyOf } = value as RuleSettings['partner_certification']['needed'][number];
    return `${productFamilies.join(', ')} needs ${anyOf.join(' or ')}`;
  }
  if (place.endsWith('co_sell.together.*'))
    return `${(value as readonly string[]).join(', ')} (each can be approved for one deal without a person)`;
  return null;
}

/** The effect of a rule; with what can happen, where it is weaker than usual. */
function effectWords(kind: keyof RuleSettings, effect: RuleEffect): string {
  return isWeaker(effect, defaultRuleSettings[kind].effect) ? `${effect} (${rules[kind].weaker})` : effect;
}

function accountWords({ name: _, for: who, ...ids }: NamedAccount): string {
  const known = Object.entries(ids).flatMap(([key, id]) =>
    id === null || id === undefined ? [] : [`${key} ${id}`],
  );
  return `${known.join(', ')}, for ${who === 'direct' ? 'our own sales team' : who.join(', ')}`;
}
