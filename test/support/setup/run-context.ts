import { inject, type ProvidedContext } from 'vitest';

let provided: ProvidedContext | null = null;

/** Makes the values of a run known in a process without vitest, such as `npm run attack`. */
export function provideRunContext(context: ProvidedContext): void {
  provided = context;
}

/** A value that belongs to the whole run: from `provideRunContext`, otherwise from vitest's global set-up. */
export function runContext<Key extends keyof ProvidedContext>(key: Key): ProvidedContext[Key] {
  return provided === null ? inject(key) : provided[key];
}
