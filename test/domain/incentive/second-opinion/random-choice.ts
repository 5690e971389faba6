/** Choices that all parts of a random history make. */
import type { Seeded } from '#src/cli/match/seeded.ts';
import type { HistoryEvent, Program } from './format.ts';
import { endOfMonth } from './months.ts';

export interface Draft {
  readonly random: Seeded;
  readonly program: Program;
  readonly partners: readonly string[];
  readonly people: readonly string[];
  readonly currencies: readonly string[];
  readonly months: readonly string[];
  readonly events: HistoryEvent[];
}

/** True with this probability in a hundred. */
export function sometimes(random: Seeded, percent: number): boolean {
  return random.below(100) < percent;
}

/** A day of a month, often its first or its last one. */
export function someDay(random: Seeded, month: string): string {
  const last = endOfMonth(month);
  if (sometimes(random, 15)) return `${month}-01`;
  if (sometimes(random, 20)) return last;
  return `${month}-${String(1 + random.below(Number(last.slice(8)))).padStart(2, '0')}`;
}

/** This day or one some days after it, most often the same. */
export function laterDay(random: Seeded, day: string): string {
  const days = random.pick([0, 0, 0, 1, 5, 20, 40, 70]);
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
