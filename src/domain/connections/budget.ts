/**
 * Lanes of calls, by priority: `interactive` for a person's decision or a page a person waits for, `hint` for
 * a change that a CRM announced, `bulk` for runs. Each lane leaves part of every limit to the lanes before
 * it, so that an approval is not delayed by a mass update in the CRM.
 */
export const lanes = ['interactive', 'hint', 'bulk'] as const;
export type Lane = (typeof lanes)[number];

/**
 * The current state of one of a vendor's limits. Instants are seconds since the epoch, durations are seconds.
 */
export interface BudgetState {
  readonly name: string;
  /** Duration of the window. */
  readonly length: number;
  /** Calls that the vendor allows in a window. */
  readonly allowed: number;
  /** Short windows only: the instants of sent and scheduled calls, ascending. */
  readonly callTimes: readonly number[];
  /** Long windows only: calls by all applications, as last reported by the vendor plus ours since then. */
  readonly used: number;
  /** Long windows only: Fairway's own calls, limited by `dailyLimit` if the customer set one. */
  readonly usedByFairway: number;
  readonly dailyLimit: number | null;
  /** Start of the current window. */
  readonly startedAt: number;
  /** When the vendor last reported the used calls. Null if it never did. */
  readonly reportedAt: number | null;
  /** No call is sent before this instant, because the vendor asked to wait. */
  readonly blockedUntil: number | null;
}

/**
 * The instant at which a call may be sent and the limits after it, or the wait that was refused and its
 * reason.
 */
export type Turn =
  | { readonly at: number; readonly states: readonly BudgetState[] }
  | {
      readonly waitS: number;
      readonly window: string;
      readonly reason: 'blocked' | 'busy' | 'used_up' | 'daily_limit';
    };

export interface TurnRequest {
  readonly now: number;
  readonly lane: Lane;
  /** The longest wait in seconds that the caller accepts. */
  readonly maxWaitS: number;
  /** The instant of an earlier turn that was not used. It is returned to the limits. */
  readonly returnedTurnAt: number | null;
}

/** Windows up to this duration store the instant of each call; longer ones store only a count. */
export const maxShortWindowS = 60;
/** An exhausted limit is probed with one call this often, because it may have been raised or reset. */
const probeEveryS = 15 * 60;

/** Tenths of a limit that a lane leaves to the lanes before it. */
const reservedTenths: Readonly<Record<Lane, number>> = { interactive: 0, hint: 1, bulk: 2 };

/**
 * The part of a limit that a lane may use. It leaves at least one call per lane before it, and has at least
 * one itself.
 */
export function laneLimit(allowed: number, lane: Lane): number {
  return Math.max(Math.min(allowed, 1), allowed - reservedTenths[lane] * Math.ceil(allowed / 10));
}

/** Takes one call from all these limits, or from none of them. */
export function requestTurn(states: readonly BudgetState[], request: TurnRequest): Turn {
  const { now, lane, maxWaitS } = request;
  const current = states.map((state) =>
    isLong(state) ? inCurrentWindow(state, now) : withoutPastCalls(state, request),
  );
  for (const state of current) {
    if (state.blockedUntil !== null && state.blockedUntil - now > maxWaitS) {
      return { waitS: state.blockedUntil - now, window: state.name, reason: 'blocked' };
    }
    const refusal = isLong(state) && request.returnedTurnAt === null ? exhaustion(state, now, lane) : null;
    if (refusal) return refusal;
  }
  const at = firstFreeInstant(current, now, lane);
  if (at - now > maxWaitS) return { waitS: at - now, window: busiest(current, now, lane), reason: 'busy' };
  return { at, states: current.map((state) => withCall(state, at, request)) };
}

const isLong = (state: BudgetState): boolean => state.length > maxShortWindowS;

/** Long windows begin at multiples of their length: a day begins at midnight UTC. */
function inCurrentWindow(state: BudgetState, now: number): BudgetState {
  const startedAt = Math.floor(now / state.length) * state.length;
  return startedAt > state.startedAt
    ? { ...state, startedAt, used: 0, usedByFairway: 0, reportedAt: null }
    : { ...state, startedAt };
}

