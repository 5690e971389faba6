import type { FieldType } from '#src/domain/record.ts';
import { isRefusal } from './refusal.ts';
import { buildTransform } from './transform.ts';
import type { ValueSpec } from './transform.ts';
import { asRemote } from './transforms/definition.ts';
import type { Read, RemoteType, Transform, Write } from './transforms/definition.ts';

/** One step of a line, under its name. */
export interface Step {
  readonly name: string;
  readonly transform: Transform;
}

/** Steps that fit each other, as one transform. */
export interface Pipeline extends Transform {
  readonly steps: readonly Step[];
}

/** Where two neighbours do not fit, or the only step gives no single type. */
export interface Misfit {
  /** Place of the step that cannot go on. */
  readonly index: number;
  readonly gives: FieldType | null;
}

/** Puts steps together in reading order; writing undoes them in reverse. At least one step. */
export function pipeline(specs: readonly ValueSpec[]): Pipeline | Misfit {
  const steps = specs.map((spec) => ({ name: spec.name, transform: buildTransform(spec) }));
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) throw new TypeError('a line has at least one step');
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
    write: writing(steps),
    loses: steps.find(({ transform }) => transform.loses !== null)?.transform.loses ?? null,
    ...(first.transform.written ? { written: first.transform.written } : {}),
    ...(first.transform.named ? { named: first.transform.named } : {}),
    ...(last.transform.filled ? { filled: last.transform.filled } : {}),
  };
}

export const isMisfit = (result: Pipeline | Misfit): result is Misfit => 'index' in result;

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

/** Null when a step cannot be undone, or cannot write what the step before it would have read. */
function writing(steps: readonly Step[]): Transform['write'] {
  const undone: Write[] = [];
  for (const [index, { transform }] of steps.entries()) {
    if (!transform.write) return null;
    const given = steps[index - 1]?.transform.fills[0];
    if (given === undefined) continue;
    if (!transform.write.to.includes(asRemote[given])) return null;
    undone.unshift(transform.write.as(asRemote[given]));
  }
  const outermost = steps[0]?.transform.write;
  if (!outermost) return null;
  return {
    to: outermost.to,
    as: (type: RemoteType): Write => {
      const last = outermost.as(type);
      return (value) => {
        let given = value;
        for (const write of undone) {
          const written = write(given);
          if (isRefusal(written)) return written;
          given = typeof written === 'number' ? String(written) : written;
        }
        return last(given);
      };
    },
  };
}
