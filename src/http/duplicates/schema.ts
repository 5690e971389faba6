import { z } from 'zod';
import { canonicalValue, crmRecord, instant, shownBody } from '#src/http/schema.ts';

export const duplicatesQuery = z.object({
  /** Without it, the first connection with accounts. */
  connection: z.uuid().optional(),
  /** The number of the last group of the previous page. */
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const connectionQuery = z.object({ connection: z.uuid() });

const progress = z.object({ label: z.string(), done: z.number(), total: z.number().nullable() });

const account = z.object({
  id: z.uuid(),
  name: z.string(),
  crm: crmRecord,
  isPartner: z.boolean(),
  openOpportunities: z.number(),
  registrations: z.number(),
  /** The number of fields with a value. */
  filledFields: z.number(),
});

const duplicate = account.extend({
  /** 0 to 1. */
  score: z.number(),
  /** Phrases, the most important first. */
  reasonsFor: z.array(z.string()),
  reasonsAgainst: z.array(z.string()),
  /** The fields with different values, by Fairway's names. */
  differences: z.array(
    z.object({ field: z.string(), survivorValue: canonicalValue, otherValue: canonicalValue }),
  ),
  /** The name of the account it was matched with, when that is not the survivor. */
  matchedThrough: z.string().nullable(),
});

const group = z.object({
  number: z.number(),
  survivor: account,
  /** The reason to keep this account. */
  survivorReason: z.string(),
  others: z.array(duplicate),
  /** Accounts that match some accounts of the group but not all. */
  partialMatches: z.array(account),
});

export const duplicates = z.object({
  /** Connections with accounts. */
  connections: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** The connection of this answer; null when there is none with accounts. */
  connectionId: z.uuid().nullable(),
  running: z.boolean(),
  progress: progress.nullable(),
  /** The reason why the last search failed. */
  error: z.string().nullable(),
  /** The last finished search. */
  report: z
    .object({
      id: z.uuid(),
      accounts: z.number(),
      comparedPairs: z.number(),
      groups: z.number(),
      /** Accounts that would disappear if every group were merged. */
      redundantAccounts: z.number(),
      includeRelated: z.boolean(),
      finishedAt: instant.nullable(),
    })
    .nullable(),
  groups: z.array(group),
  /** Pass it as `after` for the next page; null on the last. */
  next: z.number().nullable(),
});

export const startBody = z.strictObject({ connection: z.uuid(), includeRelated: z.boolean().default(false) });
export const started = z.object({ alreadyRunning: z.boolean() });

const mostPairs = 2_000;

export const dismissBody = z.strictObject({
  pairs: z
    .array(
      z
        .strictObject({ leftId: z.uuid(), rightId: z.uuid() })
        .refine(({ leftId, rightId }) => leftId !== rightId, 'Choose two different accounts.'),
    )
    .min(1)
    .max(mostPairs),
  /** False reverts an earlier dismissal. */
  dismissed: z.boolean(),
  /** The name of each account as the person saw it, by the account's id. */
  shown: shownBody,
});
export const dismissed = z.object({ dismissed: z.boolean() });

export const dismissals = z.object({
  /** Newest first. */
  pairs: z.array(
    z.object({
      leftId: z.uuid(),
      rightId: z.uuid(),
      leftName: z.string(),
      rightName: z.string(),
      /** Null when the person no longer exists. */
      person: z.string().nullable(),
      at: instant,
    }),
  ),
});
