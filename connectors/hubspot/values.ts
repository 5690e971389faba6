import type { JsonValue } from '#connectors/contract/records.ts';

const instantShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/**
 * HubSpot returns every value as a string, and instants with a varying number of decimals. All instants get
 * one format, so that values can be compared. Numbers, dates and options always have the same format.
 */
export function fromWire(value: string | null | undefined): JsonValue {
  if (value === null || value === undefined || value === '') return null;
  return instantShape.test(value) ? asInstant(value) : value;
}

export const asInstant = (value: string): string => new Date(value).toISOString();

/** An empty string clears a property; several checked options are joined by semicolons. */
export function toWire(value: JsonValue): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map((part: JsonValue) => toWire(part)).join(';');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
