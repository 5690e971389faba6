import { children, fieldNamed } from './syntax.ts';
import type { Node, Side } from './syntax.ts';

/**
 * What an expression could cost at worst, found before it ever runs. The library that evaluates it bounds what is written, not what
 * that does: loops in loops, and texts put together over and over, are bounded here, from the caps on what goes in.
 */

/** Characters of a field an expression is given; a longer value is refused. */
export const longestInput = 8_000;
/** Parts `parts()` makes at most; the last holds the rest. */
export const mostParts = 100;
const mostSteps = 50_000;
const largestResult = 1_000_000;
const deepestLoop = 2;

/** At worst: evaluation steps, characters (of all elements, for a list), and elements; 1 for what is no list. */
interface Bound {
  readonly steps: number;
  readonly size: number;
  readonly count: number;
}

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

interface Scope {
  readonly side: Side;
  readonly elements: ReadonlyMap<string, number>;
  readonly depth: number;
}

class Unbounded extends Error {
  override readonly name = 'Unbounded';
}

/** Why an expression may not run, or null. */
export function excess(root: Node, side: Side): string | null {
  try {
    const { steps, size } = boundOf(root, { side, elements: new Map(), depth: 0 });
    if (steps > mostSteps) return `could take ${steps} steps on one record; ${mostSteps} are allowed`;
    return size > largestResult ? `could make a text of ${size} characters; ${largestResult} are allowed` : null;
  } catch (error) {
    if (error instanceof Unbounded) return error.message;
    throw error;
  }
}

function boundOf(node: Node, scope: Scope): Bound {
  if (fieldNamed(node, scope.side) !== null) return { steps: 1, size: longestInput, count: 1 };
  if (node.op === 'value') return { steps: 1, size: String(node.args).length, count: 1 };
  if (node.op === 'id') return { steps: 1, size: scope.elements.get(String(node.args)) ?? longestInput, count: 1 };
  if (node.op === 'rcall') {
    const [name, of, args] = node.args as readonly [string, Node, readonly Node[]];
    return checked(loops.has(name) ? loopBound(name, of, args, scope) : methodBound(name, boundOf(of, scope), all(args, scope)));
  }
  const below = all(children(node), scope);
  if (node.op === 'list') return checked({ ...sum(below), count: Math.max(1, below.length) });
  if (node.op === '?:') return checked({ steps: sum(below).steps, size: most(below, 'size'), count: most(below, 'count') });
  if (node.op === '+') return checked({ ...sum(below), count: below.reduce((count, bound) => count + bound.count, 0) });
  // What is left gives a number, yes or no, or one element of a list; comparing takes time by length.
  const { steps, size } = sum(below);
  const compared = node.op === 'in' ? most(below, 'count') : 1;
  return checked({ steps: steps + compared + reading(size), size: Math.max(longestNumber, most(below, 'size')), count: 1 });
}

const longestNumber = 2_000;
const all = (nodes: readonly Node[], scope: Scope): Bound[] => nodes.map((node) => boundOf(node, scope));
const most = (bounds: readonly Bound[], of: 'size' | 'count'): number => Math.max(1, ...bounds.map((bound) => bound[of]));
const sum = (bounds: readonly Bound[]): Bound =>
  bounds.reduce((a, b) => ({ steps: a.steps + b.steps, size: a.size + b.size, count: 1 }), { steps: 1, size: 0, count: 1 });
/** A step's worth of time goes by for so many characters looked at. */
const reading = (size: number): number => Math.ceil(size / 1_000);

function checked(bound: Bound): Bound {
  if (bound.size > largestResult) throw new Unbounded(`could make a text of ${bound.size} characters; ${largestResult} are allowed`);
  return bound;
}

function loopBound(name: string, of: Node, args: readonly Node[], scope: Scope): Bound {
  if (scope.depth >= deepestLoop) throw new Unbounded(`has loops ${deepestLoop + 1} deep; ${deepestLoop} are allowed`);
  const list = boundOf(of, scope);
  const [variable, ...bodies] = args;
  // One element may hold nearly all of the list's characters.
  const elements = new Map(scope.elements).set(String(variable?.args), list.size);
  const body = all(bodies, { ...scope, elements, depth: scope.depth + 1 });
  const made = body.at(-1);
  const steps = list.steps + list.count * sum(body).steps;
  if (name === 'map' && made) return { steps, size: list.count * made.size, count: list.count * made.count };
  return { steps, size: name === 'filter' ? list.size : 1, count: name === 'filter' ? list.count : 1 };
}

function methodBound(name: string, of: Bound, args: readonly Bound[]): Bound {
  const steps = of.steps + sum(args).steps + reading(of.size + sum(args).size);
  switch (name) {
    case 'parts':
      return { steps, size: of.size, count: mostParts };
    case 'join':
      return { steps, size: of.size + of.count * (args[0]?.size ?? 0), count: 1 };
    case 'replace':
      // At worst every character is replaced.
      return { steps, size: of.size * Math.max(1, args[1]?.size ?? 1), count: 1 };
    default:
      return { steps, size: of.size, count: 1 };
  }
}
