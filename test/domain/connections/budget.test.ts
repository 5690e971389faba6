import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  earliestInstant,
  laneLimit,
  lanes,
  requestTurn,
  type BudgetState,
  type Lane,
} from '#src/domain/connections/budget.ts';

const burst: BudgetState = {
  name: 'burst',
  length: 10.5,
  allowed: 10,
  callTimes: [],
  used: 0,
  usedByFairway: 0,
  dailyLimit: null,
  startedAt: 0,
  reportedAt: null,
  blockedUntil: null,
};
const dayS = 86_400;
const day: BudgetState = { ...burst, name: 'day', length: dayS, allowed: 1_000, startedAt: 20_000 * dayS };
const noon = 20_000 * dayS + dayS / 2;
const request = { now: noon, lane: 'bulk' as Lane, maxWaitS: 15, returnedTurnAt: null };

/** The largest number of calls in any span of `length`. */
const densest = (calls: readonly number[], length: number): number =>
  Math.max(0, ...calls.map((first) => calls.filter((at) => at >= first && at < first + length).length));

describe('a budget', () => {
  it('never allows more calls in a span than the window allows, for any lanes and any passage of time', () => {
    const calls = fc.array(
      fc.record({ after: fc.double({ min: 0, max: 4, noNaN: true }), lane: fc.constantFrom<Lane>(...lanes) }),
      {
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 8 }), (asked, allowed) => {
        let state: BudgetState = { ...burst, allowed };
        let now = noon;
        const left: number[] = [];
        for (const { after, lane } of asked) {
          now += after;
          const turn = requestTurn([state], { ...request, now, lane });
          if (!('at' in turn)) continue;
          state = turn.states[0] ?? state;
          left.push(turn.at);
        }
        expect(densest(left, burst.length)).toBeLessThanOrEqual(allowed);
      }),
    );
  });

  it('sends a call at the first instant with room, also between scheduled calls', () => {
    const instants = fc
      .array(fc.integer({ min: 0, max: 60 }), { maxLength: 25 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 60 }),
        (instantList, limit, from) => {
          const calls = instantList.reduce<number[]>(
            (list, at) => (densest([...list, at], 10) > limit ? list : [...list, at]),
            [],
          );
          const fits = (at: number): boolean =>
            densest(
              [...calls, at].sort((a, b) => a - b),
              10,
            ) <= limit;
          let first = from;
          while (!fits(first)) first += 1;
          expect(earliestInstant(calls, { from, length: 10, limit })).toBe(first);
        },
      ),
    );
  });

  it('reserves a tenth of every limit, at least one call, for people, and another tenth for people and hints', () => {
    expect([190, 100, 5, 3, 2, 1, 0].map((allowed) => laneLimit(allowed, 'bulk'))).toEqual([
      152, 80, 3, 1, 1, 1, 0,
    ]);
    expect([190, 100, 5, 3, 2, 1, 0].map((allowed) => laneLimit(allowed, 'hint'))).toEqual([
      171, 90, 4, 2, 1, 1, 0,
    ]);
    expect([190, 5, 0].map((allowed) => laneLimit(allowed, 'interactive'))).toEqual([190, 5, 0]);
  });

  it('always has a call left for people, and for hints if only runs have called', () => {
    const crowd = fc.array(fc.constantFrom<Lane>('bulk', 'hint'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(crowd, fc.integer({ min: 3, max: 40 }), (asking, allowed) => {
        const after = asking.reduce<BudgetState>(
          (state, lane) => {
            const turn = requestTurn([state], { ...request, lane });
            return 'at' in turn ? (turn.states[0] ?? state) : state;
          },
          { ...day, allowed, reportedAt: noon },
        );
        expect(requestTurn([after], { ...request, lane: 'interactive' })).toMatchObject({ at: noon });
        if (!asking.includes('hint'))
          expect(requestTurn([after], { ...request, lane: 'hint' })).toMatchObject({ at: noon });
      }),
    );
  });

  it('refuses a wait that is too long, returns its length, and takes no call', () => {
    const full = { ...burst, callTimes: Array.from({ length: 8 }, () => noon) };
    expect(requestTurn([full], { ...request, maxWaitS: 5 })).toEqual({
      waitS: expect.closeTo(10.5),
      window: 'burst',
      reason: 'busy',
    });
    expect(requestTurn([full], { ...request, maxWaitS: 5, lane: 'interactive' })).toMatchObject({ at: noon });
  });

  it('returns a turn that was not used', () => {
    const full = { ...burst, allowed: 1, callTimes: [noon - 1] };
    expect(requestTurn([full], { ...request, returnedTurnAt: noon - 1 })).toMatchObject({ at: noon });
    const partlyUsed = { ...day, used: 5, usedByFairway: 5 };
    expect(requestTurn([partlyUsed], { ...request, returnedTurnAt: noon - 1 })).toMatchObject({
      states: [{ used: 5, usedByFairway: 5 }],
    });
  });

  it('stops bulk work at eight tenths of the daily limit, hints at nine and people’s calls at the full limit', () => {
    expect(requestTurn([{ ...day, used: 799, reportedAt: noon - 60 }], request)).toMatchObject({ at: noon });
    expect(requestTurn([{ ...day, used: 800, reportedAt: noon - 60 }], request)).toMatchObject({
      reason: 'used_up',
    });
    expect(
      requestTurn([{ ...day, used: 800, reportedAt: noon - 60 }], { ...request, lane: 'hint' }),
    ).toMatchObject({
      at: noon,
    });
    const exhausted = { ...day, used: 900, reportedAt: noon - 60 };
    expect(requestTurn([exhausted], { ...request, lane: 'hint' })).toEqual({
      waitS: 14 * 60,
      window: 'day',
      reason: 'used_up',
    });
    expect(requestTurn([exhausted], { ...request, lane: 'interactive' })).toMatchObject({
      at: noon,
      states: [{ used: 901, usedByFairway: 1 }],
    });
    expect(requestTurn([{ ...exhausted, used: 1_000 }], { ...request, lane: 'interactive' })).toMatchObject({
      reason: 'used_up',
    });
  });

  it('lets exactly one call probe an exhausted daily limit', () => {
    const exhausted = { ...day, used: 1_000, reportedAt: noon - 16 * 60 };
    const probe = requestTurn([exhausted], request);
    expect(probe).toMatchObject({ at: noon });
    expect('states' in probe && requestTurn(probe.states, request)).toMatchObject({
      reason: 'used_up',
      waitS: 15 * 60,
    });
  });

  it('counts only Fairway’s calls against the customer’s daily limit', () => {
    const busyElsewhere = { ...day, allowed: 100_000, used: 50_000, dailyLimit: 100, usedByFairway: 20 };
    expect(requestTurn([busyElsewhere], request)).toMatchObject({ at: noon });
    expect(requestTurn([{ ...busyElsewhere, usedByFairway: 90 }], request)).toEqual({
      waitS: dayS / 2,
      window: 'day',
      reason: 'daily_limit',
    });
  });

  it('begins a new day at midnight UTC', () => {
    const spent = { ...day, used: 1_000, usedByFairway: 1_000, dailyLimit: 10, reportedAt: noon };
    const turn = requestTurn([spent], { ...request, now: noon + dayS });
    expect(turn).toMatchObject({ states: [{ used: 1, usedByFairway: 1, startedAt: 20_001 * dayS }] });
  });

  it('sends no call while the vendor has asked to wait', () => {
    expect(requestTurn([{ ...burst, blockedUntil: noon + 3 }], request)).toMatchObject({ at: noon + 3 });
    expect(requestTurn([{ ...burst, blockedUntil: noon + 60 }], request)).toMatchObject({
      waitS: 60,
      reason: 'blocked',
    });
  });

  it('takes a call from all of its windows or from none', () => {
    const search = { ...burst, name: 'search', length: 1.15, allowed: 1, callTimes: [noon] };
    const turn = requestTurn([burst, day, search], { ...request, lane: 'interactive' });
    expect(turn).toMatchObject({
      at: noon + 1.15,
      states: [{ callTimes: [noon + 1.15] }, { used: 1 }, { callTimes: [noon, noon + 1.15] }],
    });
    expect(requestTurn([burst, { ...day, used: 1_000, reportedAt: noon }], request)).not.toHaveProperty(
      'states',
    );
  });
});
