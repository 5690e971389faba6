import { integrationUser } from '#sandbox/salesforce/bootstrap.ts';
import type { Draft, PermissionSetDef } from './draft.ts';
import { list, required } from './metadata-components.ts';
import type { Xml } from './metadata-components.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { Writer } from '#sandbox/salesforce/records/writer.ts';

/** @throws Error in the vendor's words when it names what neither the org nor the package has. */
export function readPermissionSet(org: Org, draft: Draft, xml: Xml): PermissionSetDef {
  const label = required(xml, 'label');
  const fields = list(xml['fieldPermissions']);
  const objects = list(xml['objectPermissions']);
  for (const permission of fields) {
    const name = required(permission, 'field');
    const [objectName = '', fieldName = ''] = name.split('.');
    const field =
      draft.fields.get(name)?.field ??
      org
        .schema()
        .object(objectName)
        ?.fields.find((known) => known.name === fieldName);
    if (!field) throw new Error(`In field: field - no CustomField named ${name} found`);
    if (field.required) throw new Error(`You cannot deploy to a required field: ${name}`);
  }
  for (const permission of objects) {
    const name = required(permission, 'object');
    if (!draft.objects.has(name) && !org.schema().object(name))
      throw new Error(`In field: object - no CustomObject named ${name} found`);
  }
  const named = (permissions: Xml[], tag: string, right: string): string[] =>
    permissions.filter((one) => one[right] === 'true').map((one) => String(one[tag]));
  return {
    label,
    readable: [...named(fields, 'field', 'readable'), ...named(objects, 'object', 'allowRead')],
    editable: [...named(fields, 'field', 'editable'), ...named(objects, 'object', 'allowEdit')],
  };
}

/** Puts the set into the org. It shows nothing to anyone until it is assigned. */
export function applyPermissionSet(org: Org, name: string, set: PermissionSetDef): void {
  const object = org.schema().object('PermissionSet');
  if (!object) throw new Error('the org has no permission sets');
  const writer = new Writer(org, org.schema(), { userId: integrationUser(org).Id });
  const known = org
    .rows('PermissionSet')
    .values()
    .find((row) => row['Name'] === name);
  const id = known
    ? writer.update(object, known.Id, { Label: set.label })
    : writer.insert(object, { Name: name, Label: set.label });
  org.store.put('salesforce:#grants', id, { readable: set.readable, editable: set.editable });
  org.forgetSchema();
}
