import type { CanonicalValue } from '#src/domain/record.ts';
import { latestDay, longestValue } from '#src/domain/record-limits.ts';
import {
  choicesIn,
  type InboundField,
  type OutboundField,
  type RecordTypeShapes,
  type RemoteFieldShape,
} from '#mappings/engine/compiled-mapping.ts';
import { checkTypes } from './check-types.ts';
import { checkCreation, checkDefault, checkLoss, checkReading } from './check-values.ts';
import { checkWriting } from './check-writing.ts';
import { choicesOf, contentKind, schemaField } from '#mappings/engine/field-schema.ts';
import { gatherOurs, gatherRemote } from '#mappings/engine/gathering.ts';
import { gatherRelated } from '#mappings/engine/related.ts';
import type { Line, PackContext } from '#mappings/engine/pack/line.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import type { Read } from '#mappings/engine/transforms/definition.ts';

/** A line that is ready to be applied in its directions. */
export interface CompiledLine {
  readonly inbound: InboundField | null;
  readonly outbound: OutboundField | null;
}

/** Checks and compiles a line. Null if it has problems; they are added to the findings. */
export function compileLine(line: Line, context: PackContext): CompiledLine | null {
  const { findings } = context;
  const before = findings.problems.length;
  checkTypes(line, context);
  if (findings.problems.length > before) return null;
  if (line.field.direction !== 'out') checkReading(line, context);
  if (line.field.direction !== 'in') checkWriting(line, context);
  checkLoss(line, context);
  checkCreation(line, context);
  const fallback = checkDefault(line, context);
  if (findings.problems.length > before) return null;
  return {
    inbound: line.field.direction === 'out' ? null : inboundField(line, fallback, context),
    outbound: line.field.direction === 'in' ? null : outboundField(line, context),
  };
}

function inboundField(
  { field, canonical, combination, target, steps }: Line,
  fallback: CanonicalValue,
  context: PackContext,
): InboundField {
  const choices = field.local.startsWith('extra.')
    ? choicesOf(context.kind, field.local, context.extra)
    : null;
  return {
    local: field.local,
    remote: field.remote,
    required: (field.required || canonical.required) ?? false,
    longest: longestValue(context.kind, field.local, canonical.type),
    latest: canonical.type === 'date' || canonical.type === 'instant' ? latestDay : null,
    read: inOrder(target, choices ? limitedTo(choices, field.local, steps.read) : steps.read),
    gathering:
      combination &&
      (combination.related
        ? gatherRelated(combination, combination.related)
        : gatherRemote(combination, context.sources.remote)),
    fallback,
    steps: steps.steps,
  };
}

/** Vendors return several choices in any order. One order makes them comparable. */
function inOrder(target: RemoteFieldShape | null | undefined, read: Read): Read {
  if (!target?.multiple) return read;
  return (value) => read(typeof value === 'string' ? choicesIn(value).toSorted().join(';') : value);
}

/** Limits a custom field with a list of values to these values. */
function limitedTo(choices: readonly string[], local: string, read: Read): Read {
  const allowed = new Set<CanonicalValue>(choices);
  return (given) => {
    const value = read(given);
    if (isRefusal(value) || value === null || allowed.has(value)) return value;
    return refuse(
      'value_not_listed',
      `${local} cannot be ${shown(value)}.`,
      `Add ${shown(value)} to the values of ${local}, or map it with "lookup".`,
    );
  };
}

function choicesByType(remote: string, recordTypes: RecordTypeShapes | null): OutboundField['choicesByType'] {
  const limited = (recordTypes?.types ?? []).flatMap(({ id, name, values }) => {
    const offered = values[remote];
    return offered ? [[id, { name, values: new Set(offered) }] as const] : [];
  });
  return new Map(limited);
}

/** Only for lines that passed `checkTypes`, which refuses transforms that cannot write. */
function outboundField(
  { field, canonical, combination, target, steps }: Line,
  { kind, recordTypes }: PackContext,
): OutboundField {
  const write = target && steps.write?.as(target.type);
  if (!write) throw new TypeError(`${field.local} cannot be written`);
  return {
    local: field.local,
    remote: field.remote,
    type: combination?.gives ?? canonical.type,
    // A field that is required in every record must not be emptied by us either.
    required: (field.required || (field.direction === 'both' && canonical.required)) ?? false,
    policy: field.policy ?? (field.direction === 'out' ? 'fairway' : 'crm'),
    write,
    read: inOrder(target, steps.read),
    multiple: target.multiple ?? false,
    length: target.type === 'text' ? (target.length ?? null) : null,
    scale: target.type === 'number' ? (target.scale ?? null) : null,
    contentKind: contentKind(combination ? null : schemaField(kind, field.local)),
    values: target.type === 'picklist' && target.values ? new Set(target.values) : null,
    choicesByType: choicesByType(field.remote, recordTypes),
    gathering: combination && gatherOurs(combination),
    steps: steps.steps,
    target: target.type,
  };
}
