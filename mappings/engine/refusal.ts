/** The reason why a value could not be converted, for the owner of the mapping. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** The fix, as one sentence. */
  readonly fix: string;
}

export const refuse = (code: string, message: string, fix: string): Refusal => ({ code, message, fix });

/**
 * Values are always primitives, so an object returned by a transform is a refusal. Values need no wrapper.
 */
export const isRefusal = (result: unknown): result is Refusal =>
  typeof result === 'object' && result !== null;

const shownLength = 60;

/** A value in a form for messages: short and quoted. */
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
