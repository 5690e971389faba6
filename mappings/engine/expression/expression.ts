import { Environment } from '@marcbachmann/cel-js';
import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import { readDecimal } from '#mappings/engine/values/decimal.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';
import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';
import { excessiveCost, maxInputLength, maxParts } from './bounds.ts';
import { addExactNumbers, EmptyNumber, Exact } from './exact.ts';
import { expressionLimits, fieldNamed, nodesOf } from './syntax.ts';
import type { Node, Side } from './syntax.ts';

/** A checked expression. */
export interface Expression {
  readonly fields: readonly string[];
  readonly gives: 'text' | 'boolean' | 'decimal';
  /**
   * Null if the result is empty or was calculated with an empty number.
   *
   * @param values the values of `fields`, in the same order
   */
  readonly evaluate: (values: readonly CanonicalValue[]) => CanonicalValue | Refusal;
}

export interface ExpressionContext {
  readonly side: Side;
  /** The fields that it may use, with their types. */
  readonly fields: ReadonlyMap<string, FieldType>;
}

/**
 * The CEL types of fields. Values are never null: an empty text is "", an empty checkbox is false, a number
 * can be empty.
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
/** Regular expressions are not allowed, because one can be written that never ends. */
const functions = ['size', 'string', 'number', 'round', 'filled'];
const methods = [
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
  'replace',
  'parts',
  'join',
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
];
const alternatives: Readonly<Record<string, string>> = {
  has: 'Use filled(…) to check whether a field has a value.',
  matches: 'Use startsWith, endsWith or contains. Patterns are not available.',
  split: 'Use parts(…), which returns at most 100 parts.',
  length: 'Use size().',
  toLowerCase: 'Use lowerAscii().',
  toUpperCase: 'Use upperAscii().',
};

const language = new Environment({ limits: expressionLimits });
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
  return found.length <= maxParts
    ? found
    : [...found.slice(0, maxParts - 1), found.slice(maxParts - 1).join(separator)];
}

