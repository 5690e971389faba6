import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { applyInbound, applyOutbound } from './apply.ts';
import type { FieldProblem, Outbound } from './apply.ts';
import type { CompiledMapping, InboundField, OutboundField, RemoteRecordFields } from './compiled-mapping.ts';
import { isRefusal } from './refusal.ts';
import type { RemoteScalar } from './transforms/definition.ts';
import { asRemote } from './transforms/definition.ts';

/** The input and output of one step. */
export interface ExplainedStep {
  /** The name of a transform, `default`, or `fit` (adapted to the vendor's length). */
  readonly transform: string;
  readonly in: unknown;
  readonly out: unknown;
}

/** The conversion of one field: its sources, its steps, and the result or the problem. */
export interface ExplainedField {
  readonly local: string;
  readonly remote: string;
  /** The vendor's fields when reading, canonical fields when writing. */
  readonly sources: readonly { readonly field: string; readonly value: unknown }[];
  readonly steps: readonly ExplainedStep[];
  /** Absent if there is no value. */
  readonly result?: CanonicalValue | RemoteScalar;
  readonly problem?: FieldProblem;
}

/** Explains the result of `applyInbound` for one record. It is slower and meant for display. */
export function explainInbound(
  mapping: CompiledMapping,
  remote: RemoteRecordFields,
): readonly ExplainedField[] {
  // The results come from `applyInbound` itself, so that an explanation cannot differ from them.
  const { filter: _, ...unfiltered } = mapping;
  const { values, problems } = applyInbound(unfiltered, remote);
  return mapping.inbound.map((field) => {
    const sources = (field.gathering?.sources ?? [field.remote]).map((name) => ({
      field: name,
      value: remote[name] ?? null,
    }));
    const found = values[field.local];
    return {
      local: field.local,
      remote: field.remote,
      sources,
      steps: inboundSteps(field, remote),
      ...(found === undefined ? {} : { result: found }),
      ...problemOf(problems, field.local),
    };
  });
}

function inboundSteps(field: InboundField, remote: RemoteRecordFields): ExplainedStep[] {
  const steps: ExplainedStep[] = [];
  let given: unknown = remote[field.remote] ?? null;
  if (field.gathering) {
    const gathered = field.gathering.gather(remote) ?? null;
    steps.push({
      transform: field.gathering.name,
      in: field.gathering.sources.map((name) => remote[name] ?? null),
      out: withoutRefusal(gathered),
    });
    if (isRefusal(gathered)) return steps;
    given = gathered;
  }
  for (const { name, transform } of field.steps) {
    const out = transform.read(given);
    steps.push({ transform: name, in: given, out: withoutRefusal(out) });
    if (isRefusal(out)) return steps;
    given = out;
  }
  if (given === null && field.fallback !== null)
    steps.push({ transform: 'default', in: null, out: field.fallback });
  return steps;
}

/** Explains the result of `applyOutbound`. Fields without given sources are absent. */
export function explainOutbound(
  mapping: CompiledMapping,
  values: CanonicalValues,
): readonly ExplainedField[] {
  return mapping.outbound.flatMap((field) => {
    const given = field.gathering ? field.gathering.gather(values) : values[field.local];
    if (given === undefined) return [];
    const { fields, problems } = applyOutbound({ ...mapping, outbound: [field] }, values);
    const sources = (field.gathering?.sources ?? [field.local]).map((name) => ({
      field: name,
      value: values[name] ?? null,
    }));
    return [
      {
        local: field.local,
        remote: field.remote,
        sources,
        steps: outboundSteps(field, values, fields),
        ...resultOf(fields, field.remote),
        ...problemOf(problems, field.local),
      },
    ];
  });
}

/** The reversed steps from the canonical to the remote value, and the adaptation to the field's length. */
function outboundSteps(
  field: OutboundField,
  values: CanonicalValues,
  fields: Outbound['fields'],
): ExplainedStep[] {
  const steps: ExplainedStep[] = [];
  let given: unknown = values[field.local] ?? null;
  if (field.gathering) {
    const gathered = field.gathering.gather(values) ?? null;
    steps.push({
      transform: field.gathering.name,
      in: field.gathering.sources.map((name) => values[name] ?? null),
      out: withoutRefusal(gathered),
    });
    if (isRefusal(gathered)) return steps;
    given = gathered;
  }
  for (const [index, { name, transform }] of [...field.steps.entries()].toReversed()) {
    const before = field.steps[index - 1]?.transform.fills[0];
    const out =
      transform.write?.as(before === undefined ? field.target : asRemote[before])(given as CanonicalValue) ??
      null;
    steps.push({ transform: name, in: given, out: withoutRefusal(out) });
    if (isRefusal(out)) return steps;
    given = index > 0 && typeof out === 'number' ? String(out) : out;
  }
  const sent = fields[field.remote];
  if (sent !== undefined && sent !== given) steps.push({ transform: 'fit', in: given, out: sent });
  return steps;
}

const withoutRefusal = (value: unknown): unknown => (isRefusal(value) ? null : value);

function resultOf(fields: Outbound['fields'], remote: string): { readonly result?: RemoteScalar } {
  const found = fields[remote];
  return found === undefined ? {} : { result: found };
}

function problemOf(problems: readonly FieldProblem[], local: string): { readonly problem?: FieldProblem } {
  const found = problems.find(({ field }) => field === local);
  return found ? { problem: found } : {};
}
