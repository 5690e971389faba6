import type { CrmField, CrmObject } from '#src/domain/crm-schema.ts';
import {
  crmObjectName,
  fieldNameOf,
  internalSetName,
  partnerSetName,
  permissionSetName,
  readerSetName,
} from './naming.ts';
import type { Element } from './xml-element.ts';

/**
 * The standard fields that the shipped mappings read and that field-level security may hide. The parts of an address
 * have one permission together. Required fields and those of the system are always visible.
 * Source: Metadata API Developer Guide, PermissionSet, fieldPermissions.
 */
export const readStandardFields: readonly string[] = [
  'Account.BillingAddress',
  'Account.Phone',
  'Account.Type',
  'Account.Website',
  'Lead.Address',
  'Lead.Email',
  'Lead.Website',
  'Opportunity.AccountId',
  'Opportunity.Amount',
];

/** Those that Fairway also writes, into opportunities that it creates. */
const writtenStandardFields: ReadonlySet<string> = new Set(['Opportunity.AccountId', 'Opportunity.Amount']);

/** Objects that are only read. Every org that has opportunities has leads. */
const readStandardObjects: readonly string[] = ['Lead'];

/** A permission set: the objects in it, the fields that its users see, and those that they may change. */
interface Permissions {
  /** Objects without a field of ours that its users read as well. */
  readonly standardObjects: readonly string[];
  /** Standard fields that its users see as well. */
  readonly standardFields: readonly string[];
  /** Lets its users create opportunities. */
  readonly createsOpportunities: boolean;
  /** Lets its users change and delete every record of Fairway's objects, also those of other owners. */
  readonly modifyAllCustom: boolean;
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
    standardObjects: readStandardObjects,
    standardFields: readStandardFields,
    createsOpportunities: true,
    modifyAllCustom: true,
  };
  const reader: Permissions = {
    label: 'Fairway for sales reps',
    description: 'Shows employees all fields that Fairway installed, and lets them change none.',
    objects: schema,
    sees: () => true,
    changes: () => false,
    viewAllRecords: false,
    standardObjects: [],
    standardFields: [],
    createsOpportunities: false,
    modifyAllCustom: false,
  };
  const internal: Permissions = {
    label: 'Fairway for partner managers',
    description:
      'Lets employees fill in registrations, partner codes and territories, and shows them all fields. Not for partners.',
    objects: schema,
    sees: () => true,
    changes: isFilledIn,
    viewAllRecords: false,
    standardObjects: [],
    standardFields: [],
    createsOpportunities: false,
    modifyAllCustom: false,
  };
  const partner: Permissions = {
    label: 'Fairway for partners',
    description: 'Lets partner users register deals and read the answer, without internal fields.',
    objects: schema.filter(({ kind }) => kind === 'registration'),
    sees: (field) => !field.internal,
    changes: isFilledIn,
    viewAllRecords: false,
    standardObjects: [],
    standardFields: [],
    createsOpportunities: false,
    modifyAllCustom: false,
  };
  return new Map([
    [permissionSetName, permissionSetElement(integration)],
    [readerSetName, permissionSetElement(reader)],
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
  const names = new Set([...set.objects.map(({ kind }) => crmObjectName(kind)), ...set.standardObjects]);
  const standard = set.standardFields
    .filter((field) => names.has(field.replace(/\..*$/, '')))
    .map((field) => ({ editable: writtenStandardFields.has(field), field, readable: true }));
  const readOnly = set.standardObjects.map((object) => ({
    allowCreate: false,
    allowDelete: false,
    allowEdit: false,
    allowRead: true,
    modifyAllRecords: false,
    object,
    viewAllRecords: set.viewAllRecords,
  }));
  const objectPermissions = set.objects.map((object) => ({
    allowCreate:
      (object.custom && object.fields.some(set.changes)) ||
      (object.kind === 'opportunity' && set.createsOpportunities),
    // Salesforce grants Modify All only together with the right to delete; Fairway deletes nothing.
    allowDelete: object.custom && set.modifyAllCustom,
    // A decision is inserted and not changed any more.
    allowEdit: object.fields.some(set.changes) && (object.kind !== 'decision' || set.modifyAllCustom),
    allowRead: true,
    modifyAllRecords: object.custom && set.modifyAllCustom,
    object: crmObjectName(object.kind),
    viewAllRecords: set.viewAllRecords,
  }));
  return {
    description: set.description,
    fieldPermissions: [...fieldPermissions, ...standard],
    hasActivationRequired: false,
    label: set.label,
    objectPermissions: [...objectPermissions, ...readOnly],
  };
}
