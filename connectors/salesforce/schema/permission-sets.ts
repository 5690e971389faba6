import type { CrmField, CrmObject } from '#src/domain/crm-schema.ts';
import { crmObjectName, fieldNameOf, internalSetName, partnerSetName, permissionSetName } from './naming.ts';
import type { Element } from './xml-element.ts';

/** A permission set: the objects in it, the fields that its users see, and those that they may change. */
interface Permissions {
  readonly label: string;
  readonly description: string;
  readonly objects: readonly CrmObject[];
  readonly sees: (field: CrmField) => boolean;
  readonly changes: (field: CrmField) => boolean;
  readonly viewAllRecords: boolean;
}

/**
 * The permission sets of the package, by name. Users see a deployed field only when one of them grants it.
 * Fields that are internal are in no set for partners, so a partner's portal cannot show them.
 */
export function permissionSets(schema: readonly CrmObject[]): ReadonlyMap<string, Element> {
  const isFilledIn = ({ writtenBy }: CrmField): boolean => writtenBy === 'crm';
  const integration: Permissions = {
    label: 'Fairway integration',
    description: 'Lets the Fairway integration user read and write the fields Fairway installed.',
    objects: schema,
    sees: () => true,
    changes: () => true,
    viewAllRecords: true,
  };
  const internal: Permissions = {
    label: 'Fairway for employees',
    description: 'Shows employees all fields that Fairway installed. Do not assign it to partners.',
    objects: schema,
    sees: () => true,
    changes: isFilledIn,
    viewAllRecords: false,
  };
  const partner: Permissions = {
    label: 'Fairway for partners',
    description: 'Lets partner users register deals and read the answer, without internal fields.',
    objects: schema.filter(({ kind }) => kind === 'registration'),
    sees: (field) => !field.internal,
    changes: isFilledIn,
    viewAllRecords: false,
  };
  return new Map([
    [permissionSetName, permissionSetElement(integration)],
    [internalSetName, permissionSetElement(internal)],
    [partnerSetName, permissionSetElement(partner)],
  ]);
}

/** A required field is always visible, and Salesforce refuses a permission for it. */
function permissionSetElement(set: Permissions): Element {
  const fieldPermissions = set.objects.flatMap((object) =>
    object.fields
      .filter((field) => !field.required && set.sees(field))
      .map((field) => ({
        editable: set.changes(field),
        field: `${crmObjectName(object.kind)}.${fieldNameOf(object, field.name)}`,
        readable: true,
      })),
  );
  const objectPermissions = set.objects.map((object) => ({
    allowCreate: object.custom && object.fields.some(set.changes),
    allowDelete: false,
    allowEdit: object.fields.some(set.changes),
    allowRead: true,
    modifyAllRecords: false,
    object: crmObjectName(object.kind),
    viewAllRecords: set.viewAllRecords,
  }));
  return {
    description: set.description,
    fieldPermissions,
    hasActivationRequired: false,
    label: set.label,
    objectPermissions,
  };
}
