import { z } from 'zod';
import { moneyOf } from '#src/http/schema.ts';

const wholeNumber = z.union([z.string().regex(/^-?\d+$/), z.int()]).transform(BigInt);

/** An `AccrualTrace` as stored in JSON, with whole numbers as text. */
const storedTrace = z.object({
  document: z.string(),
  basisMinor: wholeNumber,
  tier: z.string(),
  tierAsOf: z.string(),
  rate: z.tuple([wholeNumber, wholeNumber]),
  programVersion: z.int(),
});

/** Null when the entry was not calculated from a document. */
export function traceAnswer(stored: unknown, currency: string) {
  const parsed = storedTrace.safeParse(stored);
  if (!parsed.success) return null;
  const { basisMinor, rate, ...rest } = parsed.data;
  return { ...rest, basis: moneyOf(basisMinor, currency), rate: ratePercentText(rate) };
}

/** `[75n, 1000n]` becomes "7.5 %": at most six decimal places, without trailing zeros. */
export function ratePercentText([numerator, denominator]: readonly [bigint, bigint]): string {
  if (denominator === 0n) return '?';
  const millionths = (numerator * 100_000_000n) / denominator;
  const sign = millionths < 0n ? '-' : '';
  const digits = (millionths < 0n ? -millionths : millionths).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`} %`;
}
