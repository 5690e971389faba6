import { createHash } from 'node:crypto';

/**
 * True if a record is in a random sample of this share, 0 to 1. The result for an id never changes, all ids
 * are equally likely, and a smaller sample is part of every larger one.
 */
export function isSampled(id: string, share: number): boolean {
  const drawn = createHash('sha256').update(`match sample ${id}`).digest().readUInt32BE(0) / 2 ** 32;
  return drawn < share;
}
