import { integrationUser } from '#sandbox/salesforce/bootstrap.ts';
import type { Draft, PermissionSetDef } from './draft.ts';
import { list, required } from './metadata-components.ts';
import type { Xml } from './metadata-components.ts';
import { isPermissionable, permissionOf } from '#sandbox/salesforce/records/access.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { Writer } from '#sandbox/salesforce/records/writer.ts';

/** @throws Error in the vendor's words when it names what neither the org nor the package has. */
export function readPermissionSet(org: Org, draft: Draft, xml: Xml): PermissionSetDef {
  const label = required(xml, 'label');
  const fields = list(xml['fieldPermissions']);
  const objects = list(xml['objectPermissions']);
  for (const permission of fields) checkFieldPermission(org, draft, required(permission, 'field'));
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
    creatable: named(objects, 'object', 'allowCreate'),
    viewAll: named(objects, 'object', 'viewAllRecords'),
    modifyAll: named(objects, 'object', 'modifyAllRecords'),
  };
}

/**
 * A permission names a field; for a part of an address it names the whole address.
 * @throws Error in the vendor's words
 */
function checkFieldPermission(org: Org, draft: Draft, name: string): void {
  const [objectName = ''] = name.split('.');
  const object = org.schema().object(objectName);
  const added = draft.fields.get(name)?.field;
  const known = object?.fields.filter((field) => permissionOf(object, field) === name) ?? [];
  const [field] = added ? [added] : known;
  if (!field) throw new Error(`In field: field - no CustomField named ${name} found`);
  if (field.required) throw new Error(`You cannot deploy to a required field: ${name}`);
  if (object && !isPermissionable(object, field))
    throw new Error(`In field: field - no CustomField named ${name} found`);
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
  const { label: _label, ...granted } = set;
  org.putGrants(id, granted);
}
