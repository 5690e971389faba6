/**
 * What the statements on `write_intent` do, in values. Ids are made in the order of the plans; a record has
 * one open intent at most.
 */
interface Identified {
  readonly id: string;
}

/**
 * Newest wins, whole: each plan compares every field, so nothing of the older one is missed. A plan that
 * comes late changes nothing.
 */
export function supersede<Intent extends Identified>(open: Intent | null, next: Intent): Intent {
  return open !== null && open.id > next.id ? open : next;
}

/**
 * Only the intent that was sent. One made while it was on its way says something newer, and is still to be
 * sent.
 */
export function isSettledBy(open: Identified, outcome: Identified): boolean {
  return open.id === outcome.id;
}

/**
 * Fields that no longer hold what they held when the write was planned: it is planned anew, or it would undo
 * what it never saw.
 */
export function changedFields<Value>(
  base: Readonly<Record<string, Value>>,
  standing: Readonly<Record<string, Value>>,
  same: (a: Value | undefined, b: Value | undefined, field: string) => boolean,
): readonly string[] {
  return Object.keys(base).filter((field) => !same(base[field], standing[field], field));
}
