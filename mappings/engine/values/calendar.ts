import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';

const dateOnly = /^(\d{4})-(\d\d)-(\d\d)$/;
const dateAndTime =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([zZ])|([+-])(\d\d):?(\d\d))$/;
/** Milliseconds since 1970, as some CRMs store times. Eight digits would be a date such as 20261122. */
const epochMs = /^-?\d{11,14}$/;
const isoLength = '2026-11-22T10:00:00.000Z'.length;

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/**
 * Years before 1000 are refused: they are typing errors (`0026`), and JavaScript and the CRMs treat them
 * differently.
 */
function isDay(year: number, month: number, day: number): boolean {
  return year >= 1000 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysIn(year, month));
}

function fromMs(ms: number): string | null {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return null;
  const iso = date.toISOString();
  return iso.length === isoLength && iso >= '1' ? iso : null;
}

function parseInstant(text: string): string | null {
  if (epochMs.test(text)) return fromMs(Number(text));
  const parts = dateAndTime.exec(text);
  if (!parts) return null;
  const at = (index: number): number => Number(parts[index] ?? 0);
  if (!isDay(at(1), at(2), at(3)) || at(4) > 23 || at(5) > 59 || at(6) > 59 || at(10) > 14 || at(11) > 59)
    return null;
  const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = (at(10) * 60 + at(11)) * (parts[9] === '-' ? -1 : 1);
  return fromMs(Date.UTC(at(1), at(2) - 1, at(3), at(4), at(5) - offset, at(6), ms));
}

/**
 * An instant as ISO 8601 in UTC with milliseconds. Accepts ISO 8601 with any offset, also `+0000` without a
 * colon, and milliseconds since 1970. A time without an offset is refused, because precedence between two
 * partners must not depend on a guessed time zone.
 */
export function readInstant(value: unknown): string | null | Refusal {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.trim() === '') return null;
  const read =
    typeof value === 'number' ? fromMs(value) : typeof value === 'string' ? parseInstant(value.trim()) : null;
  return (
    read ??
    refuse(
      'not_an_instant',
      `${shown(value)} is not a point in time.`,
      'Store a date and time with its offset, such as 2026-11-22T10:00:00Z.',
    )
  );
}

/** A business date as `YYYY-MM-DD`. For an instant it is the day in UTC. */
export function readDate(value: unknown): string | null | Refusal {
  if (typeof value === 'string') {
    const text = value.trim();
    const parts = dateOnly.exec(text);
    if (parts && isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return text;
  }
  const instant = readInstant(value);
  if (instant === null || typeof instant === 'string') return instant && instant.slice(0, 10);
  return refuse('not_a_date', `${shown(value)} is not a date.`, 'Store the date as YYYY-MM-DD.');
}
