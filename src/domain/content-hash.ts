import { createHash } from 'node:crypto';
import { AppError } from '#src/domain/errors.ts';

/** SHA-256, in hex, of a value's canonical JSON. The order of keys does not change the hash. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/**
 * JSON with sorted keys and no white space. Members that are `undefined` are left out; a bigint is written as
 * an integer.
 *
 * @throws AppError `internal` for a value that JSON cannot hold, because a hash must cover all of its content
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'bigint':
      return value.toString();
    case 'number':
      if (Number.isFinite(value)) return JSON.stringify(value);
      break;
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
  }
  throw new AppError('internal', 'A value that is not JSON cannot be hashed.', { value: String(value) });
}

function canonicalObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new AppError('internal', 'Only plain objects can be hashed.', { type: value.constructor.name });
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
