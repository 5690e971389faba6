import { z } from 'zod';
import { instant } from '#src/http/schema.ts';

const url = z.string().trim().min(1).max(2_000);
const description = z.string().trim().max(200);
const events = z.array(z.string().max(100)).max(100);

export const endpointBody = z.strictObject({
  url,
  description: description.default(''),
  events: events.default([]),
});
export const endpointChanges = z.strictObject({
  url: url.optional(),
  description: description.optional(),
  /** Empty for all. */
  events: events.optional(),
  isActive: z.boolean().optional(),
});

const endpoint = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  /** Empty for all. */
  events: z.array(z.string()),
  isActive: z.boolean(),
  disabledBecause: z.enum(['person', 'gone', 'failing']).nullable(),
  /** The first failed attempt since the last successful one. */
  failingSince: instant.nullable(),
  pausedUntil: instant.nullable(),
  /** Until then the secret from before the last rotation signs, too. */
  previousSecretUntil: instant.nullable(),
  waiting: z.int(),
  failed: z.int(),
  createdAt: instant,
});
export const endpoints = z.object({ endpoints: z.array(endpoint), eventTypes: z.array(z.string()) });
export const createdEndpoint = z.object({ id: z.uuid(), secret: z.string() });
export const rotatedSecret = z.object({ secret: z.string() });
export const startedDelivery = z.object({ deliveryId: z.uuid() });

const deliveryStatus = z.enum(['waiting', 'delivered', 'failed']);
export const deliverySearch = z.strictObject({
  status: deliveryStatus.optional(),
  /** The id of the last delivery of the page before. */
  before: z.uuid().optional(),
});
export const deliveries = z.object({
  deliveries: z.array(
    z.object({
      id: z.uuid(),
      /** The value of `webhook-id`. */
      messageId: z.uuid(),
      type: z.string(),
      body: z.string(),
      status: deliveryStatus,
      createdAt: instant,
      nextAttemptAt: instant.nullable(),
      attempts: z.array(
        z.object({
          at: instant,
          durationMs: z.int(),
          statusCode: z.int().nullable(),
          error: z.string().nullable(),
        }),
      ),
    }),
  ),
  /** `before` of the next page; null on the last one. */
  next: z.uuid().nullable(),
});

export const redeliverBody = z.union([
  z.strictObject({ deliveryId: z.uuid() }),
  z.strictObject({ since: z.iso.datetime({ offset: true }) }),
]);
export const redelivered = z.object({ count: z.int() });
