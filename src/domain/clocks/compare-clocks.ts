import { utcMinute } from '#src/domain/utc-minute.ts';

/** The time that one clock shows. */
export interface Clock {
  /** Such as `this server`, `the database`, or the name of a connection. */
  readonly name: string;
  readonly now: Date;
}

/** A greater difference between two clocks than this is a fault. Signatures and tokens fail beyond it as well. */
export const toleratedMs = 5 * 60_000;

/** The clock that is furthest behind. @throws RangeError without a clock */
export function earliest(clocks: readonly Clock[]): Date {
  if (clocks.length === 0) throw new RangeError('no clock was read');
  return new Date(Math.min(...clocks.map(({ now }) => now.getTime())));
}

/**
 * A sentence that names every clock and what it shows, and the fix. Null when all clocks agree to within five
 * minutes.
 */
export function clockDisagreement(clocks: readonly Clock[]): string | null {
  const times = clocks.map(({ now }) => now.getTime());
  if (times.length === 0 || Math.max(...times) - Math.min(...times) <= toleratedMs) return null;
  const shown = clocks.map(({ name, now }) => `${name} ${utcMinute(now)}`);
  return `The clocks disagree (UTC): ${shown.join(', ')}. Until they agree to within 5 minutes, no month is closed, no payout is drafted and no registration expires. Set the clock that is wrong; a time service such as NTP then prevents it.`;
}
