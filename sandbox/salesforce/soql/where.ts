import type {
  ConditionWithValueQuery,
  NegationCondition,
  Query,
  WhereClause,
} from '@jetstreamapp/soql-parser-js';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import type { ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import { readLiteral } from './literals.ts';
import type { Literal } from './literals.ts';
import { resolvePath, valueAt } from './path.ts';
import type { Scope } from './path.ts';

export type Predicate = (row: Row) => boolean;

/** Evaluates `Id IN (SELECT …)`: the values the inner query selects. */
export type Subselect = (query: Query) => ReadonlySet<unknown>;

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | { readonly test: Predicate };

export interface WhereInput {
  readonly org: Org;
  readonly scope: Scope;
  readonly object: ObjectDef;
  readonly subselect: Subselect;
}

/**
 * The parser gives a flat chain with parentheses counted on its conditions; read it as tokens and evaluate by
 * the grammar. Like Salesforce, AND and OR may not be mixed without parentheses.
 */
export function compileWhere(input: WhereInput, where: WhereClause): Predicate {
  const tokens = tokensOf(input, where);
  let at = 0;
  const unit = (): Predicate => {
    const token = tokens[at];
    at += 1;
    if (token === 'NOT') {
      const inner = unit();
      return (row) => !inner(row);
    }
    if (token === '(') {
      const inner = chain();
      if (tokens[at] !== ')') throw malformed('expecting a right parenthesis, found end of query');
      at += 1;
      return inner;
    }
    if (typeof token === 'object') return token.test;
    throw malformed(`unexpected token: '${token ?? '<EOF>'}'`);
  };
  const chain = (): Predicate => {
    const parts = [unit()];
    const operator = tokens[at];
    while (tokens[at] === 'AND' || tokens[at] === 'OR') {
      if (tokens[at] !== operator) throw malformed(`unexpected token: '${String(tokens[at])}'`);
      at += 1;
      parts.push(unit());
    }
    return operator === 'OR'
      ? (row) => parts.some((part) => part(row))
      : (row) => parts.every((part) => part(row));
  };
  const whole = chain();
  if (at !== tokens.length) throw malformed(`unexpected token: '${String(tokens[at])}'`);
  return whole;
}

const malformed = (message: string): ApiError => new ApiError(400, 'MALFORMED_QUERY', message);

function tokensOf(input: WhereInput, where: WhereClause): Token[] {
  const tokens: Token[] = [];
  for (
    let clause: WhereClause | undefined = where;
    clause;
    clause = 'right' in clause ? clause.right : undefined
  ) {
    const { left } = clause;
    for (let open = left?.openParen ?? 0; open > 0; open -= 1) tokens.push('(');
    if (left && 'operator' in left) {
      tokens.push({ test: compileCondition(input, left) });
      for (let close = left.closeParen ?? 0; close > 0; close -= 1) tokens.push(')');
    }
    if ('operator' in clause) tokens.push(clause.operator);
  }
  return tokens;
}

function compileCondition(
  input: WhereInput,
  condition: Exclude<ConditionWithValueQuery, NegationCondition>,
): Predicate {
  if (!('field' in condition)) throw malformed('functions are not supported in this condition');
  const path = resolvePath(input.scope, input.object, namesOf(input.object, condition.field));
  const { field } = path;
  if (field.type === 'textarea')
    throw new ApiError(400, 'INVALID_FIELD', `field '${field.name}' can not be filtered in a query call`);
  const read = (row: Row): unknown => valueAt(input.org, path, row);
  if ('valueQuery' in condition) {
    const found = input.subselect(condition.valueQuery);
    return condition.operator === 'NOT IN' ? (row) => !found.has(read(row)) : (row) => found.has(read(row));
  }
  const raws = [condition.value].flat();
  const types = [condition.literalType ?? 'STRING'].flat();
  const literals = raws.map((raw, n) =>
    readLiteral(field, raw, types[n] ?? types[0] ?? 'STRING', input.org.now()),
  );
  return compare(condition.operator, literals, read);
}

const namesOf = (object: ObjectDef, field: string): string[] => {
  const names = field.split('.');
  return names.length > 1 && names[0]?.toLowerCase() === object.name.toLowerCase() ? names.slice(1) : names;
};

function compare(operator: string, literals: readonly Literal[], read: (row: Row) => unknown): Predicate {
  const [first] = literals;
  if (!first) throw malformed('expecting a value');
  switch (operator) {
    case '=':
      return (row) => equals(read(row), first);
    case '!=':
      return (row) => !equals(read(row), first);
    case 'IN':
      return includes(literals, read);
    case 'NOT IN': {
      const within = includes(literals, read);
      return (row) => !within(row);
    }
    case 'LIKE': {
      const pattern = likePattern(first);
      return (row) => {
        const value = read(row);
        return typeof value === 'string' && pattern.test(value);
      };
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return (row) => ordered(operator, read(row), first);
    default:
      throw malformed(`operator ${operator} is not valid on this field`);
  }
}

const folded = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** Ids keep their case; after folding both sides they still differ in their checksum. */
function equals(value: unknown, literal: Literal): boolean {
  if (literal.kind === 'range')
    return typeof value === 'string' && value >= literal.from && value < literal.to;
  return folded(value) === folded(literal.value);
}

function includes(literals: readonly Literal[], read: (row: Row) => unknown): Predicate {
  const values = new Set(
    literals.map((literal) => (literal.kind === 'value' ? folded(literal.value) : null)),
  );
  const ranges = literals.filter((literal) => literal.kind === 'range');
  return (row) => {
    const value = read(row);
    return values.has(folded(value)) || ranges.some((range) => equals(value, range));
  };
}

function ordered(operator: '<' | '<=' | '>' | '>=', value: unknown, literal: Literal): boolean {
  if (value === null || value === undefined) return false;
  if (literal.kind === 'range') {
    const text = String(value);
    return {
      '<': text < literal.from,
      '<=': text < literal.to,
      '>': text >= literal.to,
      '>=': text >= literal.from,
    }[operator];
  }
  const [left, right] = [value, literal.value] as [string, string];
  return { '<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right }[operator];
}

function likePattern(literal: Literal): RegExp {
  const text = literal.kind === 'value' ? String(literal.value) : '';
  const source = text.replace(
    /\\([%_])|([%_])|([.*+?^${}()|[\]\\])/g,
    (_, escaped: string, wild: string, special: string) =>
      escaped ?? (wild ? (wild === '%' ? '.*' : '.') : `\\${special}`),
  );
  return new RegExp(`^${source}$`, 'is');
}
