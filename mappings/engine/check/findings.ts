import type { MappingProblem } from '#mappings/engine/compiled-mapping.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';

/**
 * What is found while a pack is checked against an org: a problem keeps it from going live, a warning does
 * not.
 */
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

/** @param what what the candidates are: `remote field` */
export function suggestion(
  name: string,
  candidates: Iterable<string>,
  what: string,
  otherwise = `Choose another ${what}, or remove this line.`,
): string {
  const meant = nearest(name, candidates);
  return meant ? `Did you mean the ${what} "${meant}"?` : otherwise;
}
