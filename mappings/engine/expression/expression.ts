import { Environment } from '@marcbachmann/cel-js';
import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import { readDecimal } from '#mappings/engine/values/decimal.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';
import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';
import { excess, longestInput, mostParts } from './bounds.ts';
import { addExactNumbers, EmptyNumber, Exact } from './exact.ts';
import { fieldNamed, nodesOf } from './syntax.ts';
import type { Node, Side } from './syntax.ts';

/** An expression that fits the fields it reads. */
export interface Expression {
  readonly fields: readonly string[];
  readonly gives: 'text' | 'boolean' | 'decimal';
  /**
   * @param values those of `fields`, in their order; null when the result is empty, or reckoned with an empty
   * number
   */
  readonly evaluate: (values: readonly CanonicalValue[]) => CanonicalValue | Refusal;
}

export interface ExpressionContext {
  readonly side: Side;
  /** The fields it may read, with the type of their values. */
  readonly fields: ReadonlyMap<string, FieldType>;
}

/**
 * Fields in texts are never null: an empty text is "", an empty checkbox is false, an empty number is empty.
 */
const celTypes: Readonly<Record<FieldType, string>> = {
  text: 'string',
  reference: 'string',
  date: 'string',
  instant: 'string',
  boolean: 'bool',
  decimal: 'number',
};

const operators = new Set([
  'value',
  'id',
  '.',
  '[]',
  'call',
  'rcall',
  'list',
  '?:',
  '||',
  '&&',
  '!_',
  '-_',
  '!=',
  '==',
  'in',
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '<=',
  '>',
  '>=',
]);
/** Regular expressions are not among them: one can be written that never ends. */
const functions = ['size', 'string', 'number', 'round', 'filled'];
const methods = [
  ...[
    'startsWith',
    'endsWith',
    'contains',
    'indexOf',
    'lastIndexOf',
    'substring',
    'trim',
    'lowerAscii',
    'upperAscii',
    'size',
  ],
  ...['replace', 'parts', 'join', 'all', 'exists', 'exists_one', 'map', 'filter'],
];
const instead: Readonly<Record<string, string>> = {
  has: 'Use filled(…) to ask whether a field is filled.',
  matches: 'Use startsWith, endsWith or contains: patterns are not available.',
  split: 'Use parts(…), which makes at most 100 parts.',
  length: 'Use size().',
  toLowerCase: 'Use lowerAscii().',
  toUpperCase: 'Use upperAscii().',
};

const limits = {
  maxAstNodes: 300,
  maxDepth: 40,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 8,
};

const language = new Environment({ limits });
addExactNumbers(language);
language.registerFunction('filled(string): bool', (text: string) => text !== '');
language.registerFunction(
  'string.replace(string, string): string',
  (text: string, find: string, by: string) => (find === '' ? text : text.replaceAll(find, () => by)),
);
language.registerFunction('string.parts(string): list<string>', (text: string, separator: string) =>
  parts(text, separator),
);

function parts(text: string, separator: string): string[] {
  const found = text.split(separator);
  return found.length <= mostParts
    ? found
    : [...found.slice(0, mostParts - 1), found.slice(mostParts - 1).join(separator)];
}

/** Checks an expression against the fields it may read. A refusal says what is wrong and what to do. */
export function compileExpression(cel: string, context: ExpressionContext): Expression | Refusal {
  const wrong = (message: string, fix: string): Refusal => refuse('expression_wrong', message, fix);
  const prepared = environmentFor(cel, context);
  if ('code' in prepared) return prepared;
  const { fields, env } = prepared;
  const program = env.parse(cel);
  const checked = program.check();
  if (!checked.valid)
    return wrong(
      `The expression does not fit together${whereOf(checked.error, cel)}: ${inWords(summaryOf(checked.error))}.`,
      'Correct it there.',
    );
  const gives = resultTypes[checked.type ?? ''];
  if (!gives)
    return wrong(
      `The expression gives a ${checked.type}, which no field holds.`,
      'Let it give a text, a number, or true or false.',
    );
  const give = givers[gives];
  const reach = placer(fields, context);
  const evaluate = (values: readonly CanonicalValue[]): CanonicalValue | Refusal => {
    try {
      return give(program(reach(values)) as never);
    } catch (error) {
      if (error instanceof EmptyNumber) return null;
      return refuse(
        'expression_failed',
        `The expression fails on this record: ${summaryOf(error)}.`,
        'Let the expression provide for records like this one.',
      );
    }
  };
  return { fields, gives, evaluate };
}

const resultTypes: Readonly<Record<string, Expression['gives']>> = {
  string: 'text',
  bool: 'boolean',
  number: 'decimal',
  int: 'decimal',
  double: 'decimal',
};

const givers: Readonly<Record<Expression['gives'], (result: never) => CanonicalValue | Refusal>> = {
  text: (result: string) => result.trim() || null,
  boolean: (result: boolean) => result,
  decimal: (result: Exact | bigint | number) =>
    result instanceof Exact
      ? result.filled
        ? result.toString()
        : null
      : readDecimal(typeof result === 'bigint' ? String(result) : result),
};

