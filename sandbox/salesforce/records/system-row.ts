import type { Org } from './org.ts';
import type { Row } from './row.ts';
import type { ObjectDef } from './schema.ts';

/** A record that Salesforce itself makes. Its fields cannot be written. */
export function systemRow(org: Org, object: ObjectDef, values: Readonly<Record<string, unknown>>): Row {
  const at = org.stamp();
  return {
    Id: org.nextId(object).id,
    IsDeleted: false,
    CreatedDate: at,
    LastModifiedDate: at,
    SystemModstamp: at,
    ...values,
  };
}
