import type { JsonValue, RemoteField } from '#connectors/contract/records.ts';
import { sameValue, type ComparedAs } from '#src/domain/sync/same-value.ts';

const comparedAs: Partial<Readonly<Record<RemoteField['type'], ComparedAs>>> = {
  number: 'decimal',
  datetime: 'instant',
  picklist: 'picklist',
};

/** Compares two values of a CRM field that no mapping needs to know, by the type the CRM gives the field. */
export function sameRemote(
  field: RemoteField | undefined,
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): boolean {
  return sameValue(scalarOf(a), scalarOf(b), field && comparedAs[field.type]);
}

function scalarOf(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
