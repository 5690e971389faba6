import { currentActor, type Actor } from '#sandbox/hubspot/actor.ts';
import { invalid, notFound, type HubspotError } from '#sandbox/hubspot/errors.ts';
import { extendHistory } from './history.ts';
import { shouted, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import { removeRow, nextId, save, stamp, table, type Portal } from '#sandbox/hubspot/portal.ts';
import { propertiesOf } from '#sandbox/hubspot/schema/properties.ts';
import { recordChange } from './record-change.ts';
import { delayIndexing } from './search-index.ts';
import { holderOf, reindex } from './unique-index.ts';
import { checkValue } from './values.ts';

/** A record at rest. Empty properties are absent; an archived record stays, out of sight. */
export interface CrmRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archived: boolean;
  readonly archivedAt?: string;
  /** Null for records of the sample. */
  readonly createdBy?: Actor;
}

export type Values = Readonly<Record<string, string | null>>;

/** One refused property, as HubSpot lists them inside the message of a 400. */
interface PropertyProblem {
  readonly isValid: false;
  readonly message: string;
  readonly error: string;
  readonly name: string;
  readonly localizedErrorMessage: string;
  readonly portalId: number;
}

export const recordsOf = (portal: Portal, type: ObjectType): ReadonlyMap<string, CrmRecord> =>
  table(portal, `object:${type.objectTypeId}`);

export function findRecord(portal: Portal, type: ObjectType, id: string): CrmRecord | undefined {
  const record = recordsOf(portal, type).get(id);
  return record && !record.archived ? record : undefined;
}

export function requireRecord(portal: Portal, type: ObjectType, id: string): CrmRecord {
  const record = findRecord(portal, type, id);
  if (!record)
    throw notFound(`Object not found.  objectId are usually numeric: ${id}`, { context: { ids: [id] } });
  return record;
}

/** Names no property has, in the order met. HubSpot refuses a whole batch for one of these. */
export function unknownProperties(
  portal: Portal,
  type: ObjectType,
  input: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(input).filter((name) => !propertiesOf(portal, type).has(name));
}

/** @throws HubspotError listing every property that is not right. */
export function checkValues(
  portal: Portal,
  type: ObjectType,
  input: Readonly<Record<string, unknown>>,
): Values {
  const values: Record<string, string | null> = {};
  const problems: PropertyProblem[] = [];
  for (const [name, raw] of Object.entries(input)) {
    const definition = propertiesOf(portal, type).get(name);
    const checked = definition
      ? checkValue(definition, raw)
      : ({
          ok: false,
          error: 'PROPERTY_DOESNT_EXIST',
          message: `Property "${name}" does not exist`,
        } as const);
    if (checked.ok) values[name] = checked.value;
    else
      problems.push({
        isValid: false,
        message: checked.message,
        error: checked.error,
        name,
        localizedErrorMessage: checked.message,
        portalId: portal.portalId,
      });
  }
  if (problems.length > 0) throw propertiesInvalid(problems);
  return values;
}

function propertiesInvalid(problems: readonly PropertyProblem[]): HubspotError {
  return invalid(`Property values were not valid: ${JSON.stringify(problems)}`, {
    errors: problems.map(({ message, error, name }) => ({
      message,
      code: error,
      context: { propertyName: [name] },
    })),
  });
}

/** Stamps are an argument only for the sample, whose records are older than the account. */
export function createRecord(
  portal: Portal,
  type: ObjectType,
  values: Values,
  createdAt = stamp(portal),
  updatedAt = createdAt,
): CrmRecord {
  const missing = type.requiredProperties.filter(
    (name) => values[name] === undefined || values[name] === null,
  );
  if (missing.length > 0) {
    const message = `Error creating ${shouted(type)}. Some required properties were not set.`;
    throw invalid(message, {
      context: { properties: missing },
      errors: [{ message, code: 'MISSING_REQUIRED_PROPERTY', context: { properties: missing } }],
    });
  }
  const id = String(nextId(portal, 'record'));
  requireUnique(portal, type, id, values);
  const createdBy = currentActor();
  const properties = withValues(type, {}, values);
  const record = {
    id,
    properties,
    createdAt,
    updatedAt,
    archived: false,
    ...(createdBy === null ? {} : { createdBy }),
  };
  saveRecord(portal, type, record, undefined);
  recordChange(portal, { kind: 'creation', type, id });
  for (const [name, value] of Object.entries(properties))
    recordChange(portal, { kind: 'propertyChange', type, id, name, value });
  return record;
}

