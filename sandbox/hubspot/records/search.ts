import { z } from 'zod';
import { invalid } from '#sandbox/hubspot/errors.ts';
import type { ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { propertiesOf, type PropertyType } from '#sandbox/hubspot/schema/properties.ts';
import { recordsOf, valueOf, type CrmRecord } from './records.ts';
import { asIndexed } from './search-index.ts';

const operators = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const;

const filterSchema = z.object({
  propertyName: z.string(),
  operator: z.enum(operators),
  value: z.coerce.string().optional(),
  highValue: z.coerce.string().optional(),
  values: z.array(z.coerce.string()).optional(),
});
type Filter = z.infer<typeof filterSchema>;

/** All five of these must be there, even when empty. */
export const searchSchema = z.object({
  after: z.coerce.string(),
  filterGroups: z.array(z.object({ filters: z.array(filterSchema) })),
  limit: z.number().int(),
  properties: z.array(z.string()),
  sorts: z.array(
    z.union([
      z.string(),
      z.object({
        propertyName: z.string(),
        direction: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING'),
      }),
    ]),
  ),
  query: z.string().optional(),
});
export type SearchRequest = z.infer<typeof searchSchema>;

export interface SearchResult {
  readonly total: number;
  readonly records: readonly CrmRecord[];
  /** The `after` of the next page. */
  readonly next: string | null;
}

/**
 * @throws HubspotError for what HubSpot refuses: too many groups, more than 200 a page, anything past 10,000
 * results.
 */
export function search(portal: Portal, type: ObjectType, request: SearchRequest): SearchResult {
  const offset = checkRequest(portal, type, request);
  const kinds = new Map([...propertiesOf(portal, type)].map(([name, definition]) => [name, definition.type]));
  const groups = request.filterGroups.map((group) =>
    group.filters.map((filter) => compile(type, filter, kinds.get(filter.propertyName) ?? 'string')),
  );
  const query = request.query?.toLowerCase();
  const found: CrmRecord[] = [];
  const records = recordsOf(portal, type);
  for (const current of records.values()) {
    const record = current.archived ? undefined : asIndexed(portal, records, current);
    if (!record) continue;
    if (groups.length > 0 && !groups.some((filters) => filters.every((matches) => matches(record)))) continue;
    if (
      query &&
      !type.searchableProperties.some((name) => valueOf(type, record, name)?.toLowerCase().includes(query))
    )
      continue;
    found.push(record);
  }
  found.sort(comparator(type, request.sorts[0], kinds));
  const end = offset + request.limit;
  return {
    total: found.length,
    records: found.slice(offset, end),
    next: end < found.length ? String(end) : null,
  };
}

function checkRequest(portal: Portal, type: ObjectType, request: SearchRequest): number {
  const { filterGroups, limit, sorts } = request;
  if (limit < 1 || limit > 200) throw invalid(`Invalid limit ${limit}: it must be between 1 and 200.`);
  const offset = request.after === '' ? 0 : Number(request.after);
  if (!Number.isInteger(offset) || offset < 0) throw invalid(`Invalid paging cursor: ${request.after}`);
  if (offset + limit > 10_000)
    throw invalid('The maximum number of results a search can page through is 10000.');
  const total = filterGroups.reduce((sum, group) => sum + group.filters.length, 0);
  if (filterGroups.length > 5 || total > 18 || filterGroups.some((group) => group.filters.length > 6)) {
    throw invalid('Too many filters: at most 5 filterGroups, 6 filters in each and 18 in all.');
  }
  if (sorts.length > 1) throw invalid('Only one sort is allowed.');
  const sorted = sorts.map((sort) => (typeof sort === 'string' ? sort : sort.propertyName));
  for (const name of [
    ...filterGroups.flatMap((group) => group.filters.map((filter) => filter.propertyName)),
    ...sorted,
  ]) {
    if (!propertiesOf(portal, type).has(name))
      throw invalid(`There was a problem with the request. Property ${name} does not exist.`);
  }
  return offset;
}

type Comparable = string | number;

/**
 * Text compares without case, as HubSpot's index does; dates by instant, written as ISO or epoch
 * milliseconds.
 */
function comparable(value: string, kind: PropertyType): Comparable {
  if (kind === 'number') return Number(value);
  if (kind === 'date' || kind === 'datetime')
    return /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  return value.toLowerCase();
}

function compile(type: ObjectType, filter: Filter, kind: PropertyType): (record: CrmRecord) => boolean {
  const need = (value: string | undefined, what: string): string => {
    if (value === undefined)
      throw invalid(
        `There was a problem with the request. Operator ${filter.operator} on ${filter.propertyName} requires ${what}.`,
      );
    return value;
  };
  const parsed = (value: string): Comparable => {
    const result = comparable(value, kind);
    if (typeof result === 'number' && Number.isNaN(result))
      throw invalid(
        `There was a problem with the request. ${value} is not a valid value for ${filter.propertyName}.`,
      );
    return result;
  };
  const test =
    (accepts: (value: Comparable, text: string) => boolean, whenEmpty = false) =>
    (record: CrmRecord): boolean => {
      const value = valueOf(type, record, filter.propertyName);
      return value === null ? whenEmpty : accepts(comparable(value, kind), value);
    };
  switch (filter.operator) {
    case 'HAS_PROPERTY':
      return test(() => true);
    case 'NOT_HAS_PROPERTY':
      return test(() => false, true);
    case 'IN':
    case 'NOT_IN': {
      const inside = filter.operator === 'IN';
      if (!filter.values?.length) need(undefined, 'values');
      const wanted = new Set((filter.values ?? []).map(parsed));
      return test((value) => wanted.has(value) === inside, !inside);
    }
    case 'BETWEEN': {
      const low = parsed(need(filter.value, 'a value'));
      const high = parsed(need(filter.highValue, 'a highValue'));
      return test((value) => value >= low && value <= high);
    }
    case 'CONTAINS_TOKEN':
    case 'NOT_CONTAINS_TOKEN': {
      const inside = filter.operator === 'CONTAINS_TOKEN';
      const pattern = tokenPattern(need(filter.value, 'a value'));
      return test(
        (_, text) =>
          text
            .split(/[^\p{L}\p{N}]+/u)
            .concat(text)
            .some((token) => pattern.test(token)) === inside,
        !inside,
      );
    }
    default:
      return ordering(filter.operator, parsed(need(filter.value, 'a value')), test);
  }
}

type Test = (accepts: (value: Comparable) => boolean, whenEmpty?: boolean) => (record: CrmRecord) => boolean;

function ordering(
  operator: 'EQ' | 'NEQ' | 'LT' | 'LTE' | 'GT' | 'GTE',
  wanted: Comparable,
  test: Test,
): (record: CrmRecord) => boolean {
  switch (operator) {
    case 'EQ':
      return test((value) => value === wanted);
    case 'NEQ':
      return test((value) => value !== wanted, true);
    case 'LT':
      return test((value) => value < wanted);
    case 'LTE':
      return test((value) => value <= wanted);
    case 'GT':
      return test((value) => value > wanted);
    case 'GTE':
      return test((value) => value >= wanted);
  }
}

/** `*` matches any characters; without it the whole token must be equal. */
function tokenPattern(value: string): RegExp {
  const escaped = value.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'iu');
}

function comparator(
  type: ObjectType,
  sort: SearchRequest['sorts'][number] | undefined,
  kinds: ReadonlyMap<string, PropertyType>,
): (a: CrmRecord, b: CrmRecord) => number {
  const byId = (a: CrmRecord, b: CrmRecord): number => Number(a.id) - Number(b.id);
  if (sort === undefined) return byId;
  const { propertyName, direction } =
    typeof sort === 'string' ? { propertyName: sort, direction: 'ASCENDING' } : sort;
  const sign = direction === 'DESCENDING' ? -1 : 1;
  if (propertyName === 'hs_object_id') return (a, b) => sign * byId(a, b);
  const kind = kinds.get(propertyName) ?? 'string';
  const key = (record: CrmRecord): Comparable | null => {
    const value = valueOf(type, record, propertyName);
    return value === null ? null : comparable(value, kind);
  };
  return (a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === y) return byId(a, b);
    if (x === null || y === null) return x === null ? 1 : -1;
    return sign * (x < y ? -1 : 1);
  };
}
