import { parseSync } from 'oxc-parser';
import { changesAt, type Node } from './changes.ts';

/** One small change to one source file. A mutant is the file with this change and no other. */
export interface Site {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly kind: string;
  /** Offsets of the replaced text in the file, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

/** Every place of a file where a mutant can be made, in the order of the source. */
export function sitesIn(file: string, source: string): readonly Site[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const sites: Site[] = [];
  walk(program as unknown as Node, [], (node, parents) => {
    for (const { kind, start, end, replacement } of changesAt(node, parents, source)) {
      const line = source.slice(0, start).split('\n').length;
      sites.push({ file, line, kind, start, end, original: source.slice(start, end), replacement });
    }
  });
  return sites.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

export function applyTo(source: string, { start, end, replacement }: Site): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** Types and imports change nothing at run time, so they hold no sites. */
const skipped = /^(TS(?!AsExpression|NonNullExpression|SatisfiesExpression)|ImportDeclaration|ExportAll)/;

function walk(node: Node, parents: readonly Node[], visit: (node: Node, parents: readonly Node[]) => void) {
  if (skipped.test(node.type)) return;
  visit(node, parents);
  const inside = [node, ...parents];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, inside, visit);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
