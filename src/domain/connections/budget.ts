/**
 * Who calls: `interactive` for what a person has decided or waits to see, `hint` for what follows from a
 * change in a CRM, `bulk` for runs. Part of every limit is kept for the ones before: a mass update hints at
 * thousands of records, and an approval goes first.
 */
export const lanes = ['interactive', 'hint', 'bulk'] as const;
export type Lane = (typeof lanes)[number];

/** One of a vendor's limits as it stands. Instants are seconds since the epoch, spans are seconds. */
export interface BudgetState {
  readonly name: string;
  readonly length: number;
  readonly allowed: number;
  /** Short windows: when each call left, or will leave; ascending. */
  readonly callTimes: readonly number[];
  /** Long windows: calls used by everybody, as the vendor last said and we have counted since … */
  readonly used: number;
  /** … and calls of ours alone, of which the customer may have allowed only so many. */
  readonly usedByFairway: number;
  readonly dailyLimit: number | null;
  readonly startedAt: number;
  /** When the vendor last said what is used; null when it never did. */
  readonly reportedAt: number | null;
  readonly blockedUntil: number | null;
}

/**
 * When a call may leave and what the limits are then; or how long from now it would have to wait, and for
 * what.
 */
export type Turn =
  | { readonly at: number; readonly states: readonly BudgetState[] }
  | {
      readonly waitS: number;
      readonly window: string;
      readonly because: 'held' | 'busy' | 'used_up' | 'allotment';
    };

export interface TurnRequest {
  readonly now: number;
  readonly lane: Lane;
  /** Longest wait that is granted. */
  readonly maxWaitS: number;
  /** A turn that was granted before and not used: it is given back. */
  readonly returnedTurnAt: number | null;
}

/** Longer than this, calls are counted; up to it, each is remembered with its instant. */
export const longestLogS = 60;
/**
 * An exhausted limit that may have freed up meanwhile is tried with one call this often: the answer tells.
 */
const probeEveryS = 15 * 60;

/** Tenths of a limit that a lane leaves to those before it. */
const leaves: Readonly<Record<Lane, number>> = { interactive: 0, hint: 1, bulk: 2 };

/**
 * How much of a limit a lane may fill. It leaves at least one call to each lane before it, and keeps one for
 * itself.
 */
export function laneLimit(allowed: number, lane: Lane): number {
  return Math.max(Math.min(allowed, 1), allowed - leaves[lane] * Math.ceil(allowed / 10));
}

/** Takes one call from all these limits at once, or from none. */
export function requestTurn(states: readonly BudgetState[], request: TurnRequest): Turn {
  const { now, lane, maxWaitS: patience } = request;
  const current = states.map((state) => (isLong(state) ? startedAnew(state, now) : trimmed(state, request)));
  for (const state of current) {
    if (state.blockedUntil !== null && state.blockedUntil - now > patience) {
      return { waitS: state.blockedUntil - now, window: state.name, because: 'held' };
    }
    const refusal = isLong(state) && request.returnedTurnAt === null ? exhaustion(state, now, lane) : null;
    if (refusal) return refusal;
  }
  const at = firstFreeInstant(current, now, lane);
  if (at - now > patience) return { waitS: at - now, window: busiest(current, now, lane), because: 'busy' };
  return { at, states: current.map((state) => counted(state, at, request)) };
}

const isLong = (state: BudgetState): boolean => state.length > longestLogS;

/** Long windows begin at whole multiples of their length: a day at midnight, UTC. */
function startedAnew(state: BudgetState, now: number): BudgetState {
  const startedAt = Math.floor(now / state.length) * state.length;
  return startedAt > state.startedAt
    ? { ...state, startedAt, used: 0, usedByFairway: 0, reportedAt: null }
    : { ...state, startedAt };
}

function trimmed(state: BudgetState, { now, returnedTurnAt: instead }: TurnRequest): BudgetState {
  return { ...state, callTimes: state.callTimes.filter((at) => at > now - state.length && at !== instead) };
}

function exhaustion(state: BudgetState, now: number, lane: Lane): Turn | null {
  const windowEndsIn = state.startedAt + state.length - now;
  if (state.dailyLimit !== null && state.usedByFairway >= laneLimit(state.dailyLimit, lane)) {
    return { waitS: windowEndsIn, window: state.name, because: 'allotment' };
  }
  if (state.used < laneLimit(state.allowed, lane)) return null;
  const probeIn = (state.reportedAt ?? state.startedAt) + probeEveryS - now;
  return probeIn <= 0
    ? null
    : { waitS: Math.min(probeIn, windowEndsIn), window: state.name, because: 'used_up' };
}

function counted(
  state: BudgetState,
  at: number,
  { now, lane, returnedTurnAt: instead }: TurnRequest,
): BudgetState {
  if (!isLong(state)) {
    const before = state.callTimes.findLastIndex((one) => one <= at) + 1;
    return { ...state, callTimes: state.callTimes.toSpliced(before, 0, at) };
  }
  if (instead !== null) return state;
  // Only one call tries an exhausted limit; the others wait for what it hears.
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

const freeInstant = ({ callTimes: taken, length, allowed }: BudgetState, from: number, lane: Lane): number =>
  earliestInstant(taken, { from, length, limit: laneLimit(allowed, lane) });

/**
 * The first instant at or after `from` at which one more call leaves no span of `length` with more than
 * `limit` calls. `taken` is ascending and may hold instants still to come, between which there can be room.
 */
export function earliestInstant(
  taken: readonly number[],
  { from, length, limit }: { readonly from: number; readonly length: number; readonly limit: number },
): number {
  if (limit < 1) return from + length;
  for (let at = from; ;) {
    const first = firstOfCrowd(taken, { at, length, limit });
    if (first === null) return at;
    at = first + length;
  }
}

/**
 * The beginning of a span that a call at `at` would overfill; null when there is none. The call must wait
 * until it is past.
 */
function firstOfCrowd(
  taken: readonly number[],
  { at, length, limit }: { readonly at: number; readonly length: number; readonly limit: number },
): number | null {
  const before = taken.findLastIndex((one) => one <= at) + 1;
  // With `earlier` calls before this one and the rest of `limit` after it, the span from the first to the
  // last must be long enough.
  for (
    let earlier = Math.min(limit, before);
    earlier >= Math.max(0, limit - (taken.length - before));
    earlier -= 1
  ) {
    const first = earlier > 0 ? (taken[before - earlier] ?? at) : at;
    const last = earlier < limit ? (taken[before + limit - earlier - 1] ?? at) : at;
    if (last - first < length) return earlier > 0 ? first : (taken[before] ?? at);
  }
  return null;
}
