import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { backends } from '#test/support/backends.ts';
import type { TestRedis } from '#test/support/redis.ts';
import { schedules } from './schedule.ts';
import { play } from './story.ts';
import { World } from './world.ts';

/**
 * So many schedules a backend, eight at a time: `SCHEDULES=100 npx vitest run test/simulation/service`; SEED repeats a run. Not part of
 * `npm test` yet: what it still finds is on the list, and it is no test that may be red.
 */
const together = 8;
const numRuns = Math.ceil(Number(process.env['SCHEDULES'] ?? 0) / together);
const seed = process.env['SEED'] === undefined ? Date.now() % 2 ** 31 : Number(process.env['SEED']);

export function simulateService(backend: (typeof backends)[number]): void {
  describe.skipIf(backend.missing || numRuns === 0)(`the whole service under seeded schedules, with its queue on ${backend.name}`, () => {
    let world: World;
    let redis: TestRedis | null;

    beforeAll(async () => {
      redis = await backend.start();
      world = await World.start(redis);
    });
    afterAll(async () => {
      await world[Symbol.asyncDispose]();
      await redis?.stop();
    });

    it('keeps every accepted edit or logs what beat it, and comes to rest with both sides equal', { timeout: 30 * 60_000 }, async () => {
      // Shrinking replays on a living service: it gets five minutes, then the smallest case so far is shown with its seed.
      await fc.assert(
        fc.asyncProperty(fc.array(schedules, { minLength: together, maxLength: together }), (some) => play(world, some)),
        { numRuns, seed, verbose: 1, interruptAfterTimeLimit: 28 * 60_000, markInterruptAsFailure: true },
      );
    });
  });
}
