import type { Attack } from '#test/security/attack-contract.ts';
import { fuzzFiles } from '#test/connectors/files/file-fuzz.ts';

/** Invoice files in many dialects, most of them damaged, compared with a second reader. */
export const damagedFiles: Attack = {
  summary: 'damaged invoice files; no row merged, moved, lost or invented without a word',
  sizes: { long: 100_000, short: 200 },
  run: async ({ attempts, seed, log }) => {
    const { broken, ...figures } = await fuzzFiles(attempts, seed, log);
    return { figures: { ...figures }, broken };
  },
};
