/**
 * Calls used and allowed in the vendor's longest window (a day). Null when the vendor does not report them.
 */
export interface Limits {
  readonly used: number | null;
  readonly allowed: number | null;
}

/**
 * The number of calls a vendor allows within a span of time. A connector declares the lowest number the
 * vendor documents; the vendor's answers correct it.
 */
export interface BudgetWindow {
  readonly name: 'day' | 'burst' | 'search';
  readonly lengthMs: number;
  readonly allowed: number;
  /** The kinds of call that count towards it. */
  readonly counts: readonly CallKind[];
}
export type CallKind = 'call' | 'search';

/** The state of one window, as an answer of the vendor reported it. */
export interface WindowReading {
  readonly name: BudgetWindow['name'];
  readonly allowed: number;
  readonly used: number;
}

/** Counts the calls of all processes to one connection's vendor. A connector asks it before every call. */
export interface CallGate {
  /**
   * Resolves when one more call may leave, and counts it.
   * @throws ConnectorError of class `throttle`, with `retryAfterMs`, when the wait is too long to sit out
   */
  admit(kind: CallKind): Promise<void>;
  /** Replaces our count with the vendor's. Never throws. */
  learn(readings: readonly WindowReading[]): Promise<void>;
  /** Stops all calls of the window for this long, because the vendor refused one. Never throws. */
  hold(name: BudgetWindow['name'], ms: number): Promise<void>;
  /** Notes the vendor's clock, from the Date header of an answer that has just arrived. Never throws. */
  noteClock(date: string | null): Promise<void>;
}
