import type { PropertyDefinition } from '#sandbox/hubspot/schema/properties.ts';

/** A value as it is kept: a string, or null for none. */
export type CheckedValue =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly error: string; readonly message: string };

const accepted = (value: string | null): CheckedValue => ({ ok: true, value });
const refused = (error: string, message: string): CheckedValue => ({ ok: false, error, message });

/** Checks what a client sent for one property and brings it into the form HubSpot returns it in. */
export function checkValue(definition: PropertyDefinition, raw: unknown): CheckedValue {
  if (definition.readOnly)
    return refused(
      'READ_ONLY_VALUE',
      `"${definition.name}" is a read only property; its value cannot be set.`,
    );
  if (raw === null || raw === '') return accepted(null);
  if (typeof raw === 'object')
    return refused('INVALID_TYPE', `Property values must be strings; "${definition.name}" was not.`);
  const text = String(raw);
  switch (definition.type) {
    case 'string':
      return text.length <= 65_536
        ? accepted(text)
        : refused(
            'PROPERTY_VALUE_TOO_LONG',
            `Property values are limited to 65536 characters; "${definition.name}" has ${text.length}.`,
          );
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())
        ? accepted(text.trim())
        : refused('INVALID_NUMBER', `${text} was not a valid number.`);
    case 'bool':
      return ['true', 'false'].includes(text)
        ? accepted(text)
        : refused('INVALID_OPTION', `${text} was not one of the allowed options: [true, false]`);
    case 'enumeration':
      return checkOption(definition, text);
    case 'date':
      return checkDate(text);
    case 'datetime':
      return checkDatetime(text);
  }
}

/** A multiple checkbox holds several options, separated by semicolons. */
function checkOption(definition: PropertyDefinition, text: string): CheckedValue {
  const allowed = definition.options.map((option) => option.value);
  const chosen = definition.fieldType === 'checkbox' ? text.split(';').filter((part) => part !== '') : [text];
  const wrong = chosen.find((value) => !allowed.includes(value));
  return wrong === undefined
    ? accepted(text)
    : refused('INVALID_OPTION', `${wrong} was not one of the allowed options: [${allowed.join(', ')}]`);
}

const dayMs = 86_400_000;

function checkDate(text: string): CheckedValue {
  if (/^-?\d{1,13}$/.test(text)) {
    const ms = Number(text);
    if (ms % dayMs !== 0)
      return refused(
        'INVALID_DATE',
        `${text} is at ${new Date(ms).toISOString().slice(11, -1)} UTC, not midnight!`,
      );
    return accepted(new Date(ms).toISOString().slice(0, 10));
  }
  return isDay(text) ? accepted(text) : refused('INVALID_DATE', `${text} was not a valid date.`);
}

function checkDatetime(text: string): CheckedValue {
  if (/^-?\d{1,13}$/.test(text)) return accepted(new Date(Number(text)).toISOString());
  if (isDay(text)) return accepted(`${text}T00:00:00.000Z`);
  const zoned =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) && isDay(text.slice(0, 10));
  const ms = zoned ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms)
    ? refused('INVALID_DATE', `${text} was not a valid datetime.`)
    : accepted(new Date(ms).toISOString());
}

/** A day that exists: `2026-02-30` does not. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
