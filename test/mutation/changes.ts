/** A node of the syntax tree. Which other fields it has depends on its type. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A text to put in place of the source between two offsets. */
export interface Change {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** The changes a node offers, each a mistake that a person could make. */
export function changesAt(node: Node, parents: readonly Node[], source: string): readonly Change[] {
  return (changesByType[node.type] ?? noChange)(node, parents, source);
}

type ChangesOf = (node: Node, parents: readonly Node[], source: string) => readonly Change[];

const noChange: ChangesOf = () => [];

/** The boundary first, then the opposite. */
const comparisons: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
};

const calculations: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '++': '--',
  '--': '++',
};

const methods = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
]);

const changesByType: Readonly<Record<string, ChangesOf>> = {
  BinaryExpression: (node, _parents, source) => {
    const operator = node['operator'] as string;
    const flipped = comparisons[operator];
    if (flipped) return flipped.map((text) => operatorChange('comparison', node, source, text));
    const other = calculations[operator];
    return other ? [operatorChange('calculation', node, source, other)] : [];
  },
  LogicalExpression: (node, _parents, source) => {
    const { operator, left } = node as unknown as { operator: string; left: Node };
    if (operator === '??') return [{ kind: 'fallback', ...placeOf(node), replacement: text(left, source) }];
    return [operatorChange('logic', node, source, operator === '&&' ? '||' : '&&')];
  },
  UnaryExpression: (node, _parents, source) =>
    node['operator'] === '!'
      ? [{ kind: 'logic', ...placeOf(node), replacement: text(node['argument'] as Node, source) }]
      : [],
  UpdateExpression: (node, _parents, source) => {
    const argument = text(node['argument'] as Node, source);
    const operator = calculations[node['operator'] as string] ?? '';
    const replacement = node['prefix'] === true ? operator + argument : argument + operator;
    return [{ kind: 'calculation', ...placeOf(node), replacement }];
  },
  AssignmentExpression: (node, _parents, source) => {
    const operator = calculations[node['operator'] as string];
    return operator ? [operatorChange('calculation', node, source, operator)] : [];
  },
  IfStatement: (node) => {
    const test = placeOf(node['test'] as Node);
    const without = { kind: 'branch', ...test, replacement: 'false' };
    return node['alternate'] ? [without, { ...without, replacement: 'true' }] : [without];
  },
  ConditionalExpression: (node, _parents, source) =>
    [node['consequent'] as Node, node['alternate'] as Node].map((branch) => ({
      kind: 'branch',
      ...placeOf(node),
      replacement: `(${text(branch, source)})`,
    })),
  ExpressionStatement: (node) =>
    node['directive'] || (node['expression'] as Node).type === 'Literal'
      ? []
      : [{ kind: 'statement', ...placeOf(node), replacement: ';' }],
  CallExpression: (node, _parents, source) => [...swappedArguments(node, source), ...otherMethod(node)],
  NewExpression: (node, _parents, source) => swappedArguments(node, source),
  Literal: (node, parents) => (isConstant(node, parents) ? otherConstant(node) : []),
  TemplateLiteral: (node, parents) => (isConstant(node, parents) ? withoutText(node) : []),
};

const placeOf = ({ start, end }: Node): { start: number; end: number } => ({ start, end });
const text = (node: Node, source: string): string => source.slice(node.start, node.end);

/** The operator is the first text of that kind between the two sides. */
function operatorChange(kind: string, node: Node, source: string, replacement: string): Change {
  const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
  const start = left.end + withoutComments(source.slice(left.end, right.start)).indexOf(operator);
  return { kind, start, end: start + operator.length, replacement };
}

/** Comments become blanks, so that offsets stay. */
function withoutComments(between: string): string {
  return between.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, (comment) => ' '.repeat(comment.length));
}

function swappedArguments(node: Node, source: string): readonly Change[] {
  const [first, second] = node['arguments'] as readonly Node[];
  if (!first || !second || first.type === 'SpreadElement' || second.type === 'SpreadElement') return [];
  if (text(first, source) === text(second, source)) return [];
  const between = source.slice(first.end, second.start);
  const replacement = text(second, source) + between + text(first, source);
  return [{ kind: 'arguments', start: first.start, end: second.end, replacement }];
}

function otherMethod(node: Node): readonly Change[] {
  const callee = node['callee'] as Node;
  const property = callee['property'] as Node | undefined;
  if (callee.type !== 'MemberExpression' || property?.type !== 'Identifier') return [];
  const replacement = methods.get(property['name'] as string);
  return replacement ? [{ kind: 'method', ...placeOf(property), replacement }] : [];
}

/**
 * Names of fields are no constants, and no user reads the message of a plain `Error`: it is thrown only
 * where the code itself is wrong. Messages of `AppError` and `ConnectorError` are read by people, so they
 * count.
 */
function isConstant(node: Node, [parent, ...others]: readonly Node[]): boolean {
  if (parent?.type === 'Property' && parent['key'] === node) return false;
  if (parent?.type === 'ImportExpression') return false;
  return ![parent, ...others].some(
    (each) => each?.type === 'NewExpression' && (each['callee'] as Node)['name'] === 'Error',
  );
}

function otherConstant(node: Node): readonly Change[] {
  const replacement = otherValue(node['value'], node['raw'] as string);
  return replacement === null ? [] : [{ kind: 'constant', ...placeOf(node), replacement }];
}

function otherValue(value: unknown, raw: string): string | null {
  switch (typeof value) {
    case 'boolean':
      return String(!value);
    case 'number':
      return Number.isInteger(value) ? String(value + 1) : String(value * 2);
    case 'bigint':
      return `${value + 1n}n`;
    case 'string':
      return raw === "''" ? "'changed'" : "''";
    default:
      return null; // a regular expression or null
  }
}

/** A template loses its longest text, when that holds a word. */
function withoutText(node: Node): readonly Change[] {
  const pieces = node['quasis'] as readonly Node[];
  const worded = pieces.filter((piece) => /\p{L}/u.test((piece['value'] as { raw: string }).raw));
  const [longest] = worded.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  if (!longest) return [];
  // The node includes the sign before the text: a backtick or a brace.
  const start = longest.start + 1;
  const { length } = (longest['value'] as { raw: string }).raw;
  return [{ kind: 'constant', start, end: start + length, replacement: '' }];
}
