import { expect, it } from 'vitest';
import { fuzzFiles } from './file-fuzz.ts';

it(
  'no row of a damaged file is merged, moved, lost or invented in silence',
  { timeout: 60_000 },
  async () => {
    const { broken, rowsRead, rowsRefused } = await fuzzFiles(1_000, 20_261_122);
    expect(broken).toEqual([]);
    expect(rowsRead).toBeGreaterThan(2_000);
    expect(rowsRefused).toBeGreaterThan(500);
  },
);
