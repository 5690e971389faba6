import type { MappingProblem } from '#mappings/engine/compiled-mapping.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';

/** Collects the findings of a check. A problem prevents the pack from going live; a warning does not. */
export class Findings {
  readonly problems: MappingProblem[] = [];
  readonly warnings: MappingProblem[] = [];

  problem(path: string, field: string, code: string, message: string, fix: string): void {
    this.problems.push({ path, field, code, message, fix });
  }

  warning(path: string, field: string, code: string, message: string, fix: string): void {
    this.warnings.push({ path, field, code, message, fix });
  }
}

/**
 * The fix for an unknown name: the most similar candidate, or `otherwise`.
 *
 * @param what the kind of candidates, such as `remote field`
 */
export function suggestion(
  name: string,
  candidates: Iterable<string>,
  what: string,
  otherwise = `Choose another ${what}, or remove this line.`,
): string {
  const similar = nearest(name, candidates);
  return similar ? `Did you mean the ${what} "${similar}"?` : otherwise;
}