/** Compiles an expression and checks the fields it uses. A refusal names the problem and the fix. */
export function compileExpression(cel: string, context: ExpressionContext): Expression | Refusal {
  const refused = (message: string, fix: string): Refusal => refuse('expression_wrong', message, fix);
  const prepared = environmentFor(cel, context);
  if ('code' in prepared) return prepared;
  const { fields, env } = prepared;
  const program = env.parse(cel);
  const checked = program.check();
  if (!checked.valid)
    return refused(
      `The expression is not valid${placeOf(checked.error, cel)}: ${explained(summaryOf(checked.error))}.`,
      'Correct this part.',
    );
  const gives = resultTypes[checked.type ?? ''];
  if (!gives)
    return refused(
      `The result of the expression is a ${checked.type}, which no field can store.`,
      'Change it so that the result is a text, a number, or true or false.',
    );
  const toCanonical = resultConverters[gives];
  const toRecord = recordBuilder(fields, context);
  const evaluate = (values: readonly CanonicalValue[]): CanonicalValue | Refusal => {
    try {
      return toCanonical(program(toRecord(values)) as never);
    } catch (error) {
      if (error instanceof EmptyNumber) return null;
      return refuse(
        'expression_failed',
        `The expression fails on this record: ${summaryOf(error)}.`,
        'Change the expression so that it handles such records.',
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

const resultConverters: Readonly<Record<Expression['gives'], (result: never) => CanonicalValue | Refusal>> = {
  text: (result: string) => result.trim() || null,
  boolean: (result: boolean) => result,
  decimal: (result: Exact | bigint | number) =>
    result instanceof Exact
      ? result.filled
        ? result.toString()
        : null
      : readDecimal(typeof result === 'bigint' ? String(result) : result),
};

/** The part of the expression that an error refers to. */
function placeOf(error: unknown, cel: string): string {
  const range =
    error instanceof Error && 'range' in error
      ? (error.range as { start: number; end: number } | undefined)
      : undefined;
  if (!range) return '';
  if (range.start >= cel.length) return ' at its end';
  return ` at ${shown(cel.slice(range.start, Math.max(range.end, range.start + 1)))}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  double: 'a number',
  number: 'a number',
  bool: 'true or false',
};

/** Translates "no such overload: string == int" into a sentence. */
function explained(summary: string): string {
  const [, left = '', sign = '', right = ''] = /^no such overload: (\w+) (\S+) (\w+)$/.exec(summary) ?? [];
  const one = typeNames[left];
  const other = typeNames[right];
  return one && other ? `"${sign}" does not work between ${one} and ${other}` : summary;
}

function summaryOf(error: unknown): string {
  const summary =
    error instanceof Error && 'summary' in error
      ? String(error.summary)
      : error instanceof Error
        ? error.message
        : String(error);
  return summary.replace(/\.$/, '');
}

/**
 * Checks that an expression is allowed and not too expensive, and prepares an environment with the fields it
 * uses.
 */
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
      `The expression cannot be parsed${placeOf(error, cel)}: ${summaryOf(error)}.`,
      'Correct this part.',
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
  const excessive = excessiveCost(root, side);
  if (excessive)
    return refuse(
      'expression_unbounded',
      `The expression ${excessive}.`,
      'Use fewer nested loops, or join fewer texts.',
    );
  const env = language.clone().registerVariable({ name: side, schema: schemaOf(fields, known) } as never);
  return { fields, env };
}

function unknownField(name: string, known: ExpressionContext['fields'], side: Side): Refusal {
  const similar = nearest(name, known.keys());
  const fix = similar ? `Did you mean ${side}.${similar}?` : 'Choose another field.';
  return refuse('expression_wrong', `The expression uses ${side}.${name}, which does not exist.`, fix);
}

function forbiddenIn(node: Node, side: Side): Refusal | null {
  const not = (name: string, fix: string): Refusal =>
    refuse('expression_wrong', `Expressions cannot use "${name}".`, fix);
  if (!operators.has(node.op)) return not(node.op, 'Use only the operators listed in the reference.');
  if (node.op === 'id' && (node.args === 'remote' || node.args === 'ours') && node.args !== side) {
    const fix =
      side === 'remote'
        ? 'Write remote.<field>: a line that reads uses the CRM’s record.'
        : 'Write ours.<field>: a line that writes uses our record.';
    return not(node.args, fix);
  }
  if (node.op === '[]' && fieldNamed(node, side) === null && isSide(node.args, side))
    return not(`${side}[…]`, `Name the field in quotes: ${side}["Name"].`);
  if (node.op !== 'call' && node.op !== 'rcall') return null;
  const [name] = node.args as readonly [string];
  const allowed = node.op === 'call' ? functions : methods;
  return allowed.includes(name) ? null : not(name, alternatives[name] ?? adviceFor(name, allowed));
}

const isSide = (args: unknown, side: Side): boolean =>
  Array.isArray(args) && (args[0] as Node).op === 'id' && (args[0] as Node).args === side;

function adviceFor(name: string, allowed: readonly string[]): string {
  const similar = nearest(name, allowed);
  return similar ? `Did you mean ${similar}?` : `Use one of: ${allowed.join(', ')}.`;
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

/** Builds the record that the expression reads from the values of its fields. */
function recordBuilder(
  fields: readonly string[],
  { side, fields: known }: ExpressionContext,
): (values: readonly CanonicalValue[]) => never {
  const places = fields.map((name) => ({
    name,
    customName: name.startsWith('extra.') ? name.slice('extra.'.length) : null,
    asCel: intoCel[known.get(name) ?? 'text'],
  }));
  return (values) => {
    const record: Record<string, unknown> = {};
    const extra: Record<string, unknown> = {};
    for (const [index, { name, customName, asCel }] of places.entries())
      (customName === null ? record : extra)[customName ?? name] = asCel(values[index] ?? null);
    if (places.some(({ customName }) => customName !== null)) record['extra'] = extra;
    return { [side]: record } as never;
  };
}

const asText = (value: CanonicalValue): string => {
  const text = value === null ? '' : String(value);
  if (text.length > maxInputLength) throw new RangeError(`a text has more than ${maxInputLength} characters`);
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
