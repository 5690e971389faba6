/** Labels and values of the settings of a programme, in words for a person who approves a change. */
import type { Target } from '#src/domain/service-levels/target.ts';
import type { OverturnLimit } from './approval.ts';
import { conditionWords, type Condition } from './conditions.ts';
import { fieldWords } from './form/field-words.ts';
import type { WrittenField } from './form/form-part.ts';
import { ruleLabel, ruleWords } from './rules/rule-words.ts';

/** `{1}` is the first name on the way to the setting. */
const labels: Readonly<Record<string, string>> = {
  name: 'Name',
  currency: 'Currency',
  startsOn: 'Start',
  payoutGraceDays: 'Late documents are included for',
  tiers: 'Tiers',
  components: 'Components',
  'tiers.*': 'Tier {1}',
  'components.*.kind': 'Component {1}, kind',
  'components.*.label': 'Component {1}, label',
  'components.*.rates.*': 'Component {1}: {2} earns',
  'regions.*': 'Region {1}',
  lifecycle: 'Lifecycle for registrations of the CRM',
  'engagement.conflictScope': 'Partners compete for',
  'engagement.productFamilies': 'Product families',
  'engagement.lateStages': 'Late stages',
  'engagement.existingCustomer': 'New business with an existing customer',
  'engagement.lookBackMonths': 'Look-back',
  'engagement.otherProjectAmountPercent': 'Another project if the amount differs by more than',
  'engagement.otherProjectCloseDays': 'Another project if the expected close differs by more than',
  'engagement.afterApproval': 'An edit after approval',
  'engagement.amountChangePercent': 'The amount may change after approval by',
  'form.fields': 'Form',
  'form.fields.*': 'Form, field {1}',
  'protection.days': 'Protection',
  'protection.exceptions': 'Protection, exceptions',
  'protection.exceptions.*': 'Protection, exception {1}',
  'protection.termsOf': 'The protection is that of the version at the',
  'protection.zone': 'Time zone of protection',
  'protection.extension.days': 'Extension',
  'protection.extension.maximum': 'Extensions of a registration, at most',
  'protection.extension.requestDays': 'An extension can be requested in the last',
  'protection.extension.exceptions': 'Extension, exceptions',
  'protection.extension.exceptions.*': 'Extension, exception {1}',
  'protection.expiryNoticeDays': 'Notices before the protection ends, days',
  'protection.afterConversion': 'After conversion the protection',
  'protection.convertWhenLinked': 'A linked opportunity converts the registration',
  'protection.activityDays': 'Protection ends without activity after',
  'approval.automatic.enabled': 'Registrations without a conflict are approved automatically',
  'approval.automatic.stopWhenOverturned': 'Automatic approval stops when overturned',
  'approval.lead': 'Lead',
  'approval.groups.*': 'Group {1}',
  'approval.routes': 'Routes',
  'approval.routes.*.when': 'Route {1} applies to',
  'approval.routes.*.steps': 'Route {1}, steps',
  'approval.routes.*.steps.*.anyOf': 'Route {1}, step {2} is approved by any of',
  'approval.fourEyes.submitter': 'Four eyes: the submitter does not decide',
  'approval.fourEyes.editor': 'Four eyes: an editor does not decide',
  'approval.fourEyes.camOfPartner': 'Four eyes: the channel account manager of the partner does not decide',
  'approval.fourEyesFrom': 'Two people approve amounts from',
  'approval.conflictsOfInterest': 'Conflicts of interest',
  'approval.conflictsOfInterest.*': 'Conflict of interest {1}',
  'approval.distinctApprovers': 'A person approves at most one step',
  'serviceLevel.decision': 'A registration is answered within',
  'serviceLevel.appeal': 'An appeal is answered within',
  'serviceLevel.escalations': 'Escalations',
  'serviceLevel.escalations.*.to': 'At {1} % of the time a notice goes to',
  'serviceLevel.appealDays': 'An appeal is possible for',
  'serviceLevel.informationDays': 'The partner answers questions within',
  'serviceLevel.calendars': 'Calendars',
  'serviceLevel.calendars.*.publishedAt': 'Calendar {1} applies from',
  'serviceLevel.calendars.*.timeZone': 'Calendar {1}, time zone',
  'serviceLevel.calendars.*.weekly.mon': 'Calendar {1}, Monday',
  'serviceLevel.calendars.*.weekly.tue': 'Calendar {1}, Tuesday',
  'serviceLevel.calendars.*.weekly.wed': 'Calendar {1}, Wednesday',
  'serviceLevel.calendars.*.weekly.thu': 'Calendar {1}, Thursday',
  'serviceLevel.calendars.*.weekly.fri': 'Calendar {1}, Friday',
  'serviceLevel.calendars.*.weekly.sat': 'Calendar {1}, Saturday',
  'serviceLevel.calendars.*.weekly.sun': 'Calendar {1}, Sunday',
  'serviceLevel.calendars.*.holidays': 'Calendar {1}, holidays',
  'serviceLevel.calendars.*.exceptions': 'Calendar {1}, exceptions',
  'serviceLevel.calendars.*.holidays.*': 'Calendar {1}, holiday on {2}',
  'serviceLevel.calendars.*.exceptions.*': 'Calendar {1}, exception on {2}',
  'reasons.*.*.en': 'Reason {2} ({1}), English',
  'reasons.*.*.de': 'Reason {2} ({1}), German',
  'reasons.*.*.offered': 'Reason {2} ({1}) can be chosen',
  tests: 'Tests',
  'tests.*': 'Test {1}',
  'notices.*.en.subject': 'Notice {1}, English subject',
  'notices.*.en.text': 'Notice {1}, English text',
  'notices.*.de.subject': 'Notice {1}, German subject',
  'notices.*.de.text': 'Notice {1}, German text',
};

