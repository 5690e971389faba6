import { z } from 'zod';
import { type ErrorCode, errorCodes } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';

/** Shapes that several resources answer with. */

export const money = z.object({
  /** Plain decimal with the currency's own decimals. */
  amount: z.string(),
  currency: z.string(),
});
export type Money = z.infer<typeof money>;

export function moneyOf(amountMinor: bigint, currency: string): Money {
  return { amount: formatMinor(amountMinor, currency), currency };
}

export function moneyOrNull(amountMinor: bigint | null, currency: string | null): Money | null {
  return amountMinor === null || currency === null ? null : moneyOf(amountMinor, currency);
}

/** An instant; ISO 8601 in UTC on the wire. */
export const instant = z.date();
/** `YYYY-MM-DD`. */
export const businessDate = z.string();
/** A kind of CRM or ERP, as the connectors' registry names it. */
export const systemKind = z.string();
export const idParams = z.object({ id: z.uuid() });

export const failure = z.object({
  class: z.string(),
  code: z.string(),
  /** The vendor's words. */
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
});

/** Where a record is in a CRM. */
export const crmRecord = z.object({
  connection: z.string(),
  system: systemKind,
  object: z.string(),
  extId: z.string(),
  /** Opens it in the CRM; null where there is no page for it. */
  url: z.string().nullable(),
});

export const activity = z.object({
  at: instant,
  /** Null: Fairway itself. */
  actor: z.string().nullable(),
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  subject: z.string().nullable(),
  reason: z.string().nullable(),
});

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
const refused = z.object({
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
  }),
});

/** A route's answers: the expected one, and the same shape for every refusal. */
export function answers<T extends z.ZodType>(expected: T) {
  return { 200: expected, '4xx': refused, '5xx': refused };
}