function withoutPastCalls(state: BudgetState, { now, returnedTurnAt }: TurnRequest): BudgetState {
  return {
    ...state,
    callTimes: state.callTimes.filter((at) => at > now - state.length && at !== returnedTurnAt),
  };
}

function exhaustion(state: BudgetState, now: number, lane: Lane): Turn | null {
  const windowEndsIn = state.startedAt + state.length - now;
  if (state.dailyLimit !== null && state.usedByFairway >= laneLimit(state.dailyLimit, lane)) {
    return { waitS: windowEndsIn, window: state.name, reason: 'daily_limit' };
  }
  if (state.used < laneLimit(state.allowed, lane)) return null;
  const probeIn = (state.reportedAt ?? state.startedAt) + probeEveryS - now;
  return probeIn <= 0
    ? null
    : { waitS: Math.min(probeIn, windowEndsIn), window: state.name, reason: 'used_up' };
}

function withCall(state: BudgetState, at: number, { now, lane, returnedTurnAt }: TurnRequest): BudgetState {
  if (!isLong(state)) {
    const before = state.callTimes.findLastIndex((one) => one <= at) + 1;
    return { ...state, callTimes: state.callTimes.toSpliced(before, 0, at) };
  }
  if (returnedTurnAt !== null) return state;
  // Only one call probes an exhausted limit; the others wait for its result.
  const probes = state.used >= laneLimit(state.allowed, lane);
  return {
    ...state,
    used: state.used + 1,
    usedByFairway: state.usedByFairway + 1,
    ...(probes ? { reportedAt: now } : {}),
  };
}

function firstFreeInstant(states: readonly BudgetState[], now: number, lane: Lane): number {
  let at = Math.max(now, ...states.map((state) => state.blockedUntil ?? now));
  for (let before = Number.NaN; before !== at;) {
    before = at;
    for (const state of states) if (!isLong(state)) at = freeInstant(state, at, lane);
  }
  return at;
}

function busiest(states: readonly BudgetState[], now: number, lane: Lane): string {
  const free = states
    .filter((state) => !isLong(state))
    .map((state) => ({ name: state.name, at: freeInstant(state, now, lane) }));
  return free.sort((a, b) => b.at - a.at)[0]?.name ?? '';
}

const freeInstant = ({ callTimes, length, allowed }: BudgetState, from: number, lane: Lane): number =>
  earliestInstant(callTimes, { from, length, limit: laneLimit(allowed, lane) });

/**
 * The first instant at or after `from` at which one more call can be made, so that no span of `length`
 * seconds contains more than `limit` calls. `calls` is ascending and may contain future instants with room
 * between them.
 */
export function earliestInstant(
  calls: readonly number[],
  { from, length, limit }: { readonly from: number; readonly length: number; readonly limit: number },
): number {
  if (limit < 1) return from + length;
  for (let at = from; ;) {
    const first = startOfFullSpan(calls, { at, length, limit });
    if (first === null) return at;
    at = first + length;
  }
}

/**
 * The beginning of a span that would have too many calls with one more at `at`. The call must wait until the
 * span has passed. Null if there is no such span.
 */
function startOfFullSpan(
  calls: readonly number[],
  { at, length, limit }: { readonly at: number; readonly length: number; readonly limit: number },
): number | null {
  const before = calls.findLastIndex((one) => one <= at) + 1;
  // Checks every group of `limit + 1` calls that includes the new one: with `earlier` calls before it and the
  // others after it. The time from the first to the last must be at least `length`.
  for (
    let earlier = Math.min(limit, before);
    earlier >= Math.max(0, limit - (calls.length - before));
    earlier -= 1
  ) {
    const first = earlier > 0 ? (calls[before - earlier] ?? at) : at;
    const last = earlier < limit ? (calls[before + limit - earlier - 1] ?? at) : at;
    if (last - first < length) return earlier > 0 ? first : (calls[before] ?? at);
  }
  return null;
}
