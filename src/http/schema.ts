import type { Readable } from 'node:stream';
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

/**
 * The content of a page that people decide on, one sentence a part. A decision sends it back unchanged,
 * and is refused when it is no longer true.
 */
export const shown = z.record(z.string(), z.string());
/** The content that the person saw: `shown` of the page, unchanged. */
export const shownBody = z.record(z.string().max(300), z.string().max(20_000));
/** A batch of payouts has a part for each partner. */
export const shownBodyLimit = 4 * 1024 * 1024;

/** The greatest integer of the database's usual column. */
const maxInteger = 2_147_483_647;
/** The number of a version or revision in a body. */
export const versionNumber = z.int().min(0).max(maxInteger);
/** The same in an address, where it is text. */
export const versionText = z.coerce.number().int().min(0).max(maxInteger);

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
const errorAnswer = z.object({
  error: z.object({
    code: z.enum(codes),
    message: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
    /** Why a move of a registration was refused, and what is possible instead. */
    detail: z
      .object({
        reason: z.string(),
        state: z.string().optional(),
        version: z.number().optional(),
        legal: z.array(z.string()).optional(),
        fields: z.array(z.string()).optional(),
        /** For `rival_in_force`: the registrations in force that an approval would stand beside. */
        rivals: z
          .array(z.object({ id: z.string(), number: z.string(), partner: z.string(), finding: z.string() }))
          .optional(),
      })
      .optional(),
    /** With 409: what changed since the page was read. Null where a part did not exist. */
    changes: z.array(z.object({ before: z.string().nullable(), now: z.string().nullable() })).optional(),
  }),
});

/** The response schemas of a route: the expected answer, and the error answer that all routes share. */
export function answers<T extends z.ZodType>(expected: T) {
  return { 200: expected, '4xx': errorAnswer, '5xx': errorAnswer };
}

// A stream is sent as it is; only its description is text.
const csvText = z.string() as z.ZodType as z.ZodType<string | Readable>;

/** A CSV file, and the error answer that all routes share. */
export const csvAnswers = {
  200: { content: { 'text/csv': { schema: csvText } } },
  '4xx': errorAnswer,
  '5xx': errorAnswer,
};
