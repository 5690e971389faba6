/** One kind of attack. It takes the real path: real servers, a real database, real requests. */
export interface Attack {
  /** One line for the help: what is tried, and what has to hold. */
  readonly summary: string;
  /** The number of attempts: `long` in `npm run attack`, `short` in `npm test`. */
  readonly sizes: { readonly long: number; readonly short: number };
  readonly run: (size: AttackSize) => Promise<AttackResult>;
}

export interface AttackSize {
  /** The number of attempts. */
  readonly attempts: number;
  /** The same seed and number make the same attempts. */
  readonly seed: number;
  /** Prints progress. */
  readonly log: (line: string) => void;
}

export interface AttackResult {
  /** The counts and measurements, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Each promise that did not hold, with what repeats it. Empty when the attack was repelled. */
  readonly broken: readonly string[];
}
