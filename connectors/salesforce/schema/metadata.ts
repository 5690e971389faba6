import { XMLBuilder } from 'fast-xml-parser';
import { strToU8, zipSync } from 'fflate';
import type { CrmField, CrmObject } from '#src/domain/crm-schema.ts';
import { changeEventOf, channelMemberOf, crmObjectName, fieldNameOf } from './naming.ts';
import { permissionSets } from './permission-sets.ts';
import type { Element } from './xml-element.ts';

/** Text by path. */
export type MetadataFiles = Readonly<Record<string, string>>;

const namespace = 'http://soap.sforce.com/2006/04/metadata';
const builder = new XMLBuilder({ format: true, indentBy: '    ', ignoreAttributes: false });
const defaultTextLength = 255;
const longTextLength = 32_000;

function document(root: string, content: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { '@_xmlns': namespace, ...content } })}`;
}

/**
 * Selects the parts of the schema for a package. An object's full name is its name, a field's is
 * `Object.Field`.
 */
export type SchemaSelection = (fullName: string) => boolean;
const everything: SchemaSelection = () => true;

/** The package to deploy: the selected parts of the schema, and the permission sets that show it. */
export function toPackage(
  schema: readonly CrmObject[],
  apiVersion: string,
  wanted: SchemaSelection = everything,
): MetadataFiles {
  const files: Record<string, string> = {};
  const objects: string[] = [];
  const fields: string[] = [];
  for (const object of schema) {
    const name = crmObjectName(object.kind);
    const added = object.fields.filter((field) => wanted(`${name}.${fieldNameOf(object, field.name)}`));
    const whole = object.custom && wanted(name);
    if (!whole && added.length === 0) continue;
    files[`objects/${name}.object`] = document('CustomObject', {
      fields: added.map((field) => fieldElement(object, field)),
      ...(whole ? objectElement(object) : {}),
    });
    if (whole) objects.push(name);
    fields.push(...added.map((field) => `${name}.${fieldNameOf(object, field.name)}`));
  }
  const sets = permissionSets(schema);
  for (const [name, set] of sets)
    files[`permissionsets/${name}.permissionset`] = document('PermissionSet', set);
  const captured = schema
    .filter(isCaptured)
    .map((object) => crmObjectName(object.kind))
    .filter((name) => wanted(channelMemberOf(name)));
  for (const name of captured)
    files[`platformEventChannelMembers/${channelMemberOf(name)}.platformEventChannelMember`] =
      channelMemberDocument(name);
  files['package.xml'] = document('Package', {
    types: [
      { members: objects, name: 'CustomObject' },
      { members: fields, name: 'CustomField' },
      { members: [...sets.keys()], name: 'PermissionSet' },
      { members: captured.map(channelMemberOf), name: 'PlatformEventChannelMember' },
    ].filter(({ members }) => members.length > 0) as unknown as Element[],
    version: apiVersion,
  });
  return files;
}

/**
 * The whole schema as a source-format project, for admins who review it and deploy it with Salesforce's
 * command line.
 */
export function toSource(schema: readonly CrmObject[], apiVersion: string): MetadataFiles {
  const root = 'force-app/main/default';
  const project = {
    packageDirectories: [{ path: 'force-app', default: true }],
    namespace: '',
    sourceApiVersion: apiVersion,
  };
  const files: Record<string, string> = { 'sfdx-project.json': `${JSON.stringify(project, null, 2)}\n` };
  for (const object of schema) {
    const name = crmObjectName(object.kind);
    if (object.custom)
      files[`${root}/objects/${name}/${name}.object-meta.xml`] = document(
        'CustomObject',
        objectElement(object),
      );
    for (const field of object.fields) {
      const fieldName = fieldNameOf(object, field.name);
      files[`${root}/objects/${name}/fields/${fieldName}.field-meta.xml`] = document(
        'CustomField',
        fieldElement(object, field),
      );
    }
    if (isCaptured(object))
      files[
        `${root}/platformEventChannelMembers/${channelMemberOf(name)}.platformEventChannelMember-meta.xml`
      ] = channelMemberDocument(name);
  }
  for (const [name, set] of permissionSets(schema))
    files[`${root}/permissionsets/${name}.permissionset-meta.xml`] = document('PermissionSet', set);
  return files;
}

export function toZip(files: MetadataFiles): Buffer {
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))),
  );
}

/** Most editions allow five objects, so decisions are left out: they are read with every hint and in every run. */
export const isCaptured = ({ kind }: CrmObject): boolean => kind !== 'decision';

/** Selects an object for change data capture. */
const channelMemberDocument = (objectName: string): string =>
  document('PlatformEventChannelMember', {
    eventChannel: 'ChangeEvents',
    selectedEntity: changeEventOf(objectName),
  });

function objectElement(object: CrmObject): Element {
  return {
    deploymentStatus: 'Deployed',
    enableActivities: true,
    enableHistory: true,
    enableReports: true,
    enableSearch: true,
    label: object.label,
    /**
     * Salesforce numbers the records, so that people need not name them. People know a record by its business
     * number.
     */
    nameField: {
      displayFormat: `${object.kind.slice(0, 3).toUpperCase()}-{000000}`,
      label: `${object.label} record`,
      type: 'AutoNumber',
    },
    pluralLabel: object.pluralLabel,
    sharingModel: object.kind === 'decision' ? 'Read' : 'ReadWrite',
  };
}

function fieldElement(object: CrmObject, field: CrmField): Element {
  return {
    fullName: fieldNameOf(object, field.name),
    ...(field.key ? { caseSensitive: false, externalId: true } : {}),
    inlineHelpText: field.help,
    label: field.label,
    ...typeElement(object, field),
    ...(field.required ? { required: true } : {}),
    ...(field.key ? { unique: true } : {}),
  };
}

function typeElement(object: CrmObject, field: CrmField): Element {
  switch (field.type) {
    case 'text':
      return { length: field.length ?? defaultTextLength, type: 'Text' };
    case 'url':
      return { type: 'Url' };
    case 'longText':
      return { length: field.length ?? longTextLength, type: 'LongTextArea', visibleLines: 4 };
    case 'number':
      return { precision: 18, scale: 2, type: 'Number' };
    case 'money':
      // Three decimals hold every currency; amounts with fewer are shown with as many as the currency has.
      return { precision: 18, scale: 3, type: 'Currency' };
    case 'date':
      return { type: 'Date' };
    case 'datetime':
      return { type: 'DateTime' };
    case 'picklist':
      return { type: 'Picklist', valueSet: valueSetElement(object, field.values ?? []) };
    case 'reference':
      return lookupElement(object, field);
  }
}

/**
 * Not restricted on standard objects: their record types do not offer values that are deployed, and Salesforce would
 * refuse them in a restricted picklist.
 * Source: Metadata API Developer Guide, RecordType, `picklistValues`.
 */
function valueSetElement({ custom }: CrmObject, values: readonly string[]): Element {
  const entries = values.map((value) => ({ fullName: value, default: false, label: toLabel(value) }));
  return { restricted: custom, valueSetDefinition: { sorted: false, value: entries } };
}

/** `in_review` becomes `In review`. */
const toLabel = (value: string): string =>
  (value.charAt(0).toUpperCase() + value.slice(1)).replaceAll('_', ' ');

function lookupElement(object: CrmObject, field: CrmField): Element {
  if (!field.referenceTo) throw new Error(`${object.kind}.${field.name} has no object to point at`);
  return {
    deleteConstraint: 'SetNull',
    referenceTo: crmObjectName(field.referenceTo),
    relationshipLabel: object.pluralLabel,
    relationshipName: `Fairway_${object.pluralLabel.replace(/\W+/g, '_')}`,
    type: 'Lookup',
  };
}
