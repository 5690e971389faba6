import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import type { CompiledMapping, OutboundField } from './compile.ts';
import { isRefusal } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { RemoteScalar } from './transforms/definition.ts';

export interface FieldProblem {
  /** Our field. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** error: the value, or for a required field the record, was left out · warning: it was carried over changed, or the record does without it. */
  readonly severity: 'error' | 'warning';
}

export interface Inbound {
  /** An unreadable value is absent, so that what was known before stays; an empty one is null. */
  readonly values: CanonicalValues;
  readonly problems: readonly FieldProblem[];
  /** False when a required field is missing or unreadable: the record must not be used. */
  readonly placed: boolean;
}

export interface Outbound {
  readonly fields: Readonly<Record<string, RemoteScalar>>;
  readonly problems: readonly FieldProblem[];
}

const noProblems: readonly FieldProblem[] = [];

/** Reads one remote record. Never throws, whatever it holds. */
export function applyInbound(mapping: CompiledMapping, remoteFields: Readonly<Record<string, unknown>>): Inbound {
  const values: Record<string, CanonicalValue> = {};
  let problems: FieldProblem[] | null = null;
  let placed = true;
  for (const { local, remote, required, read } of mapping.inbound) {
    const value = read(remoteFields[remote]);
    if (isRefusal(value)) {
      placed &&= !required;
      (problems ??= []).push(problem(local, value, required ? 'error' : 'warning'));
    } else if (value === null && required) {
      placed = false;
      (problems ??= []).push(missing(local, remote));
    } else {
      values[local] = value;
    }
  }
  return { values, problems: problems ?? noProblems, placed };
}

/** Turns our values into the vendor's. Only fields present in `values` are written; null empties a field. */
export function applyOutbound(mapping: CompiledMapping, values: CanonicalValues): Outbound {
  const fields: Record<string, RemoteScalar> = {};
  const problems: FieldProblem[] = [];
  for (const field of mapping.outbound) {
    const value = values[field.local];
    if (value === undefined) continue;
    const written = value === null && field.required ? missing(field.local, field.remote) : fitted(field, field.write(value), problems);
    if (isRefusal(written)) problems.push(problem(field.local, written, 'error'));
    else fields[field.remote] = written;
  }
  return { fields, problems };
}

/** The remote fields a pull must ask for: what is read, and what is written, because a write compares with what stands there. */
export function remoteFields(mapping: CompiledMapping): readonly string[] {
  return [...new Set([...mapping.inbound, ...mapping.outbound].map((field) => field.remote))];
}

/** Those of `fields` (from `applyOutbound`) that mean something else than what stands in the vendor's record. */
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

/** What the vendor's values of the fields we may write mean; those that are not given, or cannot be read, are absent. */
export function valuesOf(mapping: CompiledMapping, fields: Readonly<Record<string, unknown>>): CanonicalValues {
  const values: Record<string, CanonicalValue> = {};
  for (const { local, remote, read } of mapping.outbound) {
    const value = fields[remote] === undefined ? undefined : read(fields[remote]);
    if (value !== undefined && !isRefusal(value)) values[local] = value;
  }
  return values;
}

function problem(field: string, { code, message, fix }: Refusal, severity: FieldProblem['severity']): FieldProblem {
  return { field, code, message, fix, severity };
}

function missing(local: string, remote: string): FieldProblem {
  return problem(
    local,
    { code: 'required_missing', message: `${local} is empty, and no record can do without it.`, fix: `Fill in ${remote}.` },
    'error',
  );
}

/** Vendors refuse a whole record for one value they cannot hold, so what does not fit is cut or left out here, and said. */
function fitted(field: OutboundField, written: RemoteScalar | Refusal, problems: FieldProblem[]): RemoteScalar | Refusal {
  if (typeof written !== 'string') return written;
  if (field.values && !field.values.has(written)) {
    const fix = `Add ${JSON.stringify(written)} to the picklist, or map it with the transform "lookup".`;
    return { code: 'not_in_picklist', message: `${field.remote} does not offer ${JSON.stringify(written)}.`, fix };
  }
  if (field.length === null || written.length <= field.length) return written;
  const fix = `Give ${field.remote} a length of at least ${written.length}.`;
  const message = `${field.remote} holds ${field.length} characters, ${field.local} has ${written.length}`;
  if (field.holds === 'code') return { code: 'too_long', message: `${message}.`, fix };
  problems.push(problem(field.local, { code: 'cut', message: `${message}; the rest was cut off.`, fix }, 'warning'));
  return cut(written, field.length);
}

/** Ends in an ellipsis, and never in half a character. */
function cut(text: string, length: number): string {
  const kept = text.slice(0, length - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
