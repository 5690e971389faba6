/** Signatures of webhooks, sent and received. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'whsec_';
/** The specification asks for 24 to 64 bytes. */
const secretBytes = 32;

export function newWebhookSecret(): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64')}`;
}

export interface SignedMessage {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
}

/** @param secrets the present one first; each adds a signature, so that a receiver may use the old or the new one */
export function webhookHeaders(
  { id, at, body }: SignedMessage,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': signatures.join(' '),
  };
}

/** The headers of a webhook as they were sent; absent ones are empty. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  /** The bytes as they were sent. */
  readonly body: Uint8Array;
}

/** A request that is older or further in the future is refused, so that a recorded one cannot be sent later. */
const toleranceSeconds = 300;

/**
 * Why a request is not from somebody who has one of the secrets, now. Null when it is.
 *
 * `headers`: one is missing or cannot be read · `time`: it is too old, or from the future · `signature`: it does not fit
 */
export function webhookFault(
  { id, timestamp, signature, body }: ReceivedWebhook,
  secrets: readonly string[],
  now: Date,
): 'headers' | 'time' | 'signature' | null {
  if (!/^[\x21-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp) || signature === '') return 'headers';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return 'time';
  const given = signature
    .split(' ')
    .slice(0, 10)
    .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []));
  const fits = secrets.some((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
  return fits ? null : 'signature';
}
