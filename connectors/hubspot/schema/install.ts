import type { InstallReport } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CrmField, CrmFieldType, CrmObject } from '#src/domain/crm-schema.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import type { CustomObjects } from './custom-objects.ts';
import { failureOf } from '#connectors/hubspot/errors.ts';
import {
  objectName,
  propertiesPath,
  propertyName,
  schemaName,
  schemasPath,
  standardTypeIds,
} from './naming.ts';
import {
  anything,
  customSchema,
  definitionErrors,
  groupsAnswer,
  propertiesAnswer,
  type CustomSchema,
} from '#connectors/hubspot/wire.ts';

const group = { name: 'fairway', label: 'Fairway' } as const;

/** Adds missing objects, properties and associations. Existing ones are not changed. */
export async function installHubspotSchema(
  api: HubspotApi,
  customObjects: CustomObjects,
  schema: readonly CrmObject[],
): Promise<InstallReport> {
  const created: string[] = [];
  let existing = 0;
  const known = schema.some((object) => object.custom) ? await customObjects.read() : [];
  for (const object of schema) {
    const report = object.custom
      ? await installCustom(api, object, known)
      : await installProperties(api, object, null);
    created.push(...report.created);
    existing += report.existing;
  }
  return { created, existing };
}

async function installCustom(
  api: HubspotApi,
  object: CrmObject,
  known: readonly CustomSchema[],
): Promise<InstallReport> {
  const found = known.find((schema) => schema.name === schemaName(object.kind));
  if (!found) return createSchema(api, object);
  const properties = await installProperties(api, object, found);
  const missing = associatedTypeIds(object).filter(
    (typeId) => !found.associations.some((association) => association.toObjectTypeId === typeId),
  );
  for (const toObjectTypeId of missing) {
    const body = {
      fromObjectTypeId: found.objectTypeId,
      toObjectTypeId,
      name: `${found.name}_to_${toObjectTypeId}`,
    };
    await api.send(
      { method: 'POST', path: schemasPath(`/${found.objectTypeId}/associations`), body },
      anything,
    );
  }
  return {
    created: [...properties.created, ...missing.map((typeId) => `${found.name} → ${typeId}`)],
    existing: properties.existing + 1,
  };
}

async function createSchema(api: HubspotApi, object: CrmObject): Promise<InstallReport> {
  const fields = propertyFields(object);
  const key = fields.find((field) => field.key) ?? fields[0];
  if (!key) throw new Error(`${object.kind} has no field that names a record`);
  const body = {
    name: schemaName(object.kind),
    labels: { singular: object.label, plural: object.pluralLabel },
    primaryDisplayProperty: propertyName(object, key),
    requiredProperties: fields.filter((field) => field.required).map((field) => propertyName(object, field)),
    searchableProperties: [propertyName(object, key)],
    secondaryDisplayProperties: [],
    allowsSensitiveProperties: false,
    properties: fields.map((field) => definition(object, field)),
    associatedObjects: associatedTypeIds(object),
  };
  await api.send({ method: 'POST', path: schemasPath(), body }, customSchema);
  return {
    created: [body.name, ...body.properties.map((property) => `${body.name}.${property.name}`)],
    existing: 0,
  };
}

async function installProperties(
  api: HubspotApi,
  object: CrmObject,
  schema: CustomSchema | null,
): Promise<InstallReport> {
  const name = objectName(object.kind);
  const present =
    schema?.properties ??
    (await api.send({ method: 'GET', path: propertiesPath(name) }, propertiesAnswer)).data.results;
  const names = new Set(present.map((property) => property.name));
  const wanted = propertyFields(object).map((field) => definition(object, field));
  const missing = wanted.filter((property) => !names.has(property.name));
  if (missing.length > 0) {
    await ensureGroup(api, name);
    const body = { inputs: missing.map((property) => ({ ...property, groupName: group.name })) };
    const { data } = await api.send(
      { method: 'POST', path: propertiesPath(name, '/batch/create'), body },
      definitionErrors,
    );
    const [refusal] = data.errors ?? [];
    if (refusal) throw new ConnectorError(failureOf(400, refusal, null));
  }
  return {
    created: missing.map((property) => `${schema?.name ?? name}.${property.name}`),
    existing: wanted.length - missing.length,
  };
}

async function ensureGroup(api: HubspotApi, object: string): Promise<void> {
  const { data } = await api.send({ method: 'GET', path: propertiesPath(object, '/groups') }, groupsAnswer);
  if (data.results.some((one) => one.name === group.name)) return;
  await api.send({ method: 'POST', path: propertiesPath(object, '/groups'), body: group }, anything);
}

const propertyFields = (object: CrmObject): CrmField[] =>
  object.fields.filter((field) => field.type !== 'reference');

function associatedTypeIds(object: CrmObject): string[] {
  const targets = object.fields.flatMap((field) =>
    field.referenceTo ? [objectName(field.referenceTo)] : [],
  );
  return [...new Set(targets.flatMap((target) => standardTypeIds[target] ?? []))];
}

const wireTypes: Readonly<
  Record<Exclude<CrmFieldType, 'reference'>, { readonly type: string; readonly fieldType: string }>
> = {
  text: { type: 'string', fieldType: 'text' },
  // HubSpot shows a web address in a text as a link.
  url: { type: 'string', fieldType: 'text' },
  longText: { type: 'string', fieldType: 'textarea' },
  number: { type: 'number', fieldType: 'number' },
  money: { type: 'number', fieldType: 'number' },
  date: { type: 'date', fieldType: 'date' },
  datetime: { type: 'datetime', fieldType: 'date' },
  picklist: { type: 'enumeration', fieldType: 'select' },
};

function definition(object: CrmObject, field: CrmField): { readonly name: string } & Record<string, unknown> {
  const type = field.type === 'reference' ? wireTypes.text : wireTypes[field.type];
  return {
    name: propertyName(object, field),
    label: field.label,
    description: field.internal ? `Internal. ${field.help}` : field.help,
    ...type,
    hasUniqueValue: field.key ?? false,
    ...(field.values
      ? {
          options: field.values.map((value, displayOrder) => ({
            value,
            label: optionLabel(value),
            displayOrder,
            hidden: false,
          })),
        }
      : {}),
  };
}

/** `in_review` → `In review` */
const optionLabel = (value: string): string =>
  value.charAt(0).toUpperCase() + value.slice(1).replaceAll('_', ' ');
