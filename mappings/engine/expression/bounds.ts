import { children, fieldNamed } from './syntax.ts';
import type { Node, Side } from './syntax.ts';

/**
 * Limits the cost of an expression before it runs. The library limits only the size of the expression. The
 * worst case of nested loops and of repeatedly joined texts is calculated here from the maximum size of the
 * input.
 */

/** The maximum number of characters of a field that an expression uses. A longer value is refused. */
export const maxInputLength = 8_000;
/** The maximum number of parts that `parts()` returns. The last part contains the rest. */
export const maxParts = 100;
const maxSteps = 50_000;
const maxResultLength = 1_000_000;
const maxLoopDepth = 2;

/**
 * The worst case: evaluation steps, total characters, and for a list the number of elements and the longest
 * element.
 */
interface Bound {
  readonly steps: number;
  readonly size: number;
  /** The number of elements. Null if it is not a list. */
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

/** Lists of lists are refused, because their number of elements could multiply in every loop. */
const listInList = (): Unbounded => new Unbounded('makes a list of lists');

/** The reason why an expression is too expensive to run. Null if it is not. */
export function excessiveCost(root: Node, side: Side): string | null {
  try {
    const { steps, size } = boundOf(root, { side, elements: new Map(), depth: 0 });
    if (steps > maxSteps) return `could take ${steps} steps on one record; ${maxSteps} are allowed`;
    return size > maxResultLength
      ? `could create a text of ${size} characters; ${maxResultLength} are allowed`
      : null;
  } catch (error) {
    if (error instanceof Unbounded) return error.message;
    throw error;
  }
}

function boundOf(node: Node, scope: Scope): Bound {
  if (fieldNamed(node, scope.side) !== null) return single(1, maxInputLength);
  if (node.op === 'value') return single(1, String(node.args).length);
  if (node.op === 'id') return single(1, scope.elements.get(String(node.args)) ?? maxInputLength);
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
  // All other operators return a number, a boolean or one element of a list. Comparing takes time by length.
  const compared = node.op === 'in' ? most(below, 'count') : 1;
  return checked(single(steps + compared + reading(size), Math.max(longestNumber, most(below, 'longest'))));
}

const longestNumber = 2_000;
const all = (nodes: readonly Node[], scope: Scope): Bound[] => nodes.map((node) => boundOf(node, scope));
const most = (bounds: readonly Bound[], of: 'size' | 'count' | 'longest'): number =>
  Math.max(1, ...bounds.map((bound) => bound[of] ?? 1));
const sum = (bounds: readonly Bound[]): Bound =>
  bounds.reduce((a, b) => single(a.steps + b.steps, a.size + b.size), single(1, 0));
/** The steps for reading characters: one step per 1,000 characters. */
const reading = (size: number): number => Math.ceil(size / 1_000);

function checked(bound: Bound): Bound {
  if (bound.size > maxResultLength)
    throw new Unbounded(`could create a text of ${bound.size} characters; ${maxResultLength} are allowed`);
  return bound;
}

function loopBound(name: string, of: Node, args: readonly Node[], scope: Scope): Bound {
  if (scope.depth >= maxLoopDepth)
    throw new Unbounded(`has ${maxLoopDepth + 1} nested loops; ${maxLoopDepth} are allowed`);
  const list = boundOf(of, scope);
  const [variable, ...bodies] = args;
  const elements = new Map(scope.elements).set(String(variable?.args), list.longest);
  const body = all(bodies, { ...scope, elements, depth: scope.depth + 1 });
  const result = body.at(-1);
  const count = elementsOf(list);
  const steps = list.steps + count * sum(body).steps;
  if (name === 'filter') return { ...list, steps, count };
  if (name !== 'map' || !result) return single(steps, 1);
  if (result.count !== null) throw listInList();
  return { steps, size: count * result.size, count, longest: result.size };
}

function methodBound(name: string, of: Bound, args: readonly Bound[]): Bound {
  const steps = of.steps + sum(args).steps + reading(of.size + sum(args).size);
  switch (name) {
    case 'parts':
      // One part may contain nearly the whole text.
      return { steps, size: of.size, count: maxParts, longest: of.size };
    case 'join':
      return single(steps, of.size + elementsOf(of) * (args[0]?.size ?? 0));
    case 'replace':
      // In the worst case every character is replaced.
      return single(steps, of.size * Math.max(1, args[1]?.size ?? 1));
    default:
      return single(steps, of.size);
  }
}
