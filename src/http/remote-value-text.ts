import type { JsonValue } from '#connectors/contract/records.ts';

/** A value of a vendor's field as text for people; null when it is empty. */
export function remoteValueText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