/** Moves the modification stamp even when nothing differs, as HubSpot does. */
export function updateRecord(portal: Portal, type: ObjectType, record: CrmRecord, values: Values): CrmRecord {
  requireUnique(portal, type, record.id, values);
  const updated = {
    ...record,
    properties: withValues(type, record.properties, values),
    updatedAt: stamp(portal),
  };
  saveRecord(portal, type, updated, record);
  const changed = differences(record.properties, updated.properties);
  extendHistory(portal, type, record, changed);
  for (const [name, value] of Object.entries(changed)) {
    recordChange(portal, { kind: 'propertyChange', type, id: record.id, name, value });
  }
  return updated;
}

function differences(before: CrmRecord['properties'], after: CrmRecord['properties']): Values {
  const names = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  return Object.fromEntries(names.map((name) => [name, after[name] ?? null]));
}

function withValues(
  type: ObjectType,
  before: Readonly<Record<string, string>>,
  values: Values,
): Record<string, string> {
  const merged = Object.fromEntries(
    Object.entries({ ...before, ...values }).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  if (type.name === 'deal') return withDealState(merged);
  return type.name === 'line_item' ? withNetPrice(merged) : merged;
}

/** The amount of a line item; it cannot be written. */
function withNetPrice(properties: Record<string, string>): Record<string, string> {
  return {
    ...properties,
    amount: (Number(properties['quantity'] ?? 1) * Number(properties['price'] ?? 0)).toFixed(2),
  };
}

/** HubSpot derives these from the stage; they cannot be written. */
function withDealState(properties: Record<string, string>): Record<string, string> {
  const stage = properties['dealstage'];
  if (stage === undefined) return properties;
  const won = stage === 'closedwon';
  return {
    pipeline: 'default',
    ...properties,
    hs_is_closed: String(won || stage === 'closedlost'),
    hs_is_closed_won: String(won),
  };
}

/** The wire shape: the properties asked for, null when empty, and always the three stamps. */
export function renderRecord(type: ObjectType, record: CrmRecord, asked: readonly string[]): object {
  const names = new Set([...asked, type.createdProperty, type.modifiedProperty, 'hs_object_id']);
  return {
    id: record.id,
    properties: Object.fromEntries([...names].map((name) => [name, valueOf(type, record, name)])),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    archived: record.archived,
    ...(record.archivedAt === undefined ? {} : { archivedAt: record.archivedAt }),
  };
}

export function valueOf(type: ObjectType, record: CrmRecord, name: string): string | null {
  if (name === 'hs_object_id') return record.id;
  if (name === type.modifiedProperty) return record.updatedAt;
  if (name === type.createdProperty) return record.properties[name] ?? record.createdAt;
  return record.properties[name] ?? null;
}

export function findByUnique(
  portal: Portal,
  type: ObjectType,
  property: string,
  value: string,
): CrmRecord | undefined {
  if (!propertiesOf(portal, type).get(property)?.hasUniqueValue) {
    throw invalid(
      `Unable to perform update/upsert by non-unique ${type.objectTypeId} property ${property} in portal ID ${portal.portalId}`,
    );
  }
  const id = holderOf(recordsOf(portal, type), property, value);
  return id === undefined ? undefined : findRecord(portal, type, id);
}

export function requireUnique(portal: Portal, type: ObjectType, id: string, values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === null || !propertiesOf(portal, type).get(name)?.hasUniqueValue) continue;
    const holder = findByUnique(portal, type, name, value);
    if (!holder || holder.id === id) continue;
    const message = `Cannot set property ${name} to ${value} on ${id}. ${holder.id} already has that value.`;
    throw invalid(message, {
      errors: [{ message, code: 'CONFLICTING_UNIQUE_VALUE', context: { propertyName: [name] } }],
    });
  }
}

/** Writes a record with all that follows from it; the caller says what happened with `recordChange`. */
export function saveRecord(
  portal: Portal,
  type: ObjectType,
  record: CrmRecord,
  before: CrmRecord | undefined,
): void {
  const records = recordsOf(portal, type);
  delayIndexing(portal, records, record.id, before);
  save(portal, `object:${type.objectTypeId}`, record.id, record);
  reindex(records, before, record);
}

/** Removes a record permanently. */
export function removeRecord(portal: Portal, type: ObjectType, record: CrmRecord): void {
  removeRow(portal, `object:${type.objectTypeId}`, record.id);
  reindex(recordsOf(portal, type), record, undefined);
}
