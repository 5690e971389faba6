import { Temporal } from 'temporal-polyfill';
import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { applyInbound, applyOutbound, type FieldProblem, type Outbound } from './apply.ts';
import type {
  CompiledMapping,
  Creation,
  MappingProblem,
  OutboundField,
  RemoteFieldShape,
  RemoteShape,
} from './compiled-mapping.ts';
import { suggestion } from './check/findings.ts';
import type { Line, PackContext } from './pack/line.ts';
import type { MappingPack } from './pack/pack.ts';
import type { Write } from './transforms/definition.ts';

/** The fields that a new opportunity gets once, though its mapping only reads them. */
const writtenOnce: ReadonlySet<string> = new Set([
  'name',
  'account',
  'amount',
  'currency',
  'closeDate',
  'productFamily',
  'owner',
]);

/**
 * How records are created: the lines that are written once, and the values of `create`. What stands in the way of a
 * creation is a warning, because all other records are synced.
 */
export function compileCreation(
  { create }: MappingPack,
  lines: readonly Line[],
  shape: RemoteShape,
  context: PackContext,
): Creation | null {
  if (create === undefined) return null;
  const written = lines.flatMap((line) => creationLine(line, context) ?? []);
  const filled = new Set([
    ...lines.filter(({ field }) => field.direction !== 'in').map(({ field }) => field.remote),
    ...written.map(({ remote }) => remote),
    ...Object.keys(create),
  ]);
  const problems = [
    ...lines.flatMap((line) => hiddenLine(line, context) ?? []),
    ...Object.entries(create).flatMap(([name, value]) => misfitOf(name, value, context) ?? []),
    ...shape.fields
      .filter(({ name, required, createable }) => required && createable && !filled.has(name))
      .map(({ name }) => unfilled(name, context)),
  ];
  for (const { path, field, code, message, fix } of problems)
    context.findings.warning(path, field, code, message, fix);
  return { lines: written, values: create, problems };
}

function misfitOf(
  name: string,
  value: string | number | boolean,
  { pack, remote }: PackContext,
): MappingProblem | null {
  const problem = (message: string, fix: string): MappingProblem => ({
    path: `create.${name}`,
    field: name,
    code: 'create_unfit',
    message,
    fix,
  });
  const target = remote.get(name);
  if (target === undefined)
    return problem(
      `${pack.object} has no field "${name}", or the integration user cannot see it.`,
      suggestion(name, remote.keys(), 'remote field', 'Remove it from create, or let the user see it.'),
    );
  if (!target.createable)
    return problem(`${name} of ${pack.object} cannot be set in a new record.`, 'Remove it from create.');
  const { type, values } = target;
  if (type !== 'picklist' || values === undefined || values.includes(String(value))) return null;
  return problem(
    `${name} of ${pack.object} has no value "${value}".`,
    suggestion(
      String(value),
      values,
      'value',
      `Choose one of its values: ${values.slice(0, 10).join(', ')}.`,
    ),
  );
}

/** Without one of these a new record would be another deal. */
const needed: ReadonlySet<string> = new Set(['name', 'account', 'amount', 'closeDate']);

function hiddenLine({ field, path }: Line, { pack, remote }: PackContext): MappingProblem | null {
  if (!needed.has(field.local) || remote.get(field.remote)?.createable !== false) return null;
  return {
    path,
    field: field.remote,
    code: 'create_unfit',
    message: `${field.remote} of ${pack.object} cannot be set in a new record.`,
    fix: 'Let the integration user edit it. Connecting again gives that right.',
  };
}

function unfilled(name: string, { pack }: PackContext): MappingProblem {
  return {
    path: 'create',
    field: name,
    code: 'create_incomplete',
    message: `${pack.object} requires ${name} in a new record, and Fairway has no value for it.`,
    fix: `Add ${name} with a value to “create” in the mapping, or give it a default in the CRM.`,
  };
}

function creationLine(line: Line, { remote, timeZone }: PackContext): OutboundField | null {
  const { field, canonical, steps } = line;
  const target = remote.get(field.remote);
  if (field.direction !== 'in' || !writtenOnce.has(field.local) || target?.createable !== true) return null;
  return {
    local: field.local,
    remote: field.remote,
    type: canonical.type,
    required: false,
    policy: 'fairway',
    write: writeOf(line, target, timeZone ?? 'UTC'),
    read: steps.read,
    length: target.type === 'text' ? (target.length ?? null) : null,
    scale: target.type === 'number' ? (target.scale ?? null) : null,
    contentKind: field.local === 'name' ? 'prose' : 'code',
    values: target.type === 'picklist' && target.values ? new Set(target.values) : null,
    choicesByType: new Map(),
    multiple: false,
    gathering: null,
    steps: steps.steps,
    target: target.type,
  };
}

/** The day of an instant is written as its noon, so that the day is the same in every view of the account. */
function writeOf({ canonical, steps, combination }: Line, { type }: RemoteFieldShape, zone: string): Write {
  if (canonical.type === 'date' && type === 'datetime') return (value) => noonOf(value, zone);
  if (combination === null && steps.write?.to.includes(type)) return steps.write.as(type);
  return (value) => value;
}

function noonOf(value: CanonicalValue, timeZone: string): string | null {
  if (typeof value !== 'string') return null;
  const noon = Temporal.PlainDate.from(value).toZonedDateTime({ timeZone, plainTime: '12:00' });
  return new Date(noon.epochMilliseconds).toISOString();
}

/**
 * The fields of a new record, and why it cannot be created: then a problem has the severity `error`. A value that would
 * be read back in another way is one of these reasons, because the record would differ from ours at once.
 */
export function createdRecord(mapping: CompiledMapping, values: CanonicalValues): Outbound {
  const { creation } = mapping;
  if (creation === undefined) return { fields: {}, problems: [noCreation(mapping)] };
  const withLines = { ...mapping, outbound: [...mapping.outbound, ...creation.lines] };
  const written = applyOutbound(withLines, values);
  const fields = { ...written.fields, ...creation.values };
  const problems = [
    ...written.problems,
    ...creation.problems.map(({ field, code, message, fix }): FieldProblem => {
      return { field, code, message, fix, severity: 'error' };
    }),
    ...changedOnTheWay(mapping, creation, values, fields),
  ];
  return { fields, problems };
}

function changedOnTheWay(
  mapping: CompiledMapping,
  { lines }: Creation,
  values: CanonicalValues,
  fields: Outbound['fields'],
): readonly FieldProblem[] {
  const back = applyInbound(mapping, fields);
  if (back.filtered)
    return [
      {
        field: 'filter',
        code: 'created_differently',
        message: `The filter of the mapping leaves out a new record of ${mapping.object}.`,
        fix: 'Change the filter, so that it takes records that Fairway creates.',
        severity: 'error',
      },
    ];
  return lines.flatMap(({ local, remote, type }): FieldProblem[] => {
    const given = values[local];
    // A long name is shortened.
    if (given === undefined || local === 'name') return [];
    const read = back.values[local] ?? null;
    if (sameValue(given, read, type)) return [];
    return [
      {
        field: remote,
        code: 'created_differently',
        message: `${String(given)} would be read back from ${remote} as ${String(read ?? 'nothing')}.`,
        fix: `Correct the line of ${local} in the mapping.`,
        severity: 'error',
      },
    ];
  });
}

const noCreation = ({ object }: CompiledMapping): FieldProblem => ({
  field: 'create',
  code: 'create_missing',
  message: `The mapping of ${object} does not say with which values a record is created.`,
  fix: 'Add “create” to the mapping, with the stage of a new record.',
  severity: 'error',
});
