import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/** The labelled pairs that are delivered with Fairway. README.md says where they come from. */
export const shippedPairsPath = fileURLToPath(new URL('pairs.csv', import.meta.url));

/** `tune`: errors may be read to improve matching · `test`: only figures are read. */
export const halves = ['tune', 'test'] as const;
export type Half = (typeof halves)[number];

/**
 * The half of a pair depends only on its names, so a pair that is added or removed moves no other pair: the
 * first digit of their SHA-256 is even or odd.
 */
export function halfOf(name1: string, name2: string): Half {
  const digest = createHash('sha256').update(`${name1}\n${name2}`).digest('hex');
  return Number.parseInt(digest.slice(0, 1), 16) % 2 === 0 ? 'tune' : 'test';
}
