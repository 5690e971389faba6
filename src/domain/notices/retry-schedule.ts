/** When a webhook is sent again, and when an endpoint is given up. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The wait before each attempt, from the example schedule of Standard Webhooks. The first is immediate. */
const waitsMs: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Shorter than the waits together: an endpoint that fails for every attempt of a message is disabled at its end. */
export const failingLimitMs = 72 * hour;

const longestRetryAfterMs = 24 * hour;

/**
 * @param made the attempts so far
 * @param notBefore the instant that the endpoint asked for
 * @returns null when no attempt is left
 */
export function nextAttemptAt(made: number, at: Date, notBefore: Date | null): Date | null {
  const wait = waitsMs[made];
  return wait === undefined ? null : new Date(Math.max(at.getTime() + wait, notBefore?.getTime() ?? 0));
}

/** Statuses that ask to send less; other answers with `Retry-After` do not slow down. RFC 9110 10.2.3. */
const slowingStatuses: readonly number[] = [429, 503];

/** The instant of a `Retry-After` in seconds or as a date, at most a day away; null when there is none to obey. */
export function retryAfter(status: number, header: string | null, at: Date): Date | null {
  if (header === null || !slowingStatuses.includes(status)) return null;
  const text = header.trim();
  const until = /^\d+$/.test(text) ? at.getTime() + Number(text) * second : Date.parse(text);
  if (Number.isNaN(until) || until <= at.getTime()) return null;
  return new Date(Math.min(until, at.getTime() + longestRetryAfterMs));
}

/** An endpoint that did not answer gets a pause, so that it does not occupy a worker. */
export function pauseAfterFailure(failingSince: Date, at: Date): Date {
  const isNew = at.getTime() - failingSince.getTime() < minute;
  return new Date(at.getTime() + (isNew ? 5 * second : minute));
}

/** The waits between attempts at an e-mail that the mail server did not accept for now. */
const mailWaitsMs: readonly number[] = [
  minute,
  5 * minute,
  30 * minute,
  2 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
];

/** @returns null when no attempt is left */
export function nextMailAt(made: number, at: Date): Date | null {
  const wait = mailWaitsMs[made - 1];
  return wait === undefined ? null : new Date(at.getTime() + wait);
}
