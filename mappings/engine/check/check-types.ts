import { stepPath } from '#mappings/engine/pack/line.ts';
import type { Line, PackContext } from '#mappings/engine/pack/line.ts';
import { buildTransform, defaultTransform } from '#mappings/engine/transform.ts';
import { asRemote } from '#mappings/engine/transforms/definition.ts';
import type { RemoteType } from '#mappings/engine/transforms/definition.ts';

/** The names of the line's steps for messages. */
const stepNamesOf = ({ field, canonical }: Line): string =>
  field.transform?.map(({ name }) => name).join(', ') ?? canonical.type;

/** Checks that the steps fit the types of both fields, and that they can be reversed if the line writes. */
export function checkTypes(line: Line, { findings }: PackContext): void {
  const { field, path, canonical, steps, reads, combination, target } = line;
  const at = field.transform ? `${path}.transform` : `${path}.remote`;
  const goal = combination && field.direction === 'out' ? combination.gives : canonical.type;
  const add = (code: string, message: string, fix: string): void =>
    findings.problem(at, field.local, code, message, fix);
  if (!steps.fills.includes(goal)) {
    const [fill] = steps.fills;
    const further =
      fill && field.transform && goal !== 'boolean' && canConvert(fill, goal)
        ? `, or add "${goal}" as the last step`
        : '';
    const whose = combination && field.direction === 'out' ? `"${combination.name}"` : field.local;
    const message = `The transform "${stepNamesOf(line)}" gives ${steps.fills.join(' or ') || 'mixed types'}, but ${whose} is ${goal}.`;
    add('transform_unfit', message, `Remove the transform${further}, or use "${goal}".`);
    return;
  }
  if (field.direction !== 'out' && !steps.readsFrom.includes(reads)) {
    const what = combination
      ? `"${combination.name}" gives ${combination.gives}`
      : `${field.remote} is a ${reads} field`;
    add(
      'type_mismatch',
      `${what}; "${stepNamesOf(line)}" reads ${steps.readsFrom.join(', ')}.`,
      `Map ${field.local} to a ${steps.readsFrom[0]} field${throughLookup(line, reads)}.`,
    );
  }
  if (field.direction === 'in' || !target) return;
  if (!steps.write) {
    const oneWay = steps.steps.findIndex(({ transform }) => transform.write === null);
    const name = steps.steps[oneWay]?.name ?? stepNamesOf(line);
    findings.problem(
      stepPath(path, field, oneWay),
      field.local,
      'one_way',
      `"${name}" can only read, so ${field.local} cannot be written to ${field.remote}.`,
      'Set direction to "in".',
    );
  } else if (!steps.write.to.includes(target.type)) {
    add(
      'type_mismatch',
      `${field.remote} is a ${target.type} field; "${stepNamesOf(line)}" writes ${steps.write.to.join(', ')}.`,
      `Map ${field.local} to a ${steps.write.to[0]} field${throughLookup(line, target.type)}.`,
    );
  }
}

const canConvert = (fill: Line['canonical']['type'], goal: Line['canonical']['type']): boolean =>
  buildTransform(defaultTransform(goal)).readsFrom.includes(asRemote[fill]);

/** Suggests a lookup for a boolean that is a text or picklist in the CRM. */
function throughLookup({ canonical, field }: Line, type: RemoteType): string {
  const fits = canonical.type === 'boolean' && !field.transform && (type === 'picklist' || type === 'text');
  return fits ? ', or use "lookup" to define the values for true and false' : '';
}
