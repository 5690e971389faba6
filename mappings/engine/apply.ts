import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import {
  choicesIn,
  type CompiledMapping,
  type InboundField,
  type OutboundField,
  type RemoteRecordFields,
} from './compiled-mapping.ts';
import { isRefusal, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { RemoteScalar } from './transforms/definition.ts';

export interface FieldProblem {
  /** The canonical field. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /**
   * error: the value or, for a required field, the record was skipped · warning: the value was changed or is
   * missing.
   */
  readonly severity: 'error' | 'warning';
}

export interface Inbound {
  /** A value that cannot be read is absent, so that the previous value stays. A blank is null. */
  readonly values: CanonicalValues;
  readonly problems: readonly FieldProblem[];
  /**
   * False if the record must not be used: a required field is missing or cannot be read, or the filter
   * excludes it.
   */
  readonly placed: boolean;
  /** Set if the filter excludes the record. If it was imported before, it is treated as deleted. */
  readonly filtered?: true;
}

export interface Outbound {
  readonly fields: Readonly<Record<string, RemoteScalar>>;
  readonly problems: readonly FieldProblem[];
}

const noProblems: readonly FieldProblem[] = [];

/** Converts one remote record to canonical values. Never throws, for any content. */
export function applyInbound(mapping: CompiledMapping, remoteFields: RemoteRecordFields): Inbound {
  if (mapping.filter) {
    const passes = mapping.filter.passes(remoteFields);
    if (passes !== true) return excluded(passes);
  }
  const values: Record<string, CanonicalValue> = {};
  let problems: FieldProblem[] | null = null;
  let placed = true;
  for (const field of mapping.inbound) {
    const read = field.gathering === null ? readOne(field, remoteFields) : gathered(field, remoteFields);
    const value = read === null ? field.fallback : bounded(field, read);
    if (isRefusal(value)) {
      placed &&= !field.required;
      (problems ??= []).push(problem(field.local, value, field.required ? 'error' : 'warning'));
    } else if (value === null && field.required) {
      placed = false;
      (problems ??= []).push(missing(field.local, field.remote));
    } else {
      values[field.local] = value;
    }
  }
  return { values, problems: problems ?? noProblems, placed };
}

/**
 * No field of a CRM holds a longer text. The transforms never see one, so that a hostile value costs as little
 * than a long one.
 */
const longestRemoteText = 131_072;

function readOne(field: InboundField, fields: RemoteRecordFields): CanonicalValue | Refusal {
  const given = fields[field.remote];
  if (typeof given === 'string' && given.length > longestRemoteText)
    return tooMuch(field, given.length, longestRemoteText);
  return field.read(given);
}

function bounded(field: InboundField, value: CanonicalValue | Refusal): CanonicalValue | Refusal {
  if (typeof value !== 'string') return value;
  if (value.length > field.longest) return tooMuch(field, value.length, field.longest);
  return field.latest !== null && value.slice(0, field.latest.length) > field.latest
    ? tooLate(field, value)
    : value;
}

function tooLate({ remote, latest }: InboundField, value: string): Refusal {
  return {
    code: 'date_too_late',
    message: `${shown(value)} is after ${latest}, the last possible day.`,
    fix: `Correct the date in ${remote}.`,
  };
}

function tooMuch({ remote }: InboundField, length: number, longest: number): Refusal {
  return {
    code: 'too_long',
    message: `The value has ${length} characters; at most ${longest} are possible.`,
    fix: `Shorten ${remote} to at most ${longest} characters.`,
  };
}

function gathered({ gathering, read }: InboundField, fields: RemoteRecordFields): CanonicalValue | Refusal {
  const value = gathering?.gather(fields) ?? null;
  return isRefusal(value) ? value : read(value);
}

/**
 * The result for a record that the filter excludes, or on which the filter fails. After a failure the
 * previous values stay.
 */
function excluded(reason: false | Refusal): Inbound {
  if (reason === false) return { values: {}, problems: noProblems, placed: false, filtered: true };
  return { values: {}, problems: [problem('filter', reason, 'error')], placed: false };
}

/**
 * Converts canonical values to the vendor's. Only fields in `values` are written; null empties a field.
 *
 * @param current the record as the vendor has it: its type limits the choices of picklists
 */
export function applyOutbound(
  mapping: CompiledMapping,
  values: CanonicalValues,
  current: RemoteRecordFields = {},
): Outbound {
  const { recordTypeField } = mapping;
  const recordType = recordTypeField === undefined ? null : current[recordTypeField];
  const fields: Record<string, RemoteScalar> = {};
  let problems: FieldProblem[] | null = null;
  let currencyRefused = false;
  for (const field of mapping.outbound) {
    const value = field.gathering === null ? values[field.local] : field.gathering.gather(values);
    if (value === undefined) continue;
    const written = remoteValueOf(field, value, recordType);
    if (isRefusal(written)) {
      currencyRefused ||= currencyFields.has(field.local);
      (problems ??= []).push(problem(field.local, written, 'error'));
    } else if (typeof written === 'string' && field.length !== null && written.length > field.length) {
      // Only prose can be too long here, because a code that is too long is refused.
      (problems ??= []).push(problem(field.local, shortened(field, field.length, written), 'warning'));
      fields[field.remote] = shorten(written, field.length);
    } else {
      fields[field.remote] = written;
    }
  }
  if (currencyRefused)
    for (const field of mapping.outbound) if (amountFields.has(field.local)) delete fields[field.remote];
  return { fields, problems: problems ?? noProblems };
}

/**
 * An amount without its currency would be shown in another one, so it is not written when its currency is
 * refused.
 */
const currencyFields: ReadonlySet<string> = new Set(['currency', 'amountCurrency']);
const amountFields: ReadonlySet<string> = new Set(['amount', 'unitPrice']);

function remoteValueOf(
  field: OutboundField,
  value: CanonicalValue | Refusal,
  recordType: unknown,
): RemoteScalar | Refusal {
  if (isRefusal(value)) return value;
  if (value === null && field.required) return missing(field.local, field.remote);
  const written = field.write(value);
  if (field.scale !== null && typeof value === 'string' && decimalsOf(value) > field.scale)
    return tooManyDecimals(field, field.scale, value);
  return typeof written === 'string'
    ? fitting(field, field.multiple ? choicesIn(written).toSorted().join(';') : written, recordType)
    : written;
}

const decimalsOf = (decimal: string): number => decimal.replace(/0+$/, '').split('.')[1]?.length ?? 0;

/** The vendor would round it without a word. */
function tooManyDecimals(field: OutboundField, scale: number, value: string): Refusal {
  const needed = decimalsOf(value);
  return {
    code: 'too_many_decimals',
    message: `${field.remote} has ${scale} decimals, but ${value} has ${needed}.`,
    fix: `Set the decimal places of ${field.remote} in the CRM to at least ${needed}.`,
  };
}

/**
 * The remote fields that a pull must request: those that are read, and those that are written, for
 * comparison.
 */
export function remoteFields(mapping: CompiledMapping): readonly string[] {
  const read = mapping.inbound.flatMap((field) => field.gathering?.sources ?? [field.remote]);
  return [
    ...new Set([
      ...read,
      ...mapping.outbound.map((field) => field.remote),
      ...(mapping.filter?.sources ?? []),
      ...(mapping.recordTypeField === undefined ? [] : [mapping.recordTypeField]),
    ]),
  ];
}

/** The canonical fields that writing uses. If all are given, all fields are written. */
export function localFields(mapping: CompiledMapping): readonly string[] {
  return [...new Set(mapping.outbound.flatMap((field) => field.gathering?.sources ?? [field.local]))];
}

/** The entries of `fields` (from `applyOutbound`) that differ in meaning from the vendor's current values. */
export function changedFields(
  mapping: CompiledMapping,
  fields: Outbound['fields'],
  current: Readonly<Record<string, unknown>>,
): Outbound['fields'] {
  const changed: Record<string, RemoteScalar> = {};
  for (const { remote, read } of mapping.outbound) {
    const ours = fields[remote];
    if (ours === undefined) continue;
    const theirs = read(current[remote]);
    if (isRefusal(theirs) || theirs !== read(ours)) changed[remote] = ours;
  }
  return changed;
}

/**
 * True if two of the vendor's values mean the same in this field. A value that cannot be read equals only
 * itself.
 */
export function sameField({ read, type }: OutboundField, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const one = read(a);
  const other = read(b);
  return !isRefusal(one) && !isRefusal(other) && sameValue(one, other, type);
}

/**
 * The canonical values of the vendor's fields that may be written. Fields that are not given or cannot be
 * read are absent.
 */
export function valuesOf(
  mapping: CompiledMapping,
  fields: Readonly<Record<string, unknown>>,
): CanonicalValues {
  const values: Record<string, CanonicalValue> = {};
  for (const { local, remote, read, gathering } of mapping.outbound) {
    // A value that was combined from several canonical fields cannot be split again.
    const value = gathering !== null || fields[remote] === undefined ? undefined : read(fields[remote]);
    if (value !== undefined && !isRefusal(value)) values[local] = value;
  }
  return values;
}

function problem(
  field: string,
  { code, message, fix }: Refusal,
  severity: FieldProblem['severity'],
): FieldProblem {
  return { field, code, message, fix, severity };
}

function missing(local: string, remote: string): FieldProblem {
  return problem(
    local,
    {
      code: 'required_missing',
      message: `${local} is required but empty.`,
      fix: `Fill in ${remote}.`,
    },
    'error',
  );
}

/**
 * Vendors refuse a whole record for one value that does not fit, so such a value is shortened or refused
 * here.
 */
function fitting(field: OutboundField, written: string, recordType: unknown): string | Refusal {
  const { values } = field;
  const choices = field.multiple ? choicesIn(written) : [written];
  const unknown = choices.filter((choice) => !values?.has(choice));
  if (values && unknown.length > 0) {
    const named = unknown.map((choice) => JSON.stringify(choice)).join(', ');
    const fix = currencyFields.has(field.local)
      ? `Activate ${written} among the currencies of the CRM.`
      : `Add ${named} to the picklist, or map it with the transform "lookup".`;
    return {
      code: 'not_in_picklist',
      message: `${field.remote} does not offer ${named}.`,
      fix,
    };
  }
  const type = typeof recordType === 'string' ? field.choicesByType.get(recordType) : undefined;
  const unoffered = choices.filter((choice) => type?.values.has(choice) === false);
  if (type && unoffered.length > 0) return notInRecordType(field, type.name, unoffered);
  if (field.length === null || written.length <= field.length || field.contentKind === 'prose')
    return written;
  const { fix, message } = tooLong(field, field.length, written);
  return { code: 'too_long', message: `${message}.`, fix };
}

function notInRecordType({ remote }: OutboundField, type: string, choices: readonly string[]): Refusal {
  const named = choices.map((choice) => JSON.stringify(choice)).join(', ');
  return {
    code: 'not_in_record_type',
    message: `${remote} does not offer ${named} for records of the type “${type}”.`,
    fix: `Add ${named} to the values of ${remote} in the record type “${type}”, or map it with the transform "lookup".`,
  };
}

function tooLong(
  field: OutboundField,
  length: number,
  written: string,
): { readonly message: string; readonly fix: string } {
  return {
    message: `${field.remote} has room for ${length} characters, but ${field.local} has ${written.length}`,
    fix: `Increase the length of ${field.remote} to at least ${written.length}.`,
  };
}

function shortened(field: OutboundField, length: number, written: string): Refusal {
  const { fix, message } = tooLong(field, length, written);
  return { code: 'cut', message: `${message}; the text was shortened.`, fix };
}

/** Ends with an ellipsis and never splits a surrogate pair. */
function shorten(text: string, length: number): string {
  const start = text.slice(0, length - 1);
  return `${start.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
