import type { FieldDef, ObjectDef, Schema } from '#sandbox/salesforce/records/schema.ts';

const soapTypes: Readonly<Partial<Record<FieldDef['type'], string>>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  currency: 'xsd:double',
  double: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};
const idLength = 18;

function describeField(object: ObjectDef, field: FieldDef): object {
  const writable = !field.readOnly && !field.displayFormat;
  const long = field.type === 'textarea';
  const reference = field.type === 'id' || field.type === 'reference';
  const defaulted =
    field.type === 'boolean' ||
    ['OwnerId', 'CurrencyIsoCode', 'RecordTypeId'].includes(field.name) ||
    field.readOnly === true ||
    field.displayFormat !== undefined;
  const length = reference ? idLength : (field.length ?? 0);
  return {
    aggregatable: !long,
    autoNumber: field.displayFormat !== undefined,
    byteLength: length * 3,
    calculated: false,
    caseSensitive: false,
    createable: writable && object.creatable !== false,
    custom: field.custom ?? false,
    defaultValue: field.type === 'boolean' ? false : null,
    defaultedOnCreate: defaulted,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? (field.precision ?? 0) : 0,
    externalId: field.externalId ?? false,
    filterable: !long,
    groupable: !long,
    idLookup: field.type === 'id' || (field.externalId ?? false),
    inlineHelpText: field.help ?? null,
    label: field.label,
    length,
    name: field.name,
    nameField: field.name === 'Name',
    nillable: !field.required && !defaulted,
    picklistValues: (field.values ?? []).map((value) => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      validFor: null,
      value,
    })),
    precision: field.precision ?? 0,
    referenceTo: field.referenceTo ? [field.referenceTo] : [],
    relationshipName: field.relationshipName ?? null,
    restrictedPicklist: field.restricted ?? false,
    scale: field.scale ?? 0,
    soapType: soapTypes[field.type] ?? 'xsd:string',
    sortable: !long,
    type: field.type,
    unique: field.unique ?? false,
    updateable: writable && object.editable !== false,
  };
}

function childrenOf(schema: Schema, parent: ObjectDef): object[] {
  return schema.objects().flatMap((child) =>
    child.fields
      .filter((field) => field.referenceTo === parent.name && field.childName)
      .map((field) => ({
        cascadeDelete: false,
        childSObject: child.name,
        deprecatedAndHidden: false,
        field: field.name,
        relationshipName: field.childName,
        restrictedDelete: false,
      })),
  );
}

/** The entry of an object in the global describe. */
export function describeBrief(version: string, object: ObjectDef): object {
  const base = `/services/data/${version}/sobjects/${object.name}`;
  const able = {
    createable: object.creatable ?? true,
    deletable: true,
    layoutable: true,
    mergeable: object.name === 'Account',
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    undeletable: true,
    updateable: object.editable ?? true,
  };
  return {
    activateable: false,
    ...able,
    custom: object.custom,
    customSetting: false,
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isSubtype: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    mruEnabled: true,
    name: object.name,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

export function describeOrgObject(
  version: string,
  schema: Schema,
  object: ObjectDef,
  recordTypeInfos: readonly object[],
): object {
  return {
    ...describeBrief(version, object),
    actionOverrides: [],
    childRelationships: childrenOf(schema, object),
    compactLayoutable: true,
    fields: object.fields.map((field) => describeField(object, field)),
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos,
    searchLayoutable: true,
    supportedScopes: [{ label: `All ${object.labelPlural}`, name: 'everything' }],
  };
}
