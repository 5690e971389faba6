/** An instant to the minute in UTC, without the zone: `2026-11-19 10:00`. */
export function utcMinute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}
