import type { Site } from './sites.ts';

/** One run of some test files. Without a site, the source is left as it is. */
export interface Trial {
  readonly id: number;
  readonly site: Site | null;
  /** Paths from the root of the repository, in the order in which they run. */
  readonly tests: readonly string[];
  /** The files through which the tests reach the site, both ends included. */
  readonly between: readonly string[];
}

export interface Outcome {
  readonly id: number;
  readonly passed: boolean;
  readonly durationMs: number;
  /** The first failure's message, empty when every test passed. */
  readonly message: string;
}

/** The message to the process of the trials. */
export interface Request {
  readonly trials: readonly Trial[];
}

/** Its answers. Outcomes come in the order of the trials. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'done' };
