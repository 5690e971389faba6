import { children, fieldNamed } from './syntax.ts';
import type { Node, Side } from './syntax.ts';

/**
 * What an expression could cost at worst, found before it ever runs. The library that evaluates it bounds
 * what is written, not what that does: loops in loops, and texts put together over and over, are bounded
 * here, from the caps on what goes in.
 */

/** Characters of a field an expression is given; a longer value is refused. */
export const longestInput = 8_000;
/** Parts `parts()` makes at most; the last holds the rest. */
export const mostParts = 100;
const mostSteps = 50_000;
const largestResult = 1_000_000;
const deepestLoop = 2;

/**
 * At worst: evaluation steps, characters in all, and for a list its elements and the characters of the
 * longest.
 */
interface Bound {
  readonly steps: number;
  readonly size: number;
  /** Null: no list. */
  readonly count: number | null;
  readonly longest: number;
}

const single = (steps: number, size: number): Bound => ({ steps, size, count: null, longest: size });
const elementsOf = (bound: Bound): number => bound.count ?? 1;

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

interface Scope {
  readonly side: Side;
  readonly elements: ReadonlyMap<string, number>;
  readonly depth: number;
}

class Unbounded extends Error {
  override readonly name = 'Unbounded';
}

/** A list of lists could hold as many elements as all of its lists together, at every turn. */
const listInList = (): Unbounded => new Unbounded('makes a list of lists');

/** Why an expression may not run, or null. */
export function excess(root: Node, side: Side): string | null {
  try {
    const { steps, size } = boundOf(root, { side, elements: new Map(), depth: 0 });
    if (steps > mostSteps) return `could take ${steps} steps on one record; ${mostSteps} are allowed`;
    return size > largestResult
      ? `could make a text of ${size} characters; ${largestResult} are allowed`
      : null;
  } catch (error) {
    if (error instanceof Unbounded) return error.message;
    throw error;
  }
}

function boundOf(node: Node, scope: Scope): Bound {
  if (fieldNamed(node, scope.side) !== null) return single(1, longestInput);
  if (node.op === 'value') return single(1, String(node.args).length);
  if (node.op === 'id') return single(1, scope.elements.get(String(node.args)) ?? longestInput);
  if (node.op === 'rcall') {
    const [name, of, args] = node.args as readonly [string, Node, readonly Node[]];
    return checked(
      loops.has(name)
        ? loopBound(name, of, args, scope)
        : methodBound(name, boundOf(of, scope), all(args, scope)),
    );
  }
  const below = all(children(node), scope);
  const { steps, size } = sum(below);
  const listed = below.some(({ count }) => count !== null);
  if (node.op === 'list') {
    if (listed) throw listInList();
    return checked({ steps, size, count: below.length, longest: most(below, 'size') });
  }
  if (node.op === '?:') {
    return checked({
      steps,
      size: most(below, 'size'),
      count: listed ? most(below, 'count') : null,
      longest: most(below, 'longest'),
    });
  }
  if (node.op === '+') {
    const count = listed ? below.reduce((all, bound) => all + elementsOf(bound), 0) : null;
    return checked({ steps, size, count, longest: listed ? most(below, 'longest') : size });
  }
  // What is left gives a number, yes or no, or one element of a list; comparing takes time by length.
  const compared = node.op === 'in' ? most(below, 'count') : 1;
  return checked(single(steps + compared + reading(size), Math.max(longestNumber, most(below, 'longest'))));
}

const longestNumber = 2_000;
const all = (nodes: readonly Node[], scope: Scope): Bound[] => nodes.map((node) => boundOf(node, scope));
const most = (bounds: readonly Bound[], of: 'size' | 'count' | 'longest'): number =>
  Math.max(1, ...bounds.map((bound) => bound[of] ?? 1));
const sum = (bounds: readonly Bound[]): Bound =>
  bounds.reduce((a, b) => single(a.steps + b.steps, a.size + b.size), single(1, 0));
/** A step's worth of time goes by for so many characters looked at. */
const reading = (size: number): number => Math.ceil(size / 1_000);

function checked(bound: Bound): Bound {
  if (bound.size > largestResult)
    throw new Unbounded(`could make a text of ${bound.size} characters; ${largestResult} are allowed`);
  return bound;
}

function loopBound(name: string, of: Node, args: readonly Node[], scope: Scope): Bound {
  if (scope.depth >= deepestLoop)
    throw new Unbounded(`has loops ${deepestLoop + 1} deep; ${deepestLoop} are allowed`);
  const list = boundOf(of, scope);
  const [variable, ...bodies] = args;
  const elements = new Map(scope.elements).set(String(variable?.args), list.longest);
  const body = all(bodies, { ...scope, elements, depth: scope.depth + 1 });
  const made = body.at(-1);
  const count = elementsOf(list);
  const steps = list.steps + count * sum(body).steps;
  if (name === 'filter') return { ...list, steps, count };
  if (name !== 'map' || !made) return single(steps, 1);
  if (made.count !== null) throw listInList();
  return { steps, size: count * made.size, count, longest: made.size };
}

function methodBound(name: string, of: Bound, args: readonly Bound[]): Bound {
  const steps = of.steps + sum(args).steps + reading(of.size + sum(args).size);
  switch (name) {
    case 'parts':
      // One part may hold nearly all of the text.
      return { steps, size: of.size, count: mostParts, longest: of.size };
    case 'join':
      return single(steps, of.size + elementsOf(of) * (args[0]?.size ?? 0));
    case 'replace':
      // At worst every character is replaced.
      return single(steps, of.size * Math.max(1, args[1]?.size ?? 1));
    default:
      return single(steps, of.size);
  }
}
