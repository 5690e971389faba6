import type { FieldType } from '#src/domain/record.ts';
import { isRefusal } from './refusal.ts';
import { buildTransform } from './transform.ts';
import type { ValueSpec } from './transform.ts';
import { asRemote } from './transforms/definition.ts';
import type { Read, RemoteType, Transform, Write } from './transforms/definition.ts';

/** One step of a line. */
export interface Step {
  readonly name: string;
  readonly transform: Transform;
}

/** Steps that fit together, as one transform. */
export interface Pipeline extends Transform {
  readonly steps: readonly Step[];
}

/** The place where two steps do not fit together, or a step without a single result type. */
export interface StepMismatch {
  /** The index of the step that does not fit. */
  readonly index: number;
  readonly gives: FieldType | null;
}

/** Combines steps in reading order; writing reverses them. There must be at least one step. */
export function pipeline(specs: readonly ValueSpec[]): Pipeline | StepMismatch {
  const steps = specs.map((spec) => ({ name: spec.name, transform: buildTransform(spec) }));
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) throw new TypeError('a line needs at least one step');
  for (const [index, { transform }] of steps.entries()) {
    const [gives] = transform.fills;
    const next = steps[index + 1]?.transform;
    if (gives === undefined) return { index, gives: null };
    if (next && !next.readsFrom.includes(asRemote[gives])) return { index: index + 1, gives };
  }
  if (steps.length === 1) return { ...first.transform, steps };
  return {
    steps,
    fills: last.transform.fills,
    readsFrom: first.transform.readsFrom,
    read: chained(steps.map(({ transform }) => transform.read)),
    write: reversed(steps),
    loses: steps.find(({ transform }) => transform.loses !== null)?.transform.loses ?? null,
    ...(first.transform.writtenValues ? { writtenValues: first.transform.writtenValues } : {}),
    ...(first.transform.listedValues ? { listedValues: first.transform.listedValues } : {}),
    ...(last.transform.filledValues ? { filledValues: last.transform.filledValues } : {}),
  };
}

export const isMismatch = (result: Pipeline | StepMismatch): result is StepMismatch => 'index' in result;

function chained(reads: readonly Read[]): Read {
  return (value) => {
    let result: ReturnType<Read> = null;
    let given = value;
    for (const read of reads) {
      result = read(given);
      if (isRefusal(result)) return result;
      given = result;
    }
    return result;
  };
}

/** Null if a step cannot write, or cannot write the type that the step before it reads. */
function reversed(steps: readonly Step[]): Transform['write'] {
  const writes: Write[] = [];
  for (const [index, { transform }] of steps.entries()) {
    if (!transform.write) return null;
    const given = steps[index - 1]?.transform.fills[0];
    if (given === undefined) continue;
    if (!transform.write.to.includes(asRemote[given])) return null;
    writes.unshift(transform.write.as(asRemote[given]));
  }
  const outermost = steps[0]?.transform.write;
  if (!outermost) return null;
  return {
    to: outermost.to,
    as: (type: RemoteType): Write => {
      const last = outermost.as(type);
      return (value) => {
        let given = value;
        for (const write of writes) {
          const written = write(given);
          if (isRefusal(written)) return written;
          given = typeof written === 'number' ? String(written) : written;
        }
        return last(given);
      };
    },
  };
}
