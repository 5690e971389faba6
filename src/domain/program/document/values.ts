/** The values that a programme document is written with. Each message says what to write. */
import { z } from 'zod';
import { countryCode } from '#src/domain/country.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor, parseMinor, type Rate } from '#src/domain/money.ts';
import { isBusinessDate } from '#src/domain/period.ts';

export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

const amountFix = 'Write an amount with its currency, such as "100000.00 USD".';

/** `"100000.00 USD"`, with all decimals of the currency. */
export const amount = z
  .string(amountFix)
  .meta({ description: 'An amount with its currency, such as "100000.00 USD"' })
  .transform((text, context) => {
    try {
      return writtenAmount(moneyFrom(text));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: 'custom', message: `${error.message} ${amountFix}` });
      return z.NEVER;
    }
  });

/** @throws AppError `bad_request` for a text that is not an amount with a currency */
export function moneyFrom(text: string): Money {
  const [, decimal, currency] = /^\s*(-?[\d.]+)\s+([A-Z]{3})\s*$/.exec(text) ?? [];
  if (decimal === undefined || currency === undefined)
    throw new AppError('bad_request', `"${text}" is not an amount with a currency.`);
  return { minor: parseMinor(decimal, currency), currency };
}

export function writtenAmount({ minor, currency }: Money): string {
  return `${formatMinor(minor, currency)} ${currency}`;
}

const percentFix = 'Write a percentage from 0 to 100, such as "7.5 %".';

/** `"7.5 %"`; a share that has no finite decimals is a fraction, `"1/3"`. */
export const percent = z
  .string(percentFix)
  .meta({ description: 'A percentage, such as "7.5 %"' })
  .transform((text, context) => {
    const rate = readRate(text);
    if (rate !== null && rate[0] <= rate[1]) return writtenRate(rate);
    context.addIssue({ code: 'custom', message: percentFix });
    return z.NEVER;
  });

/** Null for a text that is neither a percentage nor a fraction. */
export function readRate(text: string): Rate | null {
  const [, whole, decimals = ''] = /^\s*(\d{1,6})(?:\.(\d{1,12}))?\s*%\s*$/.exec(text) ?? [];
  if (whole !== undefined) return [BigInt(whole + decimals), 100n * 10n ** BigInt(decimals.length)];
  const [, numerator, denominator] = /^\s*(\d{1,18})\/(\d{1,18})\s*$/.exec(text) ?? [];
  if (numerator === undefined || denominator === undefined || BigInt(denominator) === 0n) return null;
  return [BigInt(numerator), BigInt(denominator)];
}

/** As a percentage where that is exact, otherwise as a fraction. */
export function writtenRate([numerator, denominator]: Rate): string {
  for (let decimals = 0; decimals <= 12; decimals += 1) {
    const scaled = numerator * 100n * 10n ** BigInt(decimals);
    if (scaled % denominator !== 0n) continue;
    const digits = (scaled / denominator).toString().padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    return decimals === 0 ? `${whole} %` : `${whole}.${digits.slice(-decimals)} %`;
  }
  return `${numerator}/${denominator}`;
}

export function wholeNumber(from: number, to: number, unit: string, example: number): z.ZodInt {
  const fix = `Use a whole number of ${unit} from ${from} to ${to}, such as ${example}.`;
  return z.int(fix).min(from, fix).max(to, fix);
}

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, `Use ${listed(values, 'or')}.`);
}

export function listed(values: readonly string[], word: 'and' | 'or'): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** A name that fits a CRM field. */
export const shortName = boundedText('a name', 40);

export function boundedText(what: string, longest: number) {
  const fix = `Write ${what} of 1 to ${longest} characters.`;
  return z.string(fix).trim().min(1, fix).max(longest, fix);
}

const dateFix = 'Use a date that exists, such as 2026-01-01.';
export const day = z.string(dateFix).refine(isBusinessDate, dateFix);

const instantFix = 'Use an instant in UTC, such as 2026-06-15T08:00:00Z.';
export const instant = z.iso.datetime(instantFix);

const countryFix = 'Use the two letters of ISO 3166, such as DE.';
export const country = z
  .string(countryFix)
  .refine((code) => /^[A-Z]{2}$/.test(code) && countryCode(code) === code, countryFix);

export const currency = z
  .string('Use an ISO 4217 code, such as USD.')
  .refine((code) => Intl.supportedValuesOf('currency').includes(code), 'Use an ISO 4217 code, such as USD.');
