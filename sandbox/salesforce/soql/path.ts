import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import type { FieldDef, ObjectDef, Schema } from '#sandbox/salesforce/records/schema.ts';

/** A field, reached over zero or more parents. */
export interface Path {
  readonly field: FieldDef;
  readonly parents: readonly { readonly reference: FieldDef; readonly object: ObjectDef }[];
}

/**
 * The input of name resolution: the user's schema, and the query's text for the position in the vendor's
 * error.
 */
export interface Scope {
  readonly schema: Schema;
  readonly soql: string;
}

/** @throws ApiError INVALID_FIELD in the vendor's words. */
export function resolvePath(scope: Scope, from: ObjectDef, names: readonly string[]): Path {
  let object = from;
  const parents: { reference: FieldDef; object: ObjectDef }[] = [];
  for (const name of names.slice(0, -1)) {
    const reference = scope.schema.parent(object, name);
    const next = reference?.referenceTo ? scope.schema.object(reference.referenceTo) : null;
    if (!reference || !next) {
      throw atPlace(
        scope,
        'INVALID_FIELD',
        name,
        `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
      );
    }
    parents.push({ reference, object: next });
    object = next;
  }
  const name = names.at(-1) ?? '';
  const field = scope.schema.field(object, name);
  if (!field) {
    throw atPlace(
      scope,
      'INVALID_FIELD',
      name,
      `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return { field, parents };
}

/** An error that shows the place in the query, as Salesforce draws it. */
export function atPlace(scope: Scope, errorCode: string, word: string, message: string): ApiError {
  const at = Math.max(0, scope.soql.search(new RegExp(`\\b${word.replace(/\W/g, '\\$&')}\\b`, 'i')));
  const start = Math.max(0, at - 30);
  const excerpt = scope.soql.slice(start, at + word.length + 20);
  return new ApiError(
    400,
    errorCode,
    `\n${excerpt}\n${' '.repeat(at - start)}^\nERROR at Row:1:Column:${at + 1}\n${message}`,
  );
}

/** The record a path's field is read from; null when a parent on the way is empty. */
export function ownerOf(org: Org, path: Path, row: Row): Row | null {
  let current: Row | null = row;
  for (const { reference, object } of path.parents) {
    const id: unknown = current[reference.name];
    current = typeof id === 'string' ? org.row(object.name, id) : null;
    if (!current) return null;
  }
  return current;
}

export function valueAt(org: Org, path: Path, row: Row): unknown {
  return ownerOf(org, path, row)?.[path.field.name] ?? null;
}
