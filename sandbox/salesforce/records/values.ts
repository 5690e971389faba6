import { rowError } from '#sandbox/salesforce/rest/api-error.ts';
import { toId18 } from './ids.ts';
import type { Org } from './org.ts';
import type { FieldDef } from './schema.ts';
import { parseDay, parseInstant } from './times.ts';

export type StoredValue = string | number | boolean | null;

/**
 * The value that Salesforce stores for a field: trimmed text, rounded numbers, 18-character ids.
 * @throws ApiError with the vendor's code when the field cannot hold it.
 */
export function toStored(org: Org, field: FieldDef, value: unknown): StoredValue {
  if (value === null || value === undefined || value === '') return emptied(field);
  switch (field.type) {
    case 'currency':
    case 'double':
    case 'percent':
    case 'int':
      return toNumber(field, value);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw cannotRead('boolean', value, field);
    case 'date':
      return (
        (typeof value === 'string' && (parseDay(value) ?? parseInstant(value)?.slice(0, 10))) ||
        fail(cannotRead('date', value, field))
      );
    case 'datetime':
      return (
        (typeof value === 'string' && (parseInstant(value) ?? parseInstant(`${value}T00:00:00Z`))) ||
        fail(cannotRead('datetime', value, field))
      );
    case 'id':
    case 'reference':
      return toReference(org, field, value);
    case 'picklist':
      return toPicklist(field, value);
    case 'multipicklist':
      return toChoices(field, value);
    case 'email':
      if (!/^\S+@\S+\.\S+$/.test(String(value)))
        throw rowError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${String(value)}`, [
          field.name,
        ]);
      return toText(field, value);
    case 'string':
    case 'textarea':
    case 'phone':
    case 'url':
      return toText(field, value);
  }
}

function fail(error: Error): never {
  throw error;
}

function emptied(field: FieldDef): StoredValue {
  if (field.type === 'boolean') throw cannotRead('boolean', null, field);
  if (field.required)
    throw rowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${field.name}]`, [field.name]);
  return null;
}

function cannotRead(type: string, value: unknown, field: FieldDef): Error {
  const token =
    typeof value === 'number'
      ? 'VALUE_NUMBER'
      : typeof value === 'boolean'
        ? 'VALUE_BOOLEAN'
        : value === null
          ? 'VALUE_NULL'
          : 'VALUE_STRING';
  return rowError(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${token} value ${String(value)} or request may be missing a required field`,
    [field.name],
  );
}

function toNumber(field: FieldDef, value: unknown): number {
  const number = typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw cannotRead(field.type, value, field);
  const scale = field.scale ?? 0;
  if (Math.abs(number) >= 10 ** ((field.precision ?? 18) - scale)) {
    throw rowError(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${String(value)}`,
      [field.name],
    );
  }
  return Number(number.toFixed(scale));
}

function toText(field: FieldDef, value: unknown): string | null {
  if (typeof value === 'object') throw cannotRead('string', 'START_OBJECT', field);
  const text = field.type === 'textarea' ? twoCharacterBreaks(String(value)) : String(value).trim();
  const max = field.length ?? 255;
  if (text.length > max)
    throw rowError('STRING_TOO_LONG', `${field.label}: data value too large: ${text} (max length=${max})`, [
      field.name,
    ]);
  return text === '' ? (emptied(field) as null) : text;
}

/**
 * Source: Salesforce Help, Custom Field Types, Text Area (Long): a line break is stored as two characters, a return and a
 * line feed, and both count toward the limit.
 */
const twoCharacterBreaks = (text: string): string => text.replace(/\r\n?|\n/g, '\r\n');

function toPicklist(field: FieldDef, value: unknown): string | null {
  const known = field.values?.find((option) => option.toLowerCase() === String(value).toLowerCase());
  if (known !== undefined) return known;
  if (!field.restricted) return toText(field, value);
  throw rowError(
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    `${field.label}: bad value for restricted picklist field: ${String(value)}`,
    [field.name],
  );
}

/** Several choices, separated by semicolons; each counts once, in the order the field lists them. */
function toChoices(field: FieldDef, value: unknown): string | null {
  const chosen = new Set(
    String(value)
      .split(';')
      .flatMap((part) => toPicklist(field, part.trim()) ?? []),
  );
  const ranked = [...chosen].toSorted(
    (a, b) => (field.values ?? []).indexOf(a) - (field.values ?? []).indexOf(b),
  );
  return ranked.length > 0 ? ranked.join(';') : null;
}

function toReference(org: Org, field: FieldDef, value: unknown): string {
  const id = toId18(value);
  const target = id && org.objectOfId(id);
  if (!id || !target || target.name !== field.referenceTo) {
    throw rowError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${String(value)}`, [
      field.name,
    ]);
  }
  const row = org.row(target.name, id);
  if (!row) throw rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
  if (row['IsDeleted']) throw rowError('ENTITY_IS_DELETED', 'entity is deleted', [field.name]);
  return id;
}