const units: Readonly<Record<string, string>> = {
  payoutGraceDays: 'days',
  'engagement.lookBackMonths': 'months',
  'engagement.otherProjectAmountPercent': '%',
  'engagement.otherProjectCloseDays': 'days',
  'engagement.amountChangePercent': '%',
  'protection.days': 'days',
  'protection.extension.days': 'days',
  'protection.extension.requestDays': 'days',
  'protection.activityDays': 'days',
  'serviceLevel.appealDays': 'days',
  'serviceLevel.informationDays': 'days',
};

const nothing: Readonly<Record<string, string>> = {
  'protection.zone': 'that of the newest calendar',
  'protection.activityDays': 'never',
  'approval.automatic.stopWhenOverturned': 'never',
  'serviceLevel.calendars.*.publishedAt': 'the beginning',
};

/** @param place the path with `*` for the names */
export function settingLabel(place: string, names: readonly string[]): string {
  const label = labels[place] ?? ruleLabel(place, names) ?? withNames(place, names);
  return label.replaceAll(/\{(\d)\}/g, (_, index: string) => names[Number(index) - 1] ?? '');
}

function withNames(place: string, names: readonly string[]): string {
  const rest = [...names];
  return place.replaceAll('*', () => rest.shift() ?? '');
}

/** The value as words; null for a part whose settings are described one by one. */
export function valueWords(place: string, value: unknown): string | null {
  if (value === null) return nothing[place] ?? 'none';
  const ofRule = ruleWords(place, value);
  if (ofRule !== null) return ofRule;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return [String(value), units[place]].filter(Boolean).join(' ');
  // An empty list of parts has no words; its parts have.
  if (isPlainList(value))
    return value.length > 0 ? value.join(', ') : isListOfWords(place) ? emptyWords(place) : null;
  if (place === 'serviceLevel.decision' || place === 'serviceLevel.appeal')
    return targetWords(value as Target);
  if (place === 'approval.automatic.stopWhenOverturned') {
    const { percent, ofLast, atLeast } = value as OverturnLimit;
    return `more than ${percent} % of the last ${ofLast}, from ${atLeast} approvals on`;
  }
  if (place === 'approval.routes.*.when') return conditionWords(value as Condition);
  if (place === 'protection.exceptions.*') {
    const { days, when } = value as { readonly days: number; readonly when: Condition };
    return `${days} days for ${conditionWords(when)}`;
  }
  if (place === 'form.fields.*') return fieldWords(value as WrittenField);
  if (place === 'approval.conflictsOfInterest.*') {
    const { person, when } = value as { readonly person: string; readonly when: Condition };
    return `${person} does not decide ${conditionWords(when)}`;
  }
  if (place === 'protection.extension.exceptions.*') {
    const { days, maximum, when } = value as {
      readonly days?: number;
      readonly maximum?: number;
      readonly when: Condition;
    };
    const parts = [
      ...(days === undefined ? [] : [`${days} days`]),
      ...(maximum === undefined ? [] : [`at most ${maximum} times`]),
    ];
    return `${parts.join(', ')} for ${conditionWords(when)}`;
  }
  if (place === 'tests.*') return JSON.stringify(value);
  if (place === 'tiers.*') return `from ${(value as { readonly revenue: string }).revenue}`;
  if (place === 'serviceLevel.calendars.*.holidays.*') return (value as { readonly name: string }).name;
  if (place === 'serviceLevel.calendars.*.exceptions.*') {
    const { name, hours } = value as { readonly name: string; readonly hours: readonly string[] };
    return `${name}, ${hours.length === 0 ? 'closed' : hours.join(', ')}`;
  }
  return null;
}

const wordLists = [
  'engagement.productFamilies',
  'engagement.lateStages',
  'engagement.rules.minimum_deal_size.amounts',
  'engagement.rules.partner_status.good',
  'protection.expiryNoticeDays',
  'approval.fourEyesFrom',
];

function isListOfWords(place: string): boolean {
  return wordLists.includes(place) || place.includes('.weekly.');
}

export function isPlainList(value: object): value is readonly (string | number)[] {
  return Array.isArray(value) && value.every((entry) => typeof entry !== 'object');
}

function emptyWords(place: string): string {
  return place.includes('.weekly.') ? 'closed' : 'none';
}

function targetWords(target: Target): string {
  switch (target.kind) {
    case 'business_days': {
      const length = target.minutesPerDay === undefined ? '' : ` of ${target.minutesPerDay} minutes`;
      return `${target.days} business days${length}, ${(target.dayRule ?? 'same_time').replaceAll('_', ' ')}`;
    }
    case 'business_hours':
      return `${target.minutes} business minutes`;
    case 'elapsed':
      return `${target.minutes} minutes`;
    case 'calendar_days':
      return `${target.days} calendar days`;
  }
}
