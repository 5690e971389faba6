import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import type { CompiledMapping, InboundField, OutboundField, RemoteRecordFields } from './compiled-mapping.ts';
import { isRefusal } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { RemoteScalar } from './transforms/definition.ts';

export interface FieldProblem {
  /** Our field. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /**
   * error: the value, or for a required field the record, was left out · warning: it was carried over
   * changed, or the record does without it.
   */
  readonly severity: 'error' | 'warning';
}

export interface Inbound {
  /** An unreadable value is absent, so that what was known before stays; an empty one is null. */
  readonly values: CanonicalValues;
  readonly problems: readonly FieldProblem[];
  /**
   * False when a required field is missing or unreadable, or the filter leaves the record out: it must not be
   * used.
   */
  readonly placed: boolean;
  /** The pack's filter leaves this record out: one placed before is treated as gone. */
  readonly filtered?: true;
}

export interface Outbound {
  readonly fields: Readonly<Record<string, RemoteScalar>>;
  readonly problems: readonly FieldProblem[];
}

const noProblems: readonly FieldProblem[] = [];

/** Reads one remote record. Never throws, whatever it holds. */
export function applyInbound(mapping: CompiledMapping, remoteFields: RemoteRecordFields): Inbound {
  if (mapping.filter) {
    const passes = mapping.filter.passes(remoteFields);
    if (passes !== true) return leftOut(passes);
  }
  const values: Record<string, CanonicalValue> = {};
  let problems: FieldProblem[] | null = null;
  let placed = true;
  for (const field of mapping.inbound) {
    const read =
      field.gathering === null ? field.read(remoteFields[field.remote]) : gathered(field, remoteFields);
    const value = read === null ? field.fallback : read;
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

function gathered({ gathering, read }: InboundField, fields: RemoteRecordFields): CanonicalValue | Refusal {
  const value = gathering?.gather(fields) ?? null;
  return isRefusal(value) ? value : read(value);
}

/**
 * A record the filter does not let through is not ours to keep; one the filter fails on stays as it was
 * known, and that is said.
 */
function leftOut(why: false | Refusal): Inbound {
  if (why === false) return { values: {}, problems: noProblems, placed: false, filtered: true };
  return { values: {}, problems: [problem('filter', why, 'error')], placed: false };
}

/** Turns our values into the vendor's. Only fields present in `values` are written; null empties a field. */
export function applyOutbound(mapping: CompiledMapping, values: CanonicalValues): Outbound {
  const fields: Record<string, RemoteScalar> = {};
  let problems: FieldProblem[] | null = null;
  for (const field of mapping.outbound) {
    const value = field.gathering === null ? values[field.local] : field.gathering.gather(values);
    if (value === undefined) continue;
    const written = toWrite(field, value);
    if (isRefusal(written)) {
      (problems ??= []).push(problem(field.local, written, 'error'));
    } else if (typeof written === 'string' && field.length !== null && written.length > field.length) {
      // Prose: what would not fit and is a code has been refused.
      (problems ??= []).push(problem(field.local, cutShort(field, field.length, written), 'warning'));
      fields[field.remote] = cut(written, field.length);
    } else {
      fields[field.remote] = written;
    }
  }
  return { fields, problems: problems ?? noProblems };
}

function toWrite(field: OutboundField, value: CanonicalValue | Refusal): RemoteScalar | Refusal {
  if (isRefusal(value)) return value;
  if (value === null && field.required) return missing(field.local, field.remote);
  const written = field.write(value);
  return typeof written === 'string' ? fitting(field, written) : written;
}

/**
 * The remote fields a pull must ask for: what is read, and what is written, because a write compares with
 * what stands there.
 */
export function remoteFields(mapping: CompiledMapping): readonly string[] {
  const read = mapping.inbound.flatMap((field) => field.gathering?.sources ?? [field.remote]);
  return [
    ...new Set([
      ...read,
      ...mapping.outbound.map((field) => field.remote),
      ...(mapping.filter?.sources ?? []),
    ]),
  ];
}

/** Our fields a write is made from: with all of them given, everything that may be written is. */
export function localFields(mapping: CompiledMapping): readonly string[] {
  return [...new Set(mapping.outbound.flatMap((field) => field.gathering?.sources ?? [field.local]))];
}

/**
 * Those of `fields` (from `applyOutbound`) that mean something else than what stands in the vendor's record.
 */
export function changedFields(
  mapping: CompiledMapping,
  fields: Outbound['fields'],
  standing: Readonly<Record<string, unknown>>,
): Outbound['fields'] {
  const changed: Record<string, RemoteScalar> = {};
  for (const { remote, read } of mapping.outbound) {
    const ours = fields[remote];
    if (ours === undefined) continue;
    const theirs = read(standing[remote]);
    if (isRefusal(theirs) || theirs !== read(ours)) changed[remote] = ours;
  }
  return changed;
}

/** Whether two of the vendor's values mean the same in this field. What cannot be read means only itself. */
export function sameField({ read, type }: OutboundField, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [one, other] = [read(a), read(b)];
  return !isRefusal(one) && !isRefusal(other) && sameValue(one, other, type);
}

/**
 * What the vendor's values of the fields we may write mean; those that are not given, or cannot be read, are
 * absent.
 */
export function valuesOf(
  mapping: CompiledMapping,
  fields: Readonly<Record<string, unknown>>,
): CanonicalValues {
  const values: Record<string, CanonicalValue> = {};
  for (const { local, remote, read, gathering } of mapping.outbound) {
    // What was put together from several of our fields is the value of none.
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
      message: `${local} is empty, and no record can do without it.`,
      fix: `Fill in ${remote}.`,
    },
    'error',
  );
}

/**
 * Vendors refuse a whole record for one value they cannot hold, so what does not fit is cut or left out here,
 * and said.
 */
function fitting(field: OutboundField, written: string): string | Refusal {
  if (field.values && !field.values.has(written)) {
    const fix = `Add ${JSON.stringify(written)} to the picklist, or map it with the transform "lookup".`;
    return {
      code: 'not_in_picklist',
      message: `${field.remote} does not offer ${JSON.stringify(written)}.`,
      fix,
    };
  }
  if (field.length === null || written.length <= field.length || field.holds === 'prose') return written;
  const { fix, message } = tooLong(field, field.length, written);
  return { code: 'too_long', message: `${message}.`, fix };
}

function tooLong(
  field: OutboundField,
  length: number,
  written: string,
): { readonly message: string; readonly fix: string } {
  return {
    message: `${field.remote} holds ${length} characters, ${field.local} has ${written.length}`,
    fix: `Give ${field.remote} a length of at least ${written.length}.`,
  };
}

function cutShort(field: OutboundField, length: number, written: string): Refusal {
  const { fix, message } = tooLong(field, length, written);
  return { code: 'cut', message: `${message}; the rest was cut off.`, fix };
}

/** Ends in an ellipsis, and never in half a character. */
function cut(text: string, length: number): string {
  const kept = text.slice(0, length - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
