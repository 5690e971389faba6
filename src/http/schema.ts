import { z } from 'zod';
import { type ErrorCode, errorCodes } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';

/** Shapes that several modules use in their answers. */

export const money = z.object({
  /** A decimal with as many decimal places as the currency has. */
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

/** ISO 8601 in UTC in the JSON. */
export const instant = z.date();
/** `YYYY-MM-DD`. */
export const businessDate = z.string();
/** A kind of CRM or ERP, as the connectors' registry names it. */
export const systemKind = z.string();
/** A canonical value; decimals, dates and instants are text. */
export const canonicalValue = z.union([z.string(), z.boolean(), z.null()]);
export const idParams = z.object({ id: z.uuid() });

export const failure = z.object({
  class: z.string(),
  code: z.string(),
  /** The vendor's message. */
  message: z.string(),
  /** An action for the admin. */
  fix: z.string(),
});

/** A record as the CRM identifies it. */
export const crmRecord = z.object({
  connection: z.string(),
  system: systemKind,
  object: z.string(),
  extId: z.string(),
  /** The record's page in the CRM; null when it has none. */
  url: z.string().nullable(),
});

export const activity = z.object({
  at: instant,
  /** Null for Fairway itself. */
  actor: z.string().nullable(),
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  subject: z.string().nullable(),
  reason: z.string().nullable(),
});

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
const errorAnswer = z.object({
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
  }),
});

/** The response schemas of a route: the expected answer, and the error answer that all routes share. */
export function answers<T extends z.ZodType>(expected: T) {
  return { 200: expected, '4xx': errorAnswer, '5xx': errorAnswer };
}
