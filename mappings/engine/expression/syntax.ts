import { Environment } from '@marcbachmann/cel-js';

/** The part of a parsed expression's node that is used here. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
}

/** The record that an expression may use: the vendor's when reading, the canonical one when writing. */
export type Side = 'remote' | 'ours';

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** The child nodes in reading order. */
export function children(node: Node): readonly Node[] {
  if (isNode(node.args)) return [node.args];
  return Array.isArray(node.args) ? node.args.flat(2).filter(isNode) : [];
}

/** The node and all nodes below it. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of children(node)) yield* nodesOf(child);
}

/**
 * The field that a node reads: `remote.Name`, `remote["assoc:companies"]`, `ours.extra.region`. Null for
 * other nodes.
 */
export function fieldNamed(node: Node, side: Side): string | null {
  if (node.op !== '.' && node.op !== '[]') return null;
  const [of, name] = node.args as readonly [Node, unknown];
  const key = isNode(name) ? (name.op === 'value' ? name.args : null) : name;
  if (typeof key !== 'string') return null;
  if (of.op === 'id' && of.args === side) return key;
  return fieldNamed(of, side) === 'extra' ? `extra.${key}` : null;
}

/** Limits of an expression, also while it is only parsed: a deep one takes time in the square of its depth. */
export const expressionLimits = {
  maxAstNodes: 300,
  maxDepth: 40,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 8,
};

const syntax = new Environment({ limits: expressionLimits });

/** The fields that an expression reads, each once. Empty if it cannot be parsed; compiling reports that. */
export function fieldsRead(cel: string, side: Side): readonly string[] {
  let root: Node;
  try {
    root = syntax.parse(cel).ast as unknown as Node;
  } catch {
    return [];
  }
  const names = [...nodesOf(root)].flatMap((node) => fieldNamed(node, side) ?? []);
  return [...new Set(names)].filter((name) => name !== 'extra');
}
