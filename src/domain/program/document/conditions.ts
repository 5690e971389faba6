/** Conditions about a registration, for routes of approval and for longer or shorter protection. */
import { z } from 'zod';
import { countryCode } from '#src/domain/country.ts';
import { AppError } from '#src/domain/errors.ts';
import { parseMinor } from '#src/domain/money.ts';
import { isPartOfFamily } from '#src/domain/registrations/families.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { amount, choice, country, moneyFrom, boundedText, type Money } from './values.ts';

/** What a condition can ask about a registration. Null: it is not known. */
export interface DealFacts {
  readonly partnerCode: string | null;
  readonly tier: string | null;
  /** The e-mail address of the channel account manager. Absent: not known. */
  readonly cam?: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly customerCountry: string | null;
  readonly productFamily: string | null;
  readonly dealType: 'new' | 'renewal';
  readonly amount: Money | null;
}

/** What is known of a registration. @param terms its terms by their names */
export function dealFactsOf(
  terms: Readonly<Record<string, string>>,
  partner: Pick<DealFacts, 'partnerCode' | 'tier' | 'cam'>,
): DealFacts {
  const text = (name: string): string | null => terms[name]?.trim() || null;
  const country = text('customerCountry');
  return {
    partnerCode: partner.partnerCode,
    tier: partner.tier,
    cam: partner.cam ?? null,
    customerCountry: country === null ? null : countryCode(country),
    productFamily: text('productFamily'),
    dealType: text('dealType') === 'renewal' ? 'renewal' : 'new',
    amount: amountOf(text('amount'), text('currency')),
  };
}

/** Null for an amount that is not given or cannot be read; such an amount is not compared. */
function amountOf(amount: string | null, currency: string | null): Money | null {
  if (amount === null || currency === null) return null;
  try {
    return { minor: parseMinor(amount, currency), currency };
  } catch (error) {
    if (error instanceof AppError || error instanceof RangeError) return null;
    throw error;
  }
}

const list = (what: string) =>
  z.array(boundedText(what, 80), 'Write a list.').min(1, `Name at least one.`).readonly();

/** All of the given parts must hold; within one part any entry is enough. */
export const condition = z
  .strictObject({
    partners: list('a partner code').optional(),
    tiers: list('a tier').optional(),
    /** E-mail addresses of channel account managers. */
    cams: z
      .array(
        z
          .email('Write an e-mail address, such as olga@vendor.example.')
          .transform((text) => text.toLowerCase()),
        'Write a list.',
      )
      .min(1, 'Name at least one.')
      .readonly()
      .optional(),
    regions: list('a region').optional(),
    countries: z.array(country, 'Write a list.').min(1, 'Name at least one.').readonly().optional(),
    productFamilies: list('a product family').optional(),
    dealTypes: z
      .array(choice(['new', 'renewal']), 'Write a list.')
      .min(1, 'Name at least one.')
      .optional(),
    /** The smallest amount, once for each currency. */
    amountFrom: z
      .array(amount, 'Write a list, such as ["100000.00 USD"].')
      .min(1, 'Name at least one.')
      .optional(),
  })
  .refine((parts) => Object.values(parts).some((part) => part !== undefined), {
    message:
      'Add a condition: partners, tiers, cams, regions, countries, productFamilies, dealTypes or amountFrom.',
  });
export type Condition = z.output<typeof condition>;

export interface ConditionTerms {
  readonly engagement: EngagementPolicy;
  readonly regions: Readonly<Record<string, readonly string[]>>;
  /**
   * The answer to `amountFrom` for a deal without an amount, or in a currency that the condition does not name.
   * There are no exchange rates here, so such amounts are not compared.
   */
  readonly whenAmountUnknown: boolean;
}

export function holdsFor(when: Condition, deal: DealFacts, terms: ConditionTerms): boolean {
  const { partners, tiers, cams, productFamilies, dealTypes } = when;
  return (
    (partners === undefined || isAmong(deal.partnerCode, partners)) &&
    (tiers === undefined || isAmong(deal.tier, tiers)) &&
    (cams === undefined || isAmong(deal.cam?.toLowerCase() ?? null, cams)) &&
    isInPlace(when, deal, terms) &&
    (productFamilies === undefined ||
      productFamilies.some((family) => isPartOfFamily(deal.productFamily, family, terms.engagement))) &&
    (dealTypes === undefined || dealTypes.includes(deal.dealType)) &&
    isLargeEnough(when, deal, terms)
  );
}

function isAmong(value: string | null, names: readonly string[]): boolean {
  return value !== null && names.includes(value);
}

function isInPlace({ regions, countries }: Condition, deal: DealFacts, terms: ConditionTerms): boolean {
  if (regions === undefined && countries === undefined) return true;
  const named = [...(countries ?? []), ...(regions ?? []).flatMap((region) => terms.regions[region] ?? [])];
  return isAmong(deal.customerCountry, named);
}

function isLargeEnough({ amountFrom }: Condition, deal: DealFacts, terms: ConditionTerms): boolean {
  return amountFrom === undefined || reaches(deal.amount, amountFrom, terms.whenAmountUnknown);
}

/** True if an amount is at least the one of its currency. @param whenUnknown the answer where they cannot be compared */
export function reaches(amount: Money | null, amountFrom: readonly string[], whenUnknown: boolean): boolean {
  const limit = amountFrom.map(moneyFrom).find(({ currency }) => currency === amount?.currency);
  if (amount === null || limit === undefined) return whenUnknown;
  return amount.minor >= limit.minor;
}

const conditionLabels: Readonly<Record<keyof Condition, string>> = {
  partners: 'partners',
  tiers: 'tiers',
  cams: 'channel account managers',
  regions: 'regions',
  countries: 'countries',
  productFamilies: 'product families',
  dealTypes: 'deal types',
  amountFrom: 'amounts from',
};

export function conditionWords(when: Condition): string {
  return Object.entries(conditionLabels)
    .flatMap(([key, label]) => {
      const part = when[key as keyof Condition];
      return part === undefined ? [] : [`${label} ${part.join(', ')}`];
    })
    .join(' and ');
}
