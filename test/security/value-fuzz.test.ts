import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TwoWayWorld } from '#test/operations/two-way-fixture.ts';
import { fuzzRound, startFuzzedService } from './value-fuzz.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startFuzzedService();
});
afterAll(() => world[Symbol.asyncDispose]());

it('the main job completes and names each record, whatever values both CRMs and the ERP hold', async () => {
  const { accepted, faults } = await fuzzRound(world, 20_261_129, 500);
  expect(faults).toEqual([]);
  expect(accepted).toBeGreaterThan(150);
}, 240_000);
