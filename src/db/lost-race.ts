/** Deadlock, serialization failure, and a key that another transaction has inserted meanwhile. */
const lostRaces: ReadonlySet<unknown> = new Set(['40P01', '40001', '23505']);

/** True when the same transaction may succeed if it is run again. */
export function isLostRace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && lostRaces.has(error.code)) || isLostRace(error.cause);
}
