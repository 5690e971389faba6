/**
 * The rules that the SQL statements on `write_intent` follow, as functions on values. Intent ids rise in the
 * order of planning, and a record has at most one open intent.
 */
interface Identified {
  readonly id: string;
}

/**
 * The newest intent replaces the open one completely: each plan compares every field, so nothing of the older
 * one is lost. A plan that arrives late is ignored.
 */
export function supersede<Intent extends Identified>(open: Intent | null, next: Intent): Intent {
  return open !== null && open.id > next.id ? open : next;
}

/**
 * An outcome settles only the intent that was sent. An intent planned in the meantime is newer and still
 * open.
 */
export function isSettledBy(open: Identified, outcome: Identified): boolean {
  return open.id === outcome.id;
}

/**
 * Fields whose value is no longer the one that a write was planned on. Such a write must be planned again,
 * because it would undo a change that the plan did not know.
 */
export function outdatedFields<Value>(
  base: Readonly<Record<string, Value>>,
  current: Readonly<Record<string, Value>>,
  same: (a: Value | undefined, b: Value | undefined, field: string) => boolean,
): readonly string[] {
  return Object.keys(base).filter((field) => !same(base[field], current[field], field));
}
