/** Salesforce's datetime: UTC, whole seconds, `2026-11-22T02:00:00.000+0000`. */
export function toStamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}.000+0000`;
}

/** A calendar day as written, or null when there is no such day. */
export function parseDay(value: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return null;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? value : null;
}

/** An ISO 8601 instant with an offset (`Z`, `+00:00`, `+0000`) in Salesforce's form; null when it is none. */
export function parseInstant(value: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value)) return null;
  if (!parseDay(value.slice(0, 10))) return null;
  const date = new Date(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(date.getTime()) ? null : toStamp(date);
}
