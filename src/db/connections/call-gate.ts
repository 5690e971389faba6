import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { BudgetWindow, CallGate, WindowReading } from '#connectors/contract/limits.ts';
import { maxShortWindowS, requestTurn, type Lane, type Turn } from '#src/domain/connections/budget.ts';
import { ensureBudgets, holdBudget, isHeld, lockBudgets, saveBudgets, saveReading } from './budget-store.ts';
import type { Db } from '#src/db/client.ts';

export interface GateOptions {
  readonly connectionId: string;
  readonly lane: Lane;
  /** The vendor's limits; empty where calls cost nothing. */
  readonly windows: () => readonly BudgetWindow[];
  /** What `learn` and `hold` could not keep: they must not fail a call that has been answered. */
  readonly onError: (error: unknown) => void;
}

/** A wait up to this is sat out here; a longer one is the queue's business. */
const patienceS = 15;
/**
 * A process that was kept from leaving for so long takes another turn: its own is too close to the next by
 * now.
 */
const tooLateMs = 75;
/** On a machine that is always late, the last turn is taken as it comes. */
const mostTurns = 5;
/**
 * When the vendor says that nothing is left of a short window, others use it, too: everybody rests for this
 * part of it.
 */
const restPart = 10;

/**
 * A connection's gate. Every process that calls this vendor takes its turns from the same rows, by the
 * database's clock. A turn still to come is taken at once and then waited for, so those who wait stand in
 * line and nobody asks again and again. Who dies with a turn wastes it.
 */
export function callGate(db: Db, { connectionId, lane, windows, onError }: GateOptions): CallGate {
  const lastAllowed = new Map<BudgetWindow['name'], number>();
  const keep = async (work: Promise<void>): Promise<void> => work.catch(onError);
  return {
    async admit(sort) {
      const counting = windows().filter((window) => window.counts.includes(sort));
      if (counting.length === 0) return;
      let instead: number | null = null;
      for (let turns = 1; ; turns += 1) {
        const turn = await takeFrom(counting, instead);
        if (turn === null) return;
        const leavesAt = performance.now() + turn.waitMs;
        if (turn.waitMs > 0) await sleep(turn.waitMs);
        const held = turn.waitMs > 0 && (await isHeld(db, connectionId, counting));
        if (!held && (performance.now() - leavesAt <= tooLateMs || turns >= mostTurns)) return;
        instead = turn.at;
      }
    },
    async learn(readings) {
      for (const reading of readings) await keep(learnOne(reading));
    },
    hold: (name, ms) => keep(holdBudget(db, connectionId, name, ms)),
  };

  async function learnOne(reading: WindowReading): Promise<void> {
    const window = windows().find(({ name }) => name === reading.name);
    if (!window) return;
    const isLong = window.lengthMs > maxShortWindowS * 1_000;
    if (isLong || lastAllowed.get(reading.name) !== reading.allowed)
      await saveReading(db, connectionId, reading);
    lastAllowed.set(reading.name, reading.allowed);
    if (!isLong && reading.used >= reading.allowed)
      await holdBudget(db, connectionId, reading.name, window.lengthMs / restPart);
  }

  async function takeFrom(
    counting: readonly BudgetWindow[],
    instead: number | null,
  ): Promise<{ readonly at: number; readonly waitMs: number } | null> {
    const take = () =>
      db.transaction(async (tx) => {
        const { states, now } = await lockBudgets(tx, connectionId, counting);
        if (states.length < counting.length) return null;
        const turn = requestTurn(states, { now, lane, maxWaitS: patienceS, returnedTurnAt: instead });
        if (!('at' in turn)) throw new ConnectorError(tooLong(turn));
        await saveBudgets(tx, connectionId, turn.states);
        return { at: turn.at, waitMs: Math.ceil((turn.at - now) * 1_000) };
      });
    const taken = await take();
    if (taken !== null) return taken;
    await ensureBudgets(db, connectionId, windows());
    return take();
  }
}

const refusals: Readonly<
  Record<Refusal['reason'], { readonly code: string; readonly message: string; readonly fix: string }>
> = {
  blocked: {
    code: 'HELD',
    message: 'The vendor has asked to be left alone.',
    fix: 'Nothing to do: Fairway goes on by itself when the time has passed.',
  },
  busy: {
    code: 'BUSY',
    message: 'Too many calls stand in line for the limit the vendor sets.',
    fix: 'Nothing to do: Fairway goes on by itself.',
  },
  used_up: {
    code: 'DAY_USED_UP',
    message: 'The calls the vendor allows a day are used up, but for what is kept for people who wait.',
    fix: 'Wait: Fairway goes on by itself. If it happens often, raise the limit at the vendor or sync less often.',
  },
  daily_limit: {
    code: 'ALLOTMENT_USED_UP',
    message:
      'The calls a day that this connection may make are used up, but for what is kept for people who wait.',
    fix: 'Wait for the next day (UTC), or raise this connection’s calls a day.',
  },
};

type Refusal = Exclude<Turn, { readonly at: number }>;

function tooLong({ reason, waitS }: Refusal): RemoteFailure {
  return { class: 'throttle', ...refusals[reason], retryAfterMs: Math.ceil(waitS * 1_000) };
}
