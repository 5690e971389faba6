import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteField } from '#connectors/contract/records.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { failureOf } from '#connectors/hubspot/errors.ts';
import type { CustomObjects } from './custom-objects.ts';
import { associationField, propertiesPath, standardTypeIds } from './naming.ts';
import { propertiesAnswer, type WireProperty } from '#connectors/hubspot/wire.ts';

/** A company may have many deals, so only the deal's side is a reference. */
const standardLabels: Readonly<
  Record<string, { readonly label: string; readonly associations: readonly string[] }>
> = {
  companies: { label: 'Company', associations: [] },
  deals: { label: 'Deal', associations: ['companies'] },
  contacts: { label: 'Contact', associations: ['companies'] },
  products: { label: 'Product', associations: [] },
  line_items: { label: 'Line item', associations: ['deals'] },
  leads: { label: 'Lead', associations: ['companies', 'deals'] },
};

/** @throws ConnectorError (mapping) when the account has no such object */
export async function describeHubspotObject(
  api: HubspotApi,
  customObjects: CustomObjects,
  object: string,
): Promise<ObjectDescription> {
  const standard = standardLabels[object];
  if (!standard) return describeCustom(customObjects, object);
  const { data } = await api.send({ method: 'GET', path: propertiesPath(object) }, propertiesAnswer);
  return {
    object,
    label: standard.label,
    fields: [...propertiesOf(data.results, []), ...standard.associations.map(reference)],
  };
}

async function describeCustom(customObjects: CustomObjects, object: string): Promise<ObjectDescription> {
  const schema = (await customObjects.read()).find(
    (candidate) => `p_${candidate.name}` === object || candidate.objectTypeId === object,
  );
  if (!schema)
    throw new ConnectorError(
      failureOf(400, { message: `Unable to infer object type from: ${object}` }, null),
    );
  const targets = Object.entries(standardTypeIds).filter(([, typeId]) =>
    schema.associations.some((association) => association.toObjectTypeId === typeId),
  );
  return {
    object,
    label: schema.labels.singular ?? schema.name,
    fields: [
      ...propertiesOf(schema.properties, schema.requiredProperties),
      ...targets.map(([target]) => reference(target)),
    ],
  };
}

const propertiesOf = (properties: readonly WireProperty[], required: readonly string[]): RemoteField[] =>
  properties
    .filter((property) => !property.archived)
    .map((property) => asField(property, required.includes(property.name)));

const types: Readonly<Record<string, RemoteField['type']>> = {
  number: 'number',
  bool: 'boolean',
  date: 'date',
  datetime: 'datetime',
  enumeration: 'picklist',
};

function asField(property: WireProperty, required: boolean): RemoteField {
  const type = types[property.type] ?? 'text';
  const writable =
    !(property.modificationMetadata?.readOnlyValue ?? false) && !(property.calculated ?? false);
  const values = property.options?.filter((option) => !option.hidden).map((option) => option.value) ?? [];
  return {
    name: property.name,
    label: property.label,
    type,
    ...(type === 'picklist' ? { values } : {}),
    // HubSpot shows a property with several options as checkboxes.
    ...(type === 'picklist' && property.fieldType === 'checkbox' ? { multiple: true as const } : {}),
    required,
    createable: writable,
    updateable: writable,
    ...(property.hasUniqueValue ? { unique: true } : {}),
  };
}

const reference = (target: string): RemoteField => ({
  name: associationField(target),
  label: `Associated ${standardLabels[target]?.label.toLowerCase() ?? target}`,
  type: 'reference',
  referenceTo: [target],
  required: false,
  createable: true,
  updateable: true,
});
