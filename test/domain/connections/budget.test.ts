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

/** The most calls any span of `length` holds. */
const densest = (calls: readonly number[], length: number): number =>
  Math.max(0, ...calls.map((first) => calls.filter((at) => at >= first && at < first + length).length));

describe('a budget', () => {
  it('never lets more calls into any span than its window allows, whichever lanes they come from and however time passes', () => {
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

  it('lets a call leave at the first instant at which there is room, also between turns still to come', () => {
    const instants = fc
      .array(fc.integer({ min: 0, max: 60 }), { maxLength: 25 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 60 }),
        (wild, limit, from) => {
          const taken = wild.reduce<number[]>(
            (kept, at) => (densest([...kept, at], 10) > limit ? kept : [...kept, at]),
            [],
          );
          const fits = (at: number): boolean =>
            densest(
              [...taken, at].sort((a, b) => a - b),
              10,
            ) <= limit;
          let first = from;
          while (!fits(first)) first += 1;
          expect(earliestInstant(taken, { from, length: 10, limit })).toBe(first);
        },
      ),
    );
  });

  it('keeps a tenth of every limit, and at least one call, for people alone, and as much again for them and hints', () => {
    expect([190, 100, 5, 3, 2, 1, 0].map((allowed) => laneLimit(allowed, 'bulk'))).toEqual([
      152, 80, 3, 1, 1, 1, 0,
    ]);
    expect([190, 100, 5, 3, 2, 1, 0].map((allowed) => laneLimit(allowed, 'hint'))).toEqual([
      171, 90, 4, 2, 1, 1, 0,
    ]);
    expect([190, 5, 0].map((allowed) => laneLimit(allowed, 'interactive'))).toEqual([190, 5, 0]);
  });

  it('has a call left for people however many runs and hints ask, and one for hints however many runs ask', () => {
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

  it('says how long the wait would be when it is too long to sit out, and takes nothing', () => {
    const full = { ...burst, taken: Array.from({ length: 8 }, () => noon) };
    expect(requestTurn([full], { ...request, maxWaitS: 5 })).toEqual({
      waitS: expect.closeTo(10.5),
      window: 'burst',
      because: 'busy',
    });
    expect(requestTurn([full], { ...request, maxWaitS: 5, lane: 'interactive' })).toMatchObject({ at: noon });
  });

  it('gives a turn back that was not used', () => {
    const full = { ...burst, allowed: 1, taken: [noon - 1] };
    expect(requestTurn([full], { ...request, returnedTurnAt: noon - 1 })).toMatchObject({ at: noon });
    const counted = { ...day, used: 5, ours: 5 };
    expect(requestTurn([counted], { ...request, returnedTurnAt: noon - 1 })).toMatchObject({
      states: [{ used: 5, ours: 5 }],
    });
  });

  it('ends bulk work at eight tenths of the day, hints at nine and people’s calls at the whole of it', () => {
    expect(requestTurn([{ ...day, used: 799, reportedAt: noon - 60 }], request)).toMatchObject({ at: noon });
    expect(requestTurn([{ ...day, used: 800, reportedAt: noon - 60 }], request)).toMatchObject({
      because: 'used_up',
    });
    expect(
      requestTurn([{ ...day, used: 800, reportedAt: noon - 60 }], { ...request, lane: 'hint' }),
    ).toMatchObject({
      at: noon,
    });
    const told = { ...day, used: 900, toldAt: noon - 60 };
    expect(requestTurn([told], { ...request, lane: 'hint' })).toEqual({
      waitS: 14 * 60,
      window: 'day',
      because: 'used_up',
    });
    expect(requestTurn([told], { ...request, lane: 'interactive' })).toMatchObject({
      at: noon,
      states: [{ used: 901, ours: 1 }],
    });
    expect(requestTurn([{ ...told, used: 1_000 }], { ...request, lane: 'interactive' })).toMatchObject({
      because: 'used_up',
    });
  });

  it('lets one call find out whether a used-up day has freed up, and no second', () => {
    const told = { ...day, used: 1_000, toldAt: noon - 16 * 60 };
    const probe = requestTurn([told], request);
    expect(probe).toMatchObject({ at: noon });
    expect('states' in probe && requestTurn(probe.states, request)).toMatchObject({
      because: 'used_up',
      waitS: 15 * 60,
    });
  });

  it('counts only our own calls against what the customer lets us make', () => {
    const busyElsewhere = { ...day, allowed: 100_000, used: 50_000, allotment: 100, ours: 20 };
    expect(requestTurn([busyElsewhere], request)).toMatchObject({ at: noon });
    expect(requestTurn([{ ...busyElsewhere, usedByFairway: 90 }], request)).toEqual({
      waitS: dayS / 2,
      window: 'day',
      because: 'allotment',
    });
  });

  it('begins a new day at midnight, UTC', () => {
    const spent = { ...day, used: 1_000, ours: 1_000, allotment: 10, toldAt: noon };
    const turn = requestTurn([spent], { ...request, now: noon + dayS });
    expect(turn).toMatchObject({ states: [{ used: 1, ours: 1, startedAt: 20_001 * dayS }] });
  });

  it('lets nobody call while a vendor has asked to be left alone', () => {
    expect(requestTurn([{ ...burst, blockedUntil: noon + 3 }], request)).toMatchObject({ at: noon + 3 });
    expect(requestTurn([{ ...burst, blockedUntil: noon + 60 }], request)).toMatchObject({
      waitS: 60,
      because: 'held',
    });
  });

  it('takes a call from all of its windows or from none', () => {
    const search = { ...burst, name: 'search', length: 1.15, allowed: 1, taken: [noon] };
    const turn = requestTurn([burst, day, search], { ...request, lane: 'interactive' });
    expect(turn).toMatchObject({
      at: noon + 1.15,
      states: [{ taken: [noon + 1.15] }, { used: 1 }, { taken: [noon, noon + 1.15] }],
    });
    expect(requestTurn([burst, { ...day, used: 1_000, reportedAt: noon }], request)).not.toHaveProperty(
      'states',
    );
  });
});
