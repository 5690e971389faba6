import { z } from 'zod';
import { Temporal } from 'temporal-polyfill';
import { readDate, readInstant } from '#mappings/engine/values/calendar.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import { defineTransform, symmetric, textual } from './definition.ts';
import type { Read, Transform, Write } from './definition.ts';

/**
 * The formats of dates as text. The format decides whether 03/04 is in March or April; it is never guessed.
 */
const dateFormats = [
  'YYYY-MM-DD',
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD.MM.YYYY',
  'DD-MM-YYYY',
  'YYYY/MM/DD',
  'YYYYMMDD',
] as const;
type DateFormat = (typeof dateFormats)[number];

const zones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);
const zone = z.string().refine((name) => zones.has(name), 'unknown time zone; use a name like Europe/Berlin');
const format = z.enum(dateFormats);
const dateSpec = z
  .strictObject({ name: z.literal('date'), format: format.optional(), zone: zone.optional() })
  .refine((spec) => !(spec.format && spec.zone), {
    error: 'a date as text has no time zone; use either format or zone',
    path: ['zone'],
  });
const instantSpec = z.strictObject({
  name: z.literal('instant'),
  zone: zone.optional(),
  format: format.optional(),
});

/**
 * A pattern with year, month and day as named groups. With separators, one digit is enough for month and day.
 */
function patternOf(written: DateFormat, rest = ''): RegExp {
  const digits = written === 'YYYYMMDD' ? '\\d\\d' : '\\d\\d?';
  const parts = { YYYY: '(?<year>\\d{4})', MM: `(?<month>${digits})`, DD: `(?<day>${digits})` };
  return new RegExp(
    `^${written.replaceAll('.', '\\.').replace(/YYYY|MM|DD/g, (part) => parts[part as keyof typeof parts])}${rest}$`,
  );
}

const isoOf = (groups: Readonly<Record<string, string | undefined>>): string =>
  `${groups['year']}-${groups['month']?.padStart(2, '0')}-${groups['day']?.padStart(2, '0')}`;

function formatted(written: DateFormat, iso: string): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  return written.replace('YYYY', year).replace('MM', month).replace('DD', day);
}

function writtenDate(written: DateFormat): Transform {
  const pattern = patternOf(written);
  const read: Read = (value) => {
    if (value === null || value === undefined || value === '') return null;
    const text = typeof value === 'string' ? value.trim() : '';
    if (text === '' && typeof value === 'string') return null;
    const groups = pattern.exec(text)?.groups;
    const found = groups ? readDate(isoOf(groups)) : null;
    if (typeof found === 'string') return found;
    return refuse(
      'not_a_date',
      `${shown(value)} is not a date in the format ${written}.`,
      `Store dates as ${written}, or choose another format.`,
    );
  };
  const write: Write = (value) => {
    const iso = readDate(value);
    return typeof iso === 'string' ? formatted(written, iso) : iso;
  };
  return { fills: ['date'], readsFrom: textual, read, write: { to: ['text'], as: () => write }, loses: null };
}

/** The calendar day of an instant in a time zone. */
function dayIn(timeZone: string): Transform {
  const read: Read = (value) => {
    const instant = readInstant(value);
    if (typeof instant !== 'string') return isRefusal(instant) ? readDate(value) : null;
    return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
  };
  return {
    fills: ['date'],
    readsFrom: ['datetime', 'date', 'text', 'number'],
    read,
    write: null,
    loses: 'the time of day',
  };
}

function date({ format: written, zone: timeZone }: z.infer<typeof dateSpec>): Transform {
  if (written) return writtenDate(written);
  if (timeZone) return dayIn(timeZone);
  return symmetric('date', ['date', 'datetime', 'text', 'number'], ['date', 'text'], readDate);
}

const timeOfDay = '(?:[T ]+(?<hour>\\d\\d?):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:\\.\\d+)?)?)?';

/** A time without an offset, in the local time of a zone. */
function localTime(written: DateFormat, timeZone: string): Transform {
  const pattern = patternOf(written, timeOfDay);
  const read: Read = (value) => {
    const text = typeof value === 'string' ? value.trim() : '';
    const groups = pattern.exec(text)?.groups;
    const found = groups && momentOf(groups, timeZone);
    if (found) return found;
    const absolute = readInstant(value);
    if (!isRefusal(absolute)) return absolute;
    const fix = `Store times as ${written} HH:MM, or choose another format.`;
    return refuse('not_an_instant', `${shown(value)} is not a time in the format ${written} HH:MM.`, fix);
  };
  return {
    fills: ['instant'],
    readsFrom: ['text', 'datetime'],
    read,
    write: null,
    loses: 'the written form of the time',
  };
}

function momentOf(groups: Readonly<Record<string, string | undefined>>, timeZone: string): string | null {
  const day = readDate(isoOf(groups));
  const hour = Number(groups['hour'] ?? 0);
  const minute = Number(groups['minute'] ?? 0);
  const second = Number(groups['second'] ?? 0);
  if (typeof day !== 'string' || hour > 23 || minute > 59 || second > 59) return null;
  const moment = Temporal.PlainDate.from(day).toZonedDateTime({
    timeZone,
    plainTime: { hour, minute, second },
  });
  return new Date(moment.epochMilliseconds).toISOString();
}

function instant({ zone: timeZone, format: written }: z.infer<typeof instantSpec>): Transform {
  if (timeZone || written) return localTime(written ?? 'YYYY-MM-DD', timeZone ?? 'UTC');
  return symmetric('instant', ['datetime', 'text', 'number'], ['datetime', 'text'], readInstant);
}

export const dateTransforms = {
  date: defineTransform({
    label: 'Date',
    help: 'A date. For a text, set its format (DD/MM/YYYY); for a date and time, set the zone of the day (Europe/Berlin).',
    options: dateSpec,
    build: date,
  }),
  instant: defineTransform({
    label: 'Date and time',
    help: 'A point in time. A text without an offset needs a zone and a format: zone Europe/Berlin, format DD.MM.YYYY.',
    options: instantSpec,
    build: instant,
  }),
};
