import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Lane } from '#src/domain/connections/budget.ts';

/**
 * A job waits on the queue for up to this long when the vendor asks it to. A longer wait would block the run,
 * so the connection is paused instead.
 */
export const longestQueueWaitMs = 2 * 60_000;

/**
 * Fairway repeats a refused sign-in by itself, because somebody may have corrected it at the vendor. The
 * pauses double, because each refusal counts against Fairway at the vendor.
 */
const firstRefusalMs = 5 * 60_000;
const longestRefusalMs = 6 * 3_600_000;

export type Pause = Pick<Connection, 'pausedUntil' | 'pausedAt' | 'pauseReason'>;

export const noPause: Pause = { pausedUntil: null, pausedAt: null, pauseReason: null };

/** The pause that follows from a failure; null when calls may go on, or a pause is already in force. */
export function pauseAfter(failure: RemoteFailure, before: Connection, at: Date): Pause | null {
  if (before.pausedUntil !== null && before.pausedUntil > at) return null;
  const lengthMs = pauseLengthMs(failure, before);
  if (lengthMs === null) return null;
  const pausedUntil = new Date(at.getTime() + lengthMs);
  return { pausedUntil, pausedAt: at, pauseReason: `${failure.message} ${failure.fix}` };
}

function pauseLengthMs(failure: RemoteFailure, before: Connection): number | null {
  if (failure.class === 'throttle') return waitMs(failure) > longestQueueWaitMs ? waitMs(failure) : null;
  if (failure.class !== 'auth') return null;
  if (before.failure?.class !== 'auth' || before.pausedUntil === null || before.pausedAt === null)
    return firstRefusalMs;
  return Math.min(2 * (before.pausedUntil.getTime() - before.pausedAt.getTime()), longestRefusalMs);
}

/** The wait that a throttling vendor asks for, in milliseconds; 0 when there is none. */
export function waitMs(failure: RemoteFailure): number {
  return failure.class === 'throttle' ? (failure.retryAfterMs ?? 0) : 0;
}

/**
 * The failure with which calls to a paused connection are refused; null when they may go on. People's
 * decisions go on while a call limit is used up, because part of the limit is reserved for them. Nothing goes
 * on while the credentials are refused.
 */
export function pauseInForce(connection: Connection, lane: Lane, at: Date): RemoteFailure | null {
  const { pausedUntil, pauseReason, failure } = connection;
  if (pausedUntil === null || pausedUntil <= at) return null;
  if (lane === 'interactive' && failure?.class !== 'auth') return null;
  return {
    class: 'throttle',
    code: 'PAUSED',
    message:
      `${connection.name} is paused until ${pausedUntil.toISOString()}. ${pauseReason ?? ''}`.trimEnd(),
    fix: 'Fairway continues automatically then. To continue earlier, remove the cause and check the connection.',
    retryAfterMs: pausedUntil.getTime() - at.getTime(),
  };
}
