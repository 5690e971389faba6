import { expect, it } from 'vitest';
import { killLoop } from './kill-loop.ts';

it(
  'whatever process of npm start is killed is started again, and nothing is lost or done twice',
  { timeout: 1_800_000 },
  async () => {
    const result = await killLoop({ kills: 6, seed: 1 });
    expect(result.broken).toEqual([]);
    expect(Object.keys(result.kills)).toEqual(
      expect.arrayContaining(['api', 'worker', 'postgresql', 'sandbox']),
    );
  },
);
