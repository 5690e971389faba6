import { useState } from 'react';

type Shown = Readonly<Record<string, string>>;

export interface Seen {
  /** The content that a decision is about. */
  readonly shown: Shown;
  /** The changes in the meantime: before and now. */
  readonly changes: readonly (readonly [before: string | null, now: string | null])[];
  /** The person has looked at the changes. */
  readonly accept: () => void;
}

/**
 * The content as the person first saw it. Pages reload by themselves, and a change that arrives just before a
 * click would be decided on unseen; so it counts only after the person has accepted it.
 */
export function useSeen(current: Shown): Seen {
  const [shown, setShown] = useState(current);
  const keys = [...new Set([...Object.keys(shown), ...Object.keys(current)])];
  const changes = keys
    .map((key) => [shown[key] ?? null, current[key] ?? null] as const)
    .filter(([before, now]) => before !== now);
  return { shown, changes, accept: () => setShown(current) };
}
