import { canonicalKinds } from '#src/domain/record.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { transformNames, transformSpec } from './transform.ts';

const name = z.string().trim().min(1);

const mappedField = z
  .strictObject({
    /** Our field, from `canonicalFields`. */
    local: name,
    /** The vendor's field. */
    remote: name,
    /** `in`: read from the vendor · `out`: written to it · `both`. */
    direction: z.enum(['in', 'out', 'both']),
    /** Of a field that goes both ways: who wins when both sides changed it. Default: `crm`. */
    policy: z.enum(policies).optional(),
    /** Default: the transform named like the type of our field. */
    transform: transformSpec.optional(),
    /** A record without it is not placed, or not written. */
    required: z.boolean().optional(),
    /** An org that lacks the remote field is mapped without it, with a warning. */
    optional: z.boolean().optional(),
  })
  .refine((field) => !(field.required && field.optional), { error: 'a field cannot be both required and optional', path: ['optional'] })
  .refine((field) => !(field.direction === 'in' && field.policy), {
    error: 'a field that is only read is always as the CRM has it, so no policy decides',
    path: ['policy'],
  })
  .refine((field) => !(field.direction === 'out' && (field.policy ?? 'fairway') !== 'fairway'), {
    error: 'a field that is only written is Fairway’s, so no other policy decides',
    path: ['policy'],
  });

/** How one vendor object maps to one of our kinds. Declarative, versioned, and the same for every record of the object. */
const mappingPack = z
  .strictObject({
    system: name,
    /** The vendor's object name. */
    object: name,
    kind: z.enum(canonicalKinds),
    version: z.int().positive(),
    fields: z.array(mappedField).min(1),
  })
  .superRefine((pack, context) => {
    const reads = pack.fields.map((field) => (field.direction === 'out' ? null : field.local));
    const writes = pack.fields.map((field) => (field.direction === 'in' ? null : field.remote));
    for (const index of repeated(reads))
      context.addIssue({ code: 'custom', path: ['fields', index, 'local'], message: `"${reads[index]}" is read from two remote fields` });
    for (const index of repeated(writes))
      context.addIssue({
        code: 'custom',
        path: ['fields', index, 'remote'],
        message: `"${writes[index]}" is written from two of our fields`,
      });
  });

export type MappingPack = z.infer<typeof mappingPack>;
export type MappedField = MappingPack['fields'][number];

function repeated(names: readonly (string | null)[]): number[] {
  return names.flatMap((found, index) => (found !== null && names.indexOf(found) < index ? [index] : []));
}

/** What is wrong in a pack as written, before any org is asked. */
export interface PackProblem {
  /** `fields[3].direction`; empty for the whole pack. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

export type PackReading =
  | { readonly ok: true; readonly pack: MappingPack }
  | { readonly ok: false; readonly problems: readonly PackProblem[] };

/** Reads a pack from parsed YAML or JSON. */
export function readPack(input: unknown): PackReading {
  const result = mappingPack.safeParse(input);
  if (result.success) return { ok: true, pack: result.data };
  return { ok: false, problems: result.error.issues.flatMap(problemsOf) };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue): PackProblem[] {
  const path = z.core.toDotPath(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path, message: `"${key}" is not a setting here`, fix: keyFix(key, issue.path) }));
  return [{ path, message: issue.message, fix: fixOf(issue, path) }];
}

function keyFix(key: string, path: readonly PropertyKey[]): string {
  const meant = nearest(key, Object.keys(path.at(0) === 'fields' ? mappedField.shape : mappingPack.shape));
  return meant ? `Rename it to "${meant}".` : 'Remove it.';
}

function fixOf(issue: Issue, path: string): string {
  const what = path === '' ? 'the pack' : path;
  switch (issue.code) {
    case 'invalid_value':
      return `Set ${what} to one of: ${issue.values.join(', ')}.`;
    case 'invalid_type':
      return `Set ${what} to a value of type ${issue.expected}.`;
    case 'invalid_union':
      return `Set ${what} to one of: ${transformNames.join(', ')}.`;
    case 'too_small':
      return `Fill in ${what}.`;
    case 'custom':
      if (path.endsWith('.optional')) return 'Remove one of the two.';
      if (path.endsWith('.policy')) return `Remove ${what}, or set direction to "both".`;
      return `Remove ${what.replace(/\.\w+$/, '')} or correct it.`;
    default:
      return `Correct ${what}.`;
  }
}
