import type { CompanyMatch, MatchField } from '#src/domain/matching/company.ts';
import { daysBetween } from '#src/domain/period.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { relateFamilies, type FamilyRelation } from './families.ts';
import { holdsProtection, isEarlier, type RegistrationRival } from './precedence.ts';
import type { DealTerms, RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

/** An earlier registration of the same partner for the same customer. */
export interface EarlierDeal {
  readonly rival: RegistrationRival;
  /**
   * The relation of the two deals. `closed_deal`: it looks like the same deal, but the earlier one is won or
   * lost.
   */
  readonly relation: 'same_deal' | 'closed_deal' | FamilyRelation;
}

/**
 * Null if the rival is not an earlier registration of the same partner for the same customer, or if it has
 * ended. Two registrations without a product family are the same deal; a renewal and new business are not. A
 * related company with the same website counts only if the deals look the same.
 */
export function findEarlierDeal(
  facts: RegistrationFacts,
  rival: Rival,
  context: RuleContext,
): EarlierDeal | null {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId) return null;
  const isSame = rival.match.verdict === 'same';
  if (!isSame && (context.version === 1 || !sharesWebsite(rival.match))) return null;
  if (!holdsProtection(rival, context.today) || !isEarlier(rival, facts)) return null;
  if (rival.dealType !== facts.dealType) return isSame ? { rival, relation: 'disjoint' } : null;
  const isUnnamed = [facts, rival].every(({ productFamily }) => !productFamily?.trim());
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  if (!isUnnamed && relation !== 'same') return isSame ? { rival, relation } : null;
  const isClosed = rival.outcome === 'won' || rival.outcome === 'lost';
  if (isClosed) return isSame ? { rival, relation: 'closed_deal' } : null;
  return { rival, relation: 'same_deal' };
}

/** True for a related company with the same website or mail domain, such as another hotel of a chain. */
function sharesWebsite({ verdict, evidence }: CompanyMatch): boolean {
  const domain = evidence.find(({ field }) => field === 'domain')?.level;
  return verdict === 'related' && (domain === 'exact' || domain === 'strong');
}

/**
 * Reasons why two registrations that look like the same deal may be two projects or two customers: the names or
 * the customer's place do not agree, or amount or expected close are far apart. A website says nothing about the
 * place, because the hotels of a chain and the agencies of a state share one. Empty if nothing speaks against
 * the same deal, and in decisions by version 1 of the rules, which rejected all of them.
 */
export function doubtsAbout(
  facts: RegistrationFacts,
  rival: RegistrationRival,
  { policy, version }: RuleContext,
): readonly string[] {
  if (version === 1) return [];
  return [
    ...placeDoubts(rival.match),
    ...(isOtherAmount(facts.terms, rival.terms, policy)
      ? [`amount ${termsText(facts, rival, 'amount')}`]
      : []),
    ...(isOtherClose(facts.terms, rival.terms, policy)
      ? [`expected close ${termsText(facts, rival, 'expectedClose')}`]
      : []),
  ];
}

function placeDoubts({ evidence }: CompanyMatch): readonly string[] {
  const levelOf = (field: MatchField) => evidence.find((one) => one.field === field)?.level ?? 'missing';
  const name = levelOf('name');
  const country = levelOf('country');
  const isElsewhere = (['address', 'postcode', 'city'] as const).some(
    (field) => levelOf(field) === 'different',
  );
  return [
    ...(name === 'exact' || name === 'strong' ? [] : ['the names of the customers differ']),
    ...(country === 'missing' ? ["the customer's country is not known"] : []),
    ...(country === 'different' ? ['the countries of the customers differ'] : []),
    ...(isElsewhere ? ['the addresses of the customers differ'] : []),
  ];
}

/** Amounts in two currencies cannot be compared, so they may be those of two projects. */
function isOtherAmount(now: DealTerms, before: DealTerms, policy: EngagementPolicy): boolean {
  if (now.amount === null || before.amount === null) return false;
  const [amount, currency] = amountOf(now.amount);
  const [first, firstCurrency] = amountOf(before.amount);
  if (currency !== firstCurrency) return true;
  const difference = amount > first ? amount - first : first - amount;
  return difference * 100n > first * BigInt(policy.otherProjectAmountPercent);
}

/** `1234.50 USD` in minor units. Two amounts of one currency have the same number of decimals. */
function amountOf(text: string): readonly [minor: bigint, currency: string | undefined] {
  const [value = '0', currency] = text.split(' ');
  return [BigInt(value.replace('.', '')), currency];
}

function isOtherClose(now: DealTerms, before: DealTerms, policy: EngagementPolicy): boolean {
  if (now.expectedClose === null || before.expectedClose === null) return false;
  return Math.abs(daysBetween(before.expectedClose, now.expectedClose)) > policy.otherProjectCloseDays;
}

/**
 * The terms in which a later registration of the same deal differs, such as `amount 60000.00 USD instead of
 * 50000.00 USD`. A blank is not a difference. The contact's address is left out, because the text goes to the
 * audit trail, from which personal data cannot be erased.
 */
export function differencesBetween({ terms }: Terms, before: Terms): readonly string[] {
  const differs = (field: keyof DealTerms): boolean =>
    terms[field] !== null && terms[field].toLowerCase() !== before.terms[field]?.toLowerCase();
  return [
    ...(differs('amount') ? [`amount ${termsText({ terms }, before, 'amount')}`] : []),
    ...(differs('expectedClose') ? [`expected close ${termsText({ terms }, before, 'expectedClose')}`] : []),
    ...(differs('contactEmail') ? ['another contact'] : []),
  ];
}

type Terms = Pick<RegistrationFacts, 'terms'>;

function termsText(now: Terms, before: Terms, field: 'amount' | 'expectedClose'): string {
  return `${now.terms[field]} instead of ${before.terms[field] ?? 'none'}`;
}
