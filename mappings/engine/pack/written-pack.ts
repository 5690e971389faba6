import type { MappedField, MappingPack } from './pack.ts';
import type { TransformSpec } from '#mappings/engine/transform.ts';

type Written = Readonly<Record<string, unknown>>;

/**
 * A pack in the short form that people write: a single step without a list, a step without options as its
 * name, and no undefined settings.
 */
export function writtenPack({
  system,
  object,
  kind,
  version,
  enabled,
  extra,
  filter,
  match,
  create,
  fields,
}: MappingPack): Written {
  return present({
    system,
    object,
    kind,
    version,
    enabled,
    extra,
    filter,
    match,
    create,
    fields: fields.map(writtenField),
  });
}

function writtenField({ transform, local, remote, direction, policy, ...rest }: MappedField): Written {
  return present({
    local,
    remote,
    direction,
    policy,
    transform: transform && writtenSteps(transform),
    ...rest,
  });
}

function writtenSteps(steps: readonly TransformSpec[]): unknown {
  const written = steps.map((step) => (Object.keys(step).length === 1 ? step.name : present(step)));
  return written.length === 1 ? written[0] : written;
}

const present = (value: object): Written =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
