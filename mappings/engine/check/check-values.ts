import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import { choicesOf } from '#mappings/engine/field-schema.ts';
import type { Line, PackContext } from '#mappings/engine/pack/line.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';
import type { Pipeline } from '#mappings/engine/pipeline.ts';
import { isRefusal, shown, shownList } from '#mappings/engine/refusal.ts';
import { buildTransform, defaultTransform } from '#mappings/engine/transform.ts';

/** Compares the choices of a picklist with the values that the steps list. */
export function checkReading(
  { field, path, target, steps }: Line,
  { findings, pack, kind, extra }: PackContext,
): void {
  if (target?.type !== 'picklist' || !target.values) return;
  const offered = target.values;
  const { listedValues: listed } = steps;
  const same = (a: string, b: string): boolean =>
    a === b || (listed?.sameCase === false && a.toLowerCase() === b.toLowerCase());
  for (const value of listed?.values ?? []) {
    if (offered.some((choice) => same(choice, value))) continue;
    const similar = nearest(value, offered);
    const fix = similar
      ? `Did you mean ${shown(similar)}?`
      : `Remove ${shown(value)}, or add it to the picklist.`;
    findings.warning(
      `${path}.transform`,
      field.local,
      'choice_unknown',
      `${field.remote} does not offer ${shown(value)}.`,
      fix,
    );
  }
  const choices =
    listed || steps.steps.length > 1 || field.transform ? null : choicesOf(kind, field.local, extra);
  const known = listed?.others === 'refused' ? listed.values : choices;
  const unknown = known ? offered.filter((choice) => !known.some((value) => same(choice, value))) : [];
  if (unknown.length === 0) return;
  const message = `${field.remote} also offers ${shownList(unknown)}, which ${field.local} cannot use: ${pack.object} records with it keep the previous value.`;
  findings.warning(
    `${path}.transform`,
    field.local,
    'choice_unhandled',
    message,
    `Add ${shownList(unknown)} to a lookup of this field, or set "otherwise" in it.`,
  );
}

/** Precedence counts from the creation of a registration, so it must not be read from a field that people fill in. */
export function checkCreation({ field, path, target }: Line, { findings, kind }: PackContext): void {
  if (kind !== 'registration' || field.local !== 'createdAt' || target?.updateable === false) return;
  const message = `Precedence counts from createdAt, and people can change ${field.remote}.`;
  findings.problem(
    `${path}.remote`,
    field.local,
    'creation_writable',
    message,
    'Map createdAt to the date on which the CRM created the record, which nobody can change, without combining fields.',
  );
}

/**
 * With direction "both" a value that is written must be read back unchanged, unless the line is marked as
 * lossy.
 */
export function checkLoss({ field, path, steps, target }: Line, { findings }: PackContext): void {
  if (field.direction !== 'both' || !target) return;
  if (steps.loses !== null && !field.lossy) {
    const message = `With direction "both", "${lossyStep(steps)}" loses ${steps.loses}.`;
    findings.problem(
      `${path}.lossy`,
      field.local,
      'lossy',
      message,
      'Set direction to "in" or "out", or set lossy: true to accept the loss.',
    );
    return;
  }
  if (steps.loses === null && field.lossy)
    findings.warning(
      `${path}.lossy`,
      field.local,
      'not_lossy',
      `Nothing is lost between ${field.local} and ${field.remote}.`,
      'Remove "lossy".',
    );
  const write = steps.write?.as(target.type);
  const broken = (steps.filledValues ?? []).find(
    (value) => !field.lossy && write && steps.read(write(value)) !== value,
  );
  if (broken === undefined) return;
  const message = `${shown(broken)} is written to ${field.remote} in a way that is not read back as ${shown(broken)}.`;
  findings.problem(
    `${path}.transform`,
    field.local,
    'round_trip',
    message,
    'Change the order of the steps, or write the values of the lookup in the form that the steps before it produce.',
  );
}

const lossyStep = (steps: Pipeline): string =>
  steps.steps.find(({ transform }) => transform.loses !== null)?.name ?? '';

const examples: Readonly<Record<FieldType, string>> = {
  text: 'a text',
  reference: 'nothing',
  boolean: 'true or false',
  decimal: 'a number such as 0.15',
  date: 'a date such as 2026-01-31',
  instant: 'a time such as 2026-01-31T10:00:00Z',
};

/**
 * The default as a canonical value. Null if there is none. With direction "both" the CRM must accept it too.
 */
export function checkDefault(
  { field, path, canonical, target, steps }: Line,
  { kind, extra, findings }: PackContext,
): CanonicalValue {
  if (field.default === undefined) return null;
  const at = `${path}.default`;
  const add = (code: string, message: string, fix: string): null => {
    findings.problem(at, field.local, code, message, fix);
    return null;
  };
  if (canonical.type === 'reference')
    return add(
      'default_unfit',
      `${field.local} refers to a record and cannot have a default.`,
      'Remove "default".',
    );
  const value = buildTransform(defaultTransform(canonical.type)).read(field.default);
  if (isRefusal(value) || (canonical.type === 'boolean') !== (typeof field.default === 'boolean')) {
    return add(
      'default_unfit',
      `The default ${shown(field.default)} is not a ${canonical.type}.`,
      `Write ${examples[canonical.type]}.`,
    );
  }
  const choices = choicesOf(kind, field.local, extra);
  if (choices && !choices.includes(String(value))) {
    return add(
      'default_unfit',
      `${field.local} cannot be ${shown(value)}.`,
      `Write one of: ${choices.join(', ')}.`,
    );
  }
  if (field.direction !== 'both' || !target) return value;
  const written = steps.write?.as(target.type)(value);
  if (isRefusal(written))
    return add(
      'default_unwritable',
      `The default ${shown(value)} cannot be written to ${field.remote}: ${written.message}`,
      written.fix,
    );
  if (target.values && typeof written === 'string' && !target.values.includes(written)) {
    const similar = nearest(written, target.values);
    return add(
      'default_unwritable',
      `${field.remote} does not offer the default ${shown(written)}.`,
      similar ? `Did you mean ${shown(similar)}?` : 'Write a value that the picklist offers.',
    );
  }
  return value;
}
