/** Dates of protection, appeals and answers are days of one zone. */
import { instantAt, wallAt } from '#src/domain/service-levels/zone.ts';
import { addDays } from '#src/domain/period.ts';
import type { LifecycleProgramme } from './programme.ts';
import type { Instant } from './registration.ts';

type Zoned = Pick<LifecycleProgramme, 'protectionZone'>;

/** The day of an instant, `YYYY-MM-DD`. */
export function dayAt({ protectionZone = 'UTC' }: Zoned, instant: Instant): string {
  return new Date(wallAt(protectionZone, instant) * 1000).toISOString().slice(0, 10);
}

/** The first instant of a day. */
export function startOfDay({ protectionZone = 'UTC' }: Zoned, day: string): Instant {
  return instantAt(protectionZone, Date.parse(`${day}T00:00:00Z`) / 1000);
}

/** The first instant after a day that is included. */
export function endOfDay(zoned: Zoned, day: string): Instant {
  return startOfDay(zoned, addDays(day, 1));
}

/** The last of `days` days after the day of an instant. */
export function lastDay(zoned: Zoned, instant: Instant, days: number): string {
  return addDays(dayAt(zoned, instant), days);
}
