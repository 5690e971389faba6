import { createHash } from 'node:crypto';

/**
 * Whether a record is in the random sample of this share, 0 to 1. The same whenever and wherever it is asked,
 * as likely for one record as for any other, and whoever is in a small sample is in every larger one.
 */
export function isSampled(id: string, share: number): boolean {
  const drawn = createHash('sha256').update(`match sample ${id}`).digest().readUInt32BE(0) / 2 ** 32;
  return drawn < share;
}
