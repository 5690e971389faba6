import { choicesOf, contentKind, schemaField, textLength } from '#mappings/engine/field-schema.ts';
import type { Line, PackContext } from '#mappings/engine/pack/line.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';
import { shown, shownList } from '#mappings/engine/refusal.ts';

/** Checks that the CRM accepts what the line writes: the field, its length and its picklist. */
export function checkWriting(line: Line, context: PackContext): void {
  checkReferences(line, context);
  checkWritable(line, context);
  checkLength(line, context);
  checkOffered(line, context);
  const { field, path, target, canonical } = line;
  if (!target?.required || field.required || (field.direction === 'both' && canonical.required)) return;
  const message = `${field.remote} may not be empty in the CRM; when ${field.local} is empty, the CRM refuses the record.`;
  context.findings.warning(
    `${path}.required`,
    field.local,
    'may_be_emptied',
    message,
    'Set required: true, so that it is never emptied.',
  );
}

/**
 * References are written only for records that Fairway creates. In other packs such a line would never write
 * a value.
 */
function checkReferences(
  { field, path, canonical, combination }: Line,
  { creates, ours, findings }: PackContext,
): void {
  if (creates) return;
  const reference = combination
    ? combination.sources.find((name) => ours[name]?.type === 'reference')
    : referenceOf(field.local, canonical);
  if (reference === undefined) return;
  const message = `${reference} refers to another record, and references are only read, so ${field.remote} would never be written.`;
  if (field.direction === 'both') {
    findings.warning(
      `${path}.direction`,
      field.local,
      'reference_not_written',
      message,
      'Set direction to "in".',
    );
    return;
  }
  const fix = `Remove the line${combination ? `, or use another field than ${reference}` : ', or set direction to "in"'}.`;
  findings.problem(
    combination ? `${path}.transform` : `${path}.direction`,
    field.local,
    'reference_not_written',
    message,
    fix,
  );
}

const referenceOf = (local: string, { type }: Line['canonical']): string | undefined =>
  type === 'reference' ? local : undefined;

function checkWritable({ field, path, target }: Line, { creates, findings }: PackContext): void {
  if (!target) return;
  const at = `${path}.remote`;
  if (creates && target.updateable && !target.createable) {
    const message = `${field.remote} cannot be set on a new record by the integration user.`;
    findings.problem(
      at,
      field.local,
      'not_createable',
      message,
      `Allow the integration user to set ${field.remote} on new records, or remove this line.`,
    );
  }
  if (target.updateable) return;
  if (creates && target.createable) {
    const message = `${field.remote} can be set on a new record but not changed later.`;
    findings.warning(
      at,
      field.local,
      'create_only',
      message,
      `Allow changes of ${field.remote} in the CRM if ${field.local} can change.`,
    );
    return;
  }
  const fix = `Allow the integration user to edit ${field.remote}, or set direction to "in".`;
  findings.problem(
    at,
    field.local,
    'not_updateable',
    `${field.remote} cannot be changed by the integration user.`,
    fix,
  );
}

function checkLength(
  { field, path, target, steps, combination }: Line,
  { kind, findings }: PackContext,
): void {
  if (!target || target.length === undefined || target.type !== 'text') return;
  const longest = [...(steps.writtenValues ?? [])].toSorted((a, b) => b.length - a.length)[0];
  if (longest !== undefined) {
    if (longest.length <= target.length) return;
    const message = `${field.remote} has room for ${target.length} characters; ${shown(longest)} has ${longest.length}.`;
    findings.problem(
      `${path}.transform`,
      field.local,
      'too_short',
      message,
      `Increase the length of ${field.remote} to ${longest.length}, or write a shorter value.`,
    );
    return;
  }
  const schema = combination ? null : schemaField(kind, field.local);
  const needed = schema && textLength(schema);
  if (!needed || target.length >= needed) return;
  const message = `${field.remote} has room for ${target.length} characters; ${field.local} can have ${needed}.`;
  findings[contentKind(schema) === 'code' ? 'problem' : 'warning'](
    `${path}.remote`,
    field.local,
    'too_short',
    message,
    `Increase the length of ${field.remote} to ${needed}.`,
  );
}

/**
 * Finds values that the picklist does not offer: a typing error in a lookup, or a canonical choice that the
 * CRM lacks.
 */
function checkOffered(
  { field, path, target, steps, combination }: Line,
  { kind, extra, findings }: PackContext,
): void {
  if (target?.type !== 'picklist' || !target.values) return;
  const offered = target.values;
  for (const value of steps.writtenValues ?? []) {
    if (offered.includes(value)) continue;
    const similar = nearest(value, offered);
    const fix = similar
      ? `Did you mean ${shown(similar)}?`
      : `Add ${shown(value)} to the picklist of ${field.remote}, or write another value.`;
    findings.problem(
      `${path}.transform`,
      field.local,
      'not_in_picklist',
      `${field.remote} does not offer ${shown(value)}, which this line writes.`,
      fix,
    );
  }
  if (steps.writtenValues || combination) return;
  const write = steps.write?.as(target.type);
  const lacking = (choicesOf(kind, field.local, extra) ?? []).filter((choice) => {
    const written = write?.(choice);
    return typeof written === 'string' && !offered.includes(written);
  });
  if (lacking.length === 0) return;
  const message = `${field.remote} does not offer ${shownList(lacking)}; records with one of these values in ${field.local} are not updated.`;
  findings.warning(
    `${path}.remote`,
    field.local,
    'not_in_picklist',
    message,
    `Add ${shownList(lacking)} to the picklist of ${field.remote}, or map with "lookup".`,
  );
}
