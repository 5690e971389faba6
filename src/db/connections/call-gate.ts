import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { BudgetWindow, CallGate, WindowReading } from '#connectors/contract/limits.ts';
import { maxShortWindowS, requestTurn, type Lane, type Turn } from '#src/domain/connections/budget.ts';
import {
  ensureBudgets,
  blockWindow,
  isBlocked,
  lockBudgets,
  saveBudgets,
  saveReading,
} from './budget-store.ts';
import type { Db } from '#src/db/client.ts';
import { saveVendorClock } from '#src/db/clocks/clock-store.ts';

export interface GateOptions {
  readonly connectionId: string;
  readonly lane: Lane;
  /** The vendor's limits; empty for a system without limits. */
  readonly windows: () => readonly BudgetWindow[];
  /** The database's clock, to compare the vendor's with. */
  readonly now: () => Date;
  /** Receives the errors of `learn`, `hold` and `noteClock`, which must not fail a call that was answered. */
  readonly onError: (error: unknown) => void;
}

/** The longest wait inside a call. A longer one fails the job, and the queue tries it again later. */
const maxWaitS = 15;
/**
 * A call that leaves later than this after its turn needs another turn, because it would be too close to the
 * next one.
 */
const tooLateMs = 75;
/** A smaller change of a vendor's clock is the time that its answer took. */
const clockGrainMs = 30_000;
/** An unchanged reading is stored again after this time. */
const clockSavedForMs = 60_000;
/** After so many turns the call leaves anyway: the machine is always late. */
const maxTurns = 5;
/**
 * When the vendor reports a short window as used up, others use it as well. All processes then wait for this
 * fraction of it.
 */
const waitFraction = 10;

/**
 * Makes the gate of a connection, which spaces out its calls. All processes take turns from the same rows, by
 * the database's clock. A turn in the future is reserved at once and then waited for, so that waiting calls
 * form a queue and do not poll. When a process dies, its turn is unused.
 */
export function callGate(db: Db, { connectionId, lane, windows, now, onError }: GateOptions): CallGate {
  let clock = { aheadMs: Number.NaN, savedAt: 0 };
  const lastAllowed = new Map<BudgetWindow['name'], number>();
  const reportErrors = async (work: Promise<void>): Promise<void> => work.catch(onError);
  return {
    async admit(sort) {
      const counting = windows().filter((window) => window.counts.includes(sort));
      if (counting.length === 0) return;
      let returnedTurnAt: number | null = null;
      for (let turns = 1; ; turns += 1) {
        const turn = await requestTurnFor(counting, returnedTurnAt);
        if (turn === null) return;
        const leavesAt = performance.now() + turn.waitMs;
        if (turn.waitMs > 0) await sleep(turn.waitMs);
        const blocked = turn.waitMs > 0 && (await isBlocked(db, connectionId, counting));
        if (!blocked && (performance.now() - leavesAt <= tooLateMs || turns >= maxTurns)) return;
        returnedTurnAt = turn.at;
      }
    },
    async learn(readings) {
      for (const reading of readings) await reportErrors(learnOne(reading));
    },
    hold: (name, ms) => reportErrors(blockWindow(db, connectionId, name, ms)),
    async noteClock(date) {
      const aheadMs = Date.parse(date ?? '') - now().getTime();
      if (Number.isNaN(aheadMs)) return;
      const isKnown = Math.abs(aheadMs - clock.aheadMs) < clockGrainMs;
      // Measured without a clock: it is a clock that may be wrong.
      if (isKnown && performance.now() - clock.savedAt < clockSavedForMs) return;
      clock = { aheadMs, savedAt: performance.now() };
      await reportErrors(saveVendorClock(db, connectionId, aheadMs));
    },
  };

  async function learnOne(reading: WindowReading): Promise<void> {
    const window = windows().find(({ name }) => name === reading.name);
    if (!window) return;
    const isLong = window.lengthMs > maxShortWindowS * 1_000;
    if (isLong || lastAllowed.get(reading.name) !== reading.allowed)
      await saveReading(db, connectionId, reading);
    lastAllowed.set(reading.name, reading.allowed);
    if (!isLong && reading.used >= reading.allowed)
      await blockWindow(db, connectionId, reading.name, window.lengthMs / waitFraction);
  }

  async function requestTurnFor(
    counting: readonly BudgetWindow[],
    returnedTurnAt: number | null,
  ): Promise<{ readonly at: number; readonly waitMs: number } | null> {
    const request = () =>
      db.transaction(async (tx) => {
        const { states, now } = await lockBudgets(tx, connectionId, counting);
        if (states.length < counting.length) return null;
        const turn = requestTurn(states, { now, lane, maxWaitS, returnedTurnAt });
        if (!('at' in turn)) throw new ConnectorError(tooLong(turn));
        await saveBudgets(tx, connectionId, turn.states);
        return { at: turn.at, waitMs: Math.ceil((turn.at - now) * 1_000) };
      });
    const turn = await request();
    if (turn !== null) return turn;
    await ensureBudgets(db, connectionId, windows());
    return request();
  }
}

const refusals: Readonly<
  Record<Refusal['reason'], { readonly code: string; readonly message: string; readonly fix: string }>
> = {
  blocked: {
    code: 'RATE_LIMITED',
    message: 'The vendor asked Fairway to wait.',
    fix: 'Nothing to do: Fairway continues by itself after the wait.',
  },
  busy: {
    code: 'BUSY',
    message: 'Too many calls wait for the vendor’s limit.',
    fix: 'Nothing to do: Fairway continues by itself.',
  },
  used_up: {
    code: 'VENDOR_DAILY_LIMIT_REACHED',
    message:
      'The daily calls that the vendor allows are used up, except for those reserved for people’s decisions.',
    fix: 'Wait: Fairway continues by itself. If it happens often, raise the limit at the vendor or sync less often.',
  },
  daily_limit: {
    code: 'DAILY_LIMIT_REACHED',
    message:
      'The daily calls that this connection may make are used up, except for those reserved for people’s decisions.',
    fix: 'Wait for the next day (UTC), or raise this connection’s daily call limit.',
  },
};

type Refusal = Exclude<Turn, { readonly at: number }>;

function tooLong({ reason, waitS }: Refusal): RemoteFailure {
  return { class: 'throttle', ...refusals[reason], retryAfterMs: Math.ceil(waitS * 1_000) };
}
