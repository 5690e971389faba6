import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import type { ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import type { Path } from '#sandbox/salesforce/soql/path.ts';

/** One record in Salesforce's format: its attributes, then the selected fields, with nested parents. */
export function toRecordBody(
  org: Org,
  version: string,
  object: ObjectDef,
  columns: readonly Path[],
  row: Row,
): Record<string, unknown> {
  const body: Record<string, unknown> = { attributes: attributesOf(version, object, row) };
  for (const column of columns) place(org, version, body, column, row);
  return body;
}

const attributesOf = (version: string, object: ObjectDef, row: Row): object => ({
  type: object.name,
  url: `/services/data/${version}/sobjects/${object.name}/${row.Id}`,
});

function place(org: Org, version: string, body: Record<string, unknown>, column: Path, row: Row): void {
  let target = body;
  let current = row;
  for (const { reference, object } of column.parents) {
    const name = reference.relationshipName ?? reference.name;
    const id = current[reference.name];
    const parent = typeof id === 'string' ? org.row(object.name, id) : null;
    if (!parent) {
      target[name] = null;
      return;
    }
    target = (target[name] ??= { attributes: attributesOf(version, object, parent) }) as Record<
      string,
      unknown
    >;
    current = parent;
  }
  target[column.field.name] = current[column.field.name] ?? null;
}
