import type { Row } from './row.ts';

const dayMs = 86_400_000;
/** The time during which a deleted record can be queried and restored. */
export const binDays = 15;

interface Delay {
  readonly untilMs: number;
  /** The record that queries see until then. */
  readonly before: Row | null;
  readonly stamp: string;
}

/**
 * The records that queries see at this moment. Salesforce stamps a record while it is saved and shows it
 * after the transaction, so a row can appear with a stamp from before the last read. Records hidden by
 * sharing are not visible to the integration user. Both are in memory only: after a restart everything is
 * visible.
 */
export class Sight {
  readonly #now: () => Date;
  readonly #delays = new Map<string, Delay>();
  #hidden: ReadonlySet<string> = new Set();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Hides a change for a while. A record changed twice meanwhile keeps showing what it was before both. */
  delay(row: Row, before: Row | null, ms: number): void {
    const known = this.#delayOf(row.Id);
    this.#delays.set(row.Id, {
      untilMs: this.#now().getTime() + ms,
      before: known ? known.before : before,
      stamp: known?.stamp ?? String(row['SystemModstamp']),
    });
  }

  /**
   * Keeps these records, and no others, from the integration user: to it they look like records that never
   * were.
   */
  hide(ids: readonly string[]): void {
    this.#hidden = new Set(ids);
  }

  hides(id: string): boolean {
    return this.#hidden.has(id);
  }

  /** The record as queries see it; null when they do not. */
  of(row: Row): Row | null {
    const seen = this.fresh(row);
    return seen && !this.#hasLeftBin(seen) ? seen : null;
  }

  /**
   * The record as it was when its last change that is over ended, be it out of the bin or not; null when
   * there was none.
   */
  fresh(row: Row): Row | null {
    if (this.hides(row.Id)) return null;
    const delay = this.#delayOf(row.Id);
    return delay ? delay.before : row;
  }

  /** The stamp of the oldest change that is not seen yet. */
  oldestUnseen(): string | null {
    const stamps = [...this.#delays.keys()].flatMap((id) => this.#delayOf(id)?.stamp ?? []);
    return stamps.toSorted()[0] ?? null;
  }

  #delayOf(id: string): Delay | null {
    const delay = this.#delays.get(id);
    if (!delay || delay.untilMs > this.#now().getTime()) return delay ?? null;
    this.#delays.delete(id);
    return null;
  }

  #hasLeftBin(row: Row): boolean {
    return (
      row['IsDeleted'] === true &&
      Date.parse(String(row['SystemModstamp'])) <= this.#now().getTime() - binDays * dayMs
    );
  }
}
