/** Why one value could not be carried over, for the person who keeps the mapping. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly fix: string;
}

export const refuse = (code: string, message: string, fix: string): Refusal => ({ code, message, fix });

/**
 * Values on both sides are primitives, so an object coming out of a transform is a refusal: no wrapper per
 * value is needed.
 */
export const isRefusal = (result: unknown): result is Refusal =>
  typeof result === 'object' && result !== null;

const shownLength = 60;

/** A value as a message may quote it: short, and never a whole structure. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(value);
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}

/** The first three of a list, quoted. */
export function shownList(values: readonly string[]): string {
  const first = values.slice(0, 3).map(shown).join(', ');
  return values.length > 3 ? `${first} and ${values.length - 3} more` : first;
}
