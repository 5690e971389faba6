import { ConnectorError } from '#connectors/contract/failures.ts';
import { z } from 'zod';
import type { JsonValue, RemoteRecord } from '#connectors/contract/records.ts';

/** Objects whose records can be merged. `MasterRecordId` of a merged record is its survivor. */
const mergeable = new Set(['Account', 'Contact', 'Lead', 'Case']);
const isMergeable = (object: string): boolean => mergeable.has(object);

export const rowShape = z.looseObject({
  Id: z.string(),
  SystemModstamp: z.string(),
  IsDeleted: z.boolean().optional(),
  MasterRecordId: z.string().nullish(),
});
/** A record in Salesforce's JSON. */
export type Row = z.infer<typeof rowShape>;

export const columns = (fields: readonly string[]): string[] => [
  ...new Set(['Id', 'SystemModstamp', ...fields]),
];

/** The additional fields of a read that includes deleted records. */
export const tombstoneColumns = (object: string): string[] => [
  'IsDeleted',
  ...(isMergeable(object) ? ['MasterRecordId'] : []),
];

export function toRecord(row: Row, fields: readonly string[]): RemoteRecord {
  const values: Record<string, JsonValue> = {};
  for (const field of fields) values[field] = (row[field] ?? null) as JsonValue;
  const deleted = row.IsDeleted ?? false;
  const master = deleted ? row.MasterRecordId : null;
  return {
    extId: row.Id,
    fields: values,
    modifiedAt: toUtc(row.SystemModstamp),
    deleted,
    ...(master ? { mergedInto: master } : {}),
  };
}

/** `2026-11-22T02:00:00.000+0000` → `2026-11-22T02:00:00.000Z` */
export function toUtc(stamp: string): string {
  // Salesforce nearly always sends this format, and parsing a date would double the time for a record.
  if (inUtc.test(stamp)) return `${stamp.slice(0, -5)}Z`;
  return new Date(stamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).toISOString();
}

const inUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;

/** The name of an object or a field as a part of a path. */
export const segment = (name: string): string => encodeURIComponent(name);

/** The name of an object or a field in a query, where nothing can be escaped. */
export function identifier(name: string): string {
  if (/^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/.test(name)) return name;
  throw new ConnectorError({
    class: 'mapping',
    code: 'NAME_INVALID',
    message: `“${name.slice(0, 80)}” is not the name of an object or a field in Salesforce.`,
    fix: 'Correct the name in the mapping: it has letters, digits and underscores.',
  });
}

/** Text escaped for quotes in SOQL. */
export const quoted = (text: string): string => text.replace(/[\\']/g, '\\$&');

/** The query of a read, without its order. @param afterId reads only the records after this id */
export function toSoql(
  {
    object,
    fields,
    since,
  }: { readonly object: string; readonly fields: readonly string[]; readonly since: string | null },
  afterId: string | null,
): string {
  const conditions = [
    ...(since === null ? [] : [`SystemModstamp >= ${new Date(since).toISOString()}`]),
    ...(afterId === null ? [] : [`Id > '${quoted(afterId)}'`]),
  ];
  const wanted = [...new Set([...columns(fields), ...(since === null ? [] : tombstoneColumns(object))])];
  return `SELECT ${wanted.map(identifier).join(', ')} FROM ${identifier(object)}${conditions.length ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
}
