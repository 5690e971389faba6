import type { RemoteFailure } from '#connectors/contract/crm.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Lane } from '#src/domain/connections/budget.ts';

/**
 * A vendor's wait up to this is sat out on the queue. Beyond it a run would only stand still, so the
 * connection rests.
 */
export const longestSatOutMs = 2 * 60_000;

/**
 * A refused sign-in is tried again by itself, in case somebody mends it at the vendor's; ever more rarely, as
 * refusals count against us.
 */
const firstRefusalMs = 5 * 60_000;
const longestRefusalMs = 6 * 3_600_000;

export type Pause = Pick<Connection, 'pausedUntil' | 'pausedAt' | 'pauseReason'>;

export const noPause: Pause = { pausedUntil: null, pausedAt: null, pauseReason: null };

/**
 * What the vendor's refusal means for the calls to come: null when they may go on. A pause under way is left
 * as it is.
 */
export function pauseAfter(failure: RemoteFailure, before: Connection, at: Date): Pause | null {
  if (before.pausedUntil !== null && before.pausedUntil > at) return null;
  const lengthMs = pauseLengthMs(failure, before);
  if (lengthMs === null) return null;
  const pausedUntil = new Date(at.getTime() + lengthMs);
  return { pausedUntil, pausedAt: at, pauseReason: `${failure.message} ${failure.fix}` };
}

function pauseLengthMs(failure: RemoteFailure, before: Connection): number | null {
  if (failure.class === 'throttle') return waitMs(failure) > longestSatOutMs ? waitMs(failure) : null;
  if (failure.class !== 'auth') return null;
  if (before.failure?.class !== 'auth' || before.pausedUntil === null || before.pausedAt === null)
    return firstRefusalMs;
  return Math.min(2 * (before.pausedUntil.getTime() - before.pausedAt.getTime()), longestRefusalMs);
}

/** How long a throttling vendor asks us to wait; 0 when it does not say or the matter is another. */
export function waitMs(failure: RemoteFailure): number {
  return failure.class === 'throttle' ? (failure.retryAfterMs ?? 0) : 0;
}

/**
 * Why nothing may be asked of a connection now; null when it may. A limit that is used up has a part left for
 * people's decisions, which the gate deals out; hints wait like everything else. Refused credentials are
 * refused to everybody.
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
    fix: 'Fairway goes on by itself then. Once the cause is mended, check the connection and it goes on at once.',
    retryAfterMs: pausedUntil.getTime() - at.getTime(),
  };
}
