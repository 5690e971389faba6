import { parseQuery } from '@jetstreamapp/soql-parser-js';
import type { FieldType, OrderByClause, Query } from '@jetstreamapp/soql-parser-js';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import type { ObjectDef, Schema } from '#sandbox/salesforce/records/schema.ts';
import { atPlace, resolvePath, valueAt } from './path.ts';
import type { Path, Scope } from './path.ts';
import { compileWhere } from './where.ts';

/** A query ready to run: names resolved, condition compiled. */
export interface Plan {
  readonly object: ObjectDef;
  readonly columns: readonly Path[];
  /** `SELECT COUNT()`: no rows, only how many. */
  readonly count: boolean;
  /** True when a record, saved or not, meets the condition. */
  readonly matches: (row: Row) => boolean;
  /** The records it selects, ordered. */
  readonly select: (options: { readonly includeDeleted: boolean }) => Row[];
}

/**
 * @throws ApiError MALFORMED_QUERY, INVALID_TYPE or INVALID_FIELD in the vendor's words.
 */
export function planQuery(org: Org, schema: Schema, soql: string): Plan {
  return planOf(org, { schema, soql }, parse(soql));
}

function parse(soql: string): Query {
  try {
    return parseQuery(soql);
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new ApiError(
      400,
      'MALFORMED_QUERY',
      `unexpected token in query: ${said.replaceAll(' ::', '').replace(/:+$/, '')}`,
    );
  }
}

function planOf(org: Org, scope: Scope, query: Query): Plan {
  const name = query.sObject ?? '';
  const object = scope.schema.object(name);
  if (!object) {
    throw atPlace(
      scope,
      'INVALID_TYPE',
      name,
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  if (query.groupBy || query.having)
    throw new ApiError(400, 'MALFORMED_QUERY', 'GROUP BY is not supported here');
  const count =
    query.fields?.[0]?.type === 'FieldFunctionExpression' &&
    query.fields[0].rawValue?.toUpperCase() === 'COUNT()';
  const columns = count
    ? []
    : (query.fields ?? []).flatMap((field) => columnsOf(scope, object, query, field));
  const subselect = (inner: Query): ReadonlySet<unknown> => {
    const plan = planOf(org, scope, inner);
    const [column] = plan.columns;
    return new Set(
      plan.select({ includeDeleted: false }).map((row) => (column ? valueAt(org, column, row) : null)),
    );
  };
  const test = query.where ? compileWhere({ org, scope, object, subselect }, query.where) : null;
  const order = [query.orderBy ?? []].flat().map((clause) => comparator(org, scope, object, clause));
  const select = ({ includeDeleted }: { includeDeleted: boolean }): Row[] => {
    const found: Row[] = [];
    for (const row of org.seen(object.name)) {
      if (!scope.schema.sees(object, row)) continue;
      if ((includeDeleted || !row['IsDeleted']) && (!test || test(row))) found.push(row);
    }
    if (order.length) found.sort((a, b) => order.reduce((decided, by) => decided || by(a, b), 0));
    const start = query.offset ?? 0;
    return found.slice(start, query.limit === undefined ? undefined : start + query.limit);
  };
  return { object, columns, count, matches: (row) => !test || test(row), select };
}

function columnsOf(scope: Scope, object: ObjectDef, query: Query, field: FieldType): Path[] {
  if (field.type === 'Field') return [resolvePath(scope, object, [field.field])];
  if (field.type === 'FieldRelationship') {
    const alias = [object.name, query.sObjectAlias ?? ''].some(
      (candidate) => candidate.toLowerCase() === field.relationships[0]?.toLowerCase(),
    );
    return [
      resolvePath(scope, object, [
        ...(alias ? field.relationships.slice(1) : field.relationships),
        field.field,
      ]),
    ];
  }
  if (field.type === 'FieldFunctionExpression' && field.functionName.toUpperCase() === 'FIELDS') {
    const which = String(field.parameters[0]).toUpperCase();
    if (which !== 'STANDARD' && (query.limit ?? Infinity) > 200) {
      throw new ApiError(400, 'MALFORMED_QUERY', 'The SOQL FIELDS function must have a LIMIT of at most 200');
    }
    const wanted = object.fields.filter(
      (one) => which === 'ALL' || (which === 'CUSTOM') === (one.custom ?? false),
    );
    return wanted.map((one) => ({ field: one, parents: [] }));
  }
  throw new ApiError(
    400,
    'MALFORMED_QUERY',
    'only fields, parent fields, COUNT() and FIELDS() may be selected here',
  );
}

type Comparator = (a: Row, b: Row) => number;

function comparator(org: Org, scope: Scope, object: ObjectDef, clause: OrderByClause): Comparator {
  if (!('field' in clause))
    throw new ApiError(400, 'MALFORMED_QUERY', 'functions are not supported in ORDER BY');
  const path = resolvePath(scope, object, clause.field.split('.'));
  if (path.field.type === 'textarea')
    throw new ApiError(400, 'INVALID_FIELD', `field '${path.field.name}' can not be sorted in a query call`);
  const direction = clause.order === 'DESC' ? -1 : 1;
  const nulls = clause.nulls === 'LAST' ? 1 : -1;
  /** Ids sort by code unit, text without regard to case. */
  const exact = path.field.type === 'id' || path.field.type === 'reference';
  const key = (row: Row): unknown => {
    const value = valueAt(org, path, row);
    return typeof value === 'string' && !exact ? value.toLowerCase() : value;
  };
  return (a, b) => {
    const [left, right] = [key(a), key(b)] as [string | null, string | null];
    if (left === null || right === null) return left === right ? 0 : left === null ? nulls : -nulls;
    return left < right ? -direction : left > right ? direction : 0;
  };
}