/** The part of the expression an error is about. */
function whereOf(error: unknown, cel: string): string {
  const range =
    error instanceof Error && 'range' in error
      ? (error.range as { start: number; end: number } | undefined)
      : undefined;
  if (!range) return '';
  if (range.start >= cel.length) return ' at its end';
  return ` at ${shown(cel.slice(range.start, Math.max(range.end, range.start + 1)))}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  double: 'a number',
  number: 'a number',
  bool: 'a yes or no',
};

/** "no such overload: string == int", for people who do not write programs. */
function inWords(summary: string): string {
  const [, left = '', sign = '', right = ''] = /^no such overload: (\w+) (\S+) (\w+)$/.exec(summary) ?? [];
  const [one, other] = [typeWords[left], typeWords[right]];
  return one && other ? `"${sign}" does not work between ${one} and ${other}` : summary;
}

function summaryOf(error: unknown): string {
  const words =
    error instanceof Error && 'summary' in error
      ? String(error.summary)
      : error instanceof Error
        ? error.message
        : String(error);
  return words.replace(/\.$/, '');
}

/** An environment that knows the fields the expression names, once all it does is allowed and bounded. */
function environmentFor(
  cel: string,
  { side, fields: known }: ExpressionContext,
): { fields: readonly string[]; env: Environment } | Refusal {
  let root: Node;
  try {
    root = language.parse(cel).ast as unknown as Node;
  } catch (error) {
    return refuse(
      'expression_wrong',
      `The expression cannot be read${whereOf(error, cel)}: ${summaryOf(error)}.`,
      'Correct it there.',
    );
  }
  const nodes = [...nodesOf(root)];
  const forbidden = nodes.map((node) => forbiddenIn(node, side)).find((found) => found !== null);
  if (forbidden) return forbidden;
  const fields = [...new Set(nodes.flatMap((node) => fieldNamed(node, side) ?? []))].filter(
    (name) => name !== 'extra',
  );
  const unknown = fields.find((name) => !known.has(name));
  if (unknown !== undefined) return unknownField(unknown, known, side);
  const excessive = excess(root, side);
  if (excessive)
    return refuse(
      'expression_unbounded',
      `The expression ${excessive}.`,
      'Write it without loops in loops, or with fewer texts put together.',
    );
  const env = language.clone().registerVariable({ name: side, schema: schemaOf(fields, known) } as never);
  return { fields, env };
}

function unknownField(name: string, known: ExpressionContext['fields'], side: Side): Refusal {
  const meant = nearest(name, known.keys());
  const fix = meant ? `Did you mean ${side}.${meant}?` : 'Choose another field.';
  return refuse('expression_wrong', `The expression reads ${side}.${name}, and there is no such field.`, fix);
}

function forbiddenIn(node: Node, side: Side): Refusal | null {
  const not = (name: string, fix: string): Refusal =>
    refuse('expression_wrong', `Expressions cannot use "${name}".`, fix);
  if (!operators.has(node.op)) return not(node.op, 'Write it with the operators the reference lists.');
  if (node.op === 'id' && (node.args === 'remote' || node.args === 'ours') && node.args !== side) {
    const fix =
      side === 'remote'
        ? 'Write remote.<field>: a line that reads sees the CRM’s record.'
        : 'Write ours.<field>: a line that writes sees our record.';
    return not(node.args, fix);
  }
  if (node.op === '[]' && fieldNamed(node, side) === null && isSide(node.args, side))
    return not(`${side}[…]`, `Name the field in quotes: ${side}["Name"].`);
  if (node.op !== 'call' && node.op !== 'rcall') return null;
  const [name] = node.args as readonly [string];
  const allowed = node.op === 'call' ? functions : methods;
  return allowed.includes(name) ? null : not(name, instead[name] ?? adviceFor(name, allowed));
}

const isSide = (args: unknown, side: Side): boolean =>
  Array.isArray(args) && (args[0] as Node).op === 'id' && (args[0] as Node).args === side;

function adviceFor(name: string, allowed: readonly string[]): string {
  const meant = nearest(name, allowed);
  return meant ? `Did you mean ${meant}?` : `Use one of: ${allowed.join(', ')}.`;
}

type Schema = Record<string, string | Record<string, string>>;

function schemaOf(fields: readonly string[], known: ExpressionContext['fields']): Schema {
  const schema: Schema = {};
  const extra: Record<string, string> = {};
  for (const name of fields) {
    const type = celTypes[known.get(name) ?? 'text'];
    if (name.startsWith('extra.')) extra[name.slice('extra.'.length)] = type;
    else schema[name] = type;
  }
  return Object.keys(extra).length > 0 ? { ...schema, extra } : schema;
}

/** Puts the values where the expression looks for them. */
function placer(
  fields: readonly string[],
  { side, fields: known }: ExpressionContext,
): (values: readonly CanonicalValue[]) => never {
  const places = fields.map((name) => ({
    name,
    own: name.startsWith('extra.') ? name.slice('extra.'.length) : null,
    asCel: intoCel[known.get(name) ?? 'text'],
  }));
  return (values) => {
    const record: Record<string, unknown> = {};
    const extra: Record<string, unknown> = {};
    for (const [index, { name, own, asCel }] of places.entries())
      (own === null ? record : extra)[own ?? name] = asCel(values[index] ?? null);
    if (places.some(({ own }) => own !== null)) record['extra'] = extra;
    return { [side]: record } as never;
  };
}

const asText = (value: CanonicalValue): string => {
  const text = value === null ? '' : String(value);
  if (text.length > longestInput) throw new RangeError(`a text has more than ${longestInput} characters`);
  return text;
};

const intoCel: Readonly<Record<FieldType, (value: CanonicalValue) => unknown>> = {
  text: asText,
  reference: asText,
  date: asText,
  instant: asText,
  boolean: (value) => value === true,
  decimal: (value) => Exact.from(value === null ? null : String(value)),
};
