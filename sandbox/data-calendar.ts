const dayMs = 86_400_000;
/** An integration that starts now must not take the sample for news. */
const leastAgeMs = 3_600_000;

/** Days before and after one today. */
export class Calendar {
  readonly #todayMs: number;

  constructor(today: Date) {
    this.#todayMs = today.getTime();
  }

  /** An instant that many days ago, whole or not; never less than an hour. */
  instant(daysAgo: number): string {
    return new Date(this.#todayMs - Math.max(Math.round(daysAgo * dayMs), leastAgeMs)).toISOString();
  }

  /** `YYYY-MM-DD`, that many days from today. */
  date(daysAhead: number): string {
    return new Date(this.#todayMs + daysAhead * dayMs).toISOString().slice(0, 10);
  }
}
