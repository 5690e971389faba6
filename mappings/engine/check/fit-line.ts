import type { CanonicalValue } from '#src/domain/record.ts';
import type { InboundField, OutboundField } from '#mappings/engine/compiled-mapping.ts';
import { checkTypes } from './check-types.ts';
import { checkDefault, checkLoss, checkReading } from './check-values.ts';
import { checkWriting } from './check-writing.ts';
import { choicesOf, holds, schemaField } from '#mappings/engine/field-schema.ts';
import { gatherOurs, gatherRemote } from '#mappings/engine/gathering.ts';
import { gatherRelated } from '#mappings/engine/related.ts';
import type { Line, Surroundings } from '#mappings/engine/pack/line.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import type { Read } from '#mappings/engine/transforms/definition.ts';

/** A line ready to be applied, in the directions it goes. */
export interface FittedLine {
  readonly inbound: InboundField | null;
  readonly outbound: OutboundField | null;
}

/** Checks a line's types, target, values and default, and makes it ready; null with the reasons noted. */
export function fitLine(line: Line, around: Surroundings): FittedLine | null {
  const { findings } = around;
  const before = findings.problems.length;
  checkTypes(line, around);
  if (findings.problems.length > before) return null;
  if (line.field.direction !== 'out') checkReading(line, around);
  if (line.field.direction !== 'in') checkWriting(line, around);
  checkLoss(line, around);
  const fallback = checkDefault(line, around);
  if (findings.problems.length > before) return null;
  return {
    inbound: line.field.direction === 'out' ? null : inboundField(line, fallback, around),
    outbound: line.field.direction === 'in' ? null : outboundField(line, around),
  };
}

function inboundField(
  { field, canonical, combination, steps }: Line,
  fallback: CanonicalValue,
  around: Surroundings,
): InboundField {
  const choices = field.local.startsWith('extra.') ? choicesOf(around.kind, field.local, around.extra) : null;
  return {
    local: field.local,
    remote: field.remote,
    required: (field.required || canonical.required) ?? false,
    read: choices ? oneOf(choices, field.local, steps.read) : steps.read,
    gathering:
      combination &&
      (combination.related
        ? gatherRelated(combination, combination.related)
        : gatherRemote(combination, around.sources.remote)),
    fallback,
    steps: steps.steps,
  };
}

/** A field of the customer's own that was given a list of values holds no other. */
function oneOf(choices: readonly string[], local: string, read: Read): Read {
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

/** Only called for a line that passed `checkTypes`, where a one-way transform is refused. */
function outboundField(
  { field, canonical, combination, target, steps }: Line,
  { kind }: Surroundings,
): OutboundField {
  const write = target && steps.write?.as(target.type);
  if (!write) throw new TypeError(`${field.local} has no way out`);
  return {
    local: field.local,
    remote: field.remote,
    type: combination?.gives ?? canonical.type,
    // What no record may be without must not be emptied by us either.
    required: (field.required || (field.direction === 'both' && canonical.required)) ?? false,
    policy: field.policy ?? (field.direction === 'out' ? 'fairway' : 'crm'),
    write,
    read: steps.read,
    length: target.type === 'text' ? (target.length ?? null) : null,
    holds: holds(combination ? null : schemaField(kind, field.local)),
    values: target.type === 'picklist' && target.values ? new Set(target.values) : null,
    gathering: combination && gatherOurs(combination),
    steps: steps.steps,
    target: target.type,
  };
}
