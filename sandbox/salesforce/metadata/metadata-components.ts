import type { FieldDef, ObjectDef, SfType } from '#sandbox/salesforce/records/schema.ts';
import { owner, systemFields } from '#sandbox/salesforce/records/standard-objects.ts';

/** One parsed element; every leaf is text. */
export interface Xml {
  readonly [tag: string]: string | Xml | readonly Xml[] | undefined;
}

export function list(value: Xml[string]): Xml[] {
  return Array.isArray(value) ? [...(value as readonly Xml[])] : [];
}

/** @throws Error in the vendor's words when the element is missing or empty. */
export function required(xml: Xml, tag: string): string {
  const value = xml[tag];
  if (value === undefined || value === '') throw new Error(`Required field is missing: ${tag}`);
  return value as string;
}

const text = (xml: Xml, tag: string): string | undefined =>
  typeof xml[tag] === 'string' ? xml[tag] : undefined;
const flag = (xml: Xml, tag: string): boolean => text(xml, tag) === 'true';
const element = (xml: Xml, tag: string): Xml =>
  typeof xml[tag] === 'object' && !Array.isArray(xml[tag]) ? (xml[tag] as Xml) : {};
const apiName = /^[A-Za-z](?!\w*__\w*__)\w*[A-Za-z0-9]__c$/;

/** A custom object without its custom fields. @throws Error naming what is wrong; so does `readField`. */
export function readObject(name: string, xml: Xml, keyPrefix: string): ObjectDef {
  if (!apiName.test(name)) throw new Error(`The object name '${name}' is not a valid custom object name`);
  const label = required(xml, 'label');
  const labelPlural = required(xml, 'pluralLabel');
  required(xml, 'sharingModel');
  required(xml, 'deploymentStatus');
  const nameXml = element(xml, 'nameField');
  const nameType = text(nameXml, 'type');
  if (nameType !== 'Text' && nameType !== 'AutoNumber')
    throw new Error('Must specify a nameField of type Text or AutoNumber');
  const displayFormat = nameType === 'AutoNumber' ? required(nameXml, 'displayFormat') : undefined;
  const nameField: FieldDef = {
    name: 'Name',
    label: required(nameXml, 'label'),
    type: 'string',
    length: 80,
    ...(displayFormat ? { displayFormat } : {}),
  };
  return { name, label, labelPlural, keyPrefix, custom: true, fields: [...systemFields(), nameField, owner] };
}

export function readField(objectName: string, xml: Xml): FieldDef {
  const name = required(xml, 'fullName');
  if (!apiName.test(name))
    throw new Error(
      `Custom field name '${name}' must end with __c and hold only letters, digits and single underscores`,
    );
  const label = required(xml, 'label');
  if (label.length > 40) throw new Error(`Label: data value too large: ${label} (max length=40)`);
  const help = text(xml, 'inlineHelpText');
  if (help && help.length > 510) throw new Error('Inline Help Text: data value too large (max length=510)');
  const unique = flag(xml, 'unique');
  const externalId = flag(xml, 'externalId');
  return {
    name,
    label,
    custom: true,
    ...(help ? { help } : {}),
    ...(flag(xml, 'required') ? { required: true } : {}),
    ...(unique ? { unique } : {}),
    ...(externalId ? { externalId } : {}),
    ...typeOf(objectName, name, xml),
  };
}

type TypePart = Pick<FieldDef, 'type'> & Partial<FieldDef>;

function typeOf(objectName: string, name: string, xml: Xml): TypePart {
  const type = required(xml, 'type');
  switch (type) {
    case 'Text':
      return { type: 'string', length: number(xml, 'length', 1, 255) };
    case 'Url':
      return { type: 'url', length: 255 };
    case 'LongTextArea':
      number(xml, 'visibleLines', 2, 50);
      return { type: 'textarea', length: number(xml, 'length', 256, 131_072) };
    case 'Number':
    case 'Currency': {
      const scale = number(xml, 'scale', 0, 17);
      return {
        type: type === 'Number' ? 'double' : 'currency',
        precision: number(xml, 'precision', 1, 18),
        scale,
      };
    }
    case 'Date':
    case 'DateTime':
    case 'Checkbox':
      return { type: { Date: 'date', DateTime: 'datetime', Checkbox: 'boolean' }[type] as SfType };
    case 'Picklist':
      return picklist(xml);
    case 'Lookup':
      return {
        type: 'reference',
        referenceTo: required(xml, 'referenceTo'),
        relationshipName: name.replace(/__c$/, '__r'),
        childName: `${required(xml, 'relationshipName')}__r`,
      };
    default:
      throw new Error(`Cannot resolve CustomField type '${type}' of ${objectName}.${name}`);
  }
}

function picklist(xml: Xml): TypePart {
  const set = element(xml, 'valueSet');
  const values = list(element(set, 'valueSetDefinition')['value']).map((value) => {
    required(value, 'label');
    return required(value, 'fullName');
  });
  if (values.length === 0) throw new Error('A picklist must have a valueSet with at least one value');
  return { type: 'picklist', length: 255, values, restricted: flag(set, 'restricted') };
}

function number(xml: Xml, tag: string, min: number, max: number): number {
  const value = Number(required(xml, tag));
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`Value for ${tag} must be between ${min} and ${max}`);
  return value;
}
