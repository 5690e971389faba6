import { canonicalKinds, extraTypes } from '#src/domain/record.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { z } from 'zod';
import { packProblems } from '#mappings/engine/check/pack-problems.ts';
import type { PackProblem } from '#mappings/engine/check/pack-problems.ts';
import { transformSteps } from '#mappings/engine/transform.ts';
import { isCombination, sourcesOf } from '#mappings/engine/transforms/combination.ts';

const name = z.string().trim().min(1);

const packField = z
  .strictObject({
    /** Our field: one of the kind's, or `extra.<name>`. */
    local: name,
    /** The vendor's field. May be left out where the first step names it: its first source is taken. */
    remote: name,
    /** `in`: read from the vendor · `out`: written to it · `both`. */
    direction: z.enum(['in', 'out', 'both']),
    /** Of a field that goes both ways: who wins when both sides changed it. Default: `crm`. */
    policy: z.enum(policies).optional(),
    /**
     * Steps in reading order; writing undoes them in reverse. Default: the transform named like the type of
     * our field.
     */
    transform: transformSteps.optional(),
    /** Ours, when theirs is blank. */
    default: z
      .preprocess(
        (value) => (typeof value === 'number' ? String(value) : value),
        z.union([z.string().min(1), z.boolean()]),
      )
      .optional(),
    /** A record without it is not placed, or not written. */
    required: z.boolean().optional(),
    /** An org that lacks the remote field is mapped without it, with a warning. */
    optional: z.boolean().optional(),
    /** Of a field that goes both ways: its transform changes values on a round trip, and that is meant. */
    lossy: z.literal(true).optional(),
  })
  .superRefine((field, context) => {
    const wrong = (setting: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [setting], message });
    if (field.required && field.optional) wrong('optional', 'a field cannot be both required and optional');
    if (field.direction === 'in' && field.policy)
      wrong('policy', 'a field that is only read is always as the CRM has it, so no policy decides');
    if (field.direction === 'out' && (field.policy ?? 'fairway') !== 'fairway')
      wrong('policy', 'a field that is only written is Fairway’s, so no other policy decides');
    if (field.direction === 'out' && field.default !== undefined)
      wrong('default', 'a default fills our field when theirs is blank, and this field is only written');
  });

const mappedField = z.preprocess(withRemote, packField);

/** A field a customer declares; in `local` it is written `extra.<name>`. */
const extraField = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z][A-Za-z0-9]{0,59}$/,
        'begins with a small letter and has letters and digits only, as in dealRegion',
      ),
    label: z.string().trim().min(1).max(80),
    type: z.enum(extraTypes),
    values: z.array(z.string().trim().min(1)).min(1).max(1_000).optional(),
  })
  .superRefine((field, context) => {
    if (field.values && field.type !== 'text')
      context.addIssue({
        code: 'custom',
        path: ['values'],
        message: `only a text has a list of values, and this is a ${field.type}`,
      });
    for (const index of repeated(field.values ?? []))
      context.addIssue({
        code: 'custom',
        path: ['values', index],
        message: `"${field.values?.[index]}" is listed twice`,
      });
  });

/**
 * How one vendor object maps to one of our kinds. Declarative, versioned, and the same for every record of
 * the object.
 */
export const mappingPack = z
  .strictObject({
    system: name,
    /** The vendor's object name. */
    object: name,
    kind: z.enum(canonicalKinds),
    version: z.int().positive(),
    /**
     * False: nothing of this kind is read or written. Kinds that not everybody uses come switched off; a
     * version of the customer's own switches them on.
     */
    enabled: z.boolean().optional(),
    /** The customer's own fields of this kind. */
    extra: z.array(extraField).max(1_000).optional(),
    /**
     * CEL over `remote`: records for which it is not true are not placed, and one placed before counts as
     * gone.
     */
    filter: z.string().trim().min(1).max(2_000).optional(),
    /**
     * Fields of ours by which a record without a link finds one we have; of what we create, the key of the
     * upsert.
     */
    match: z.array(name).min(1).max(5).optional(),
    fields: z.array(mappedField).min(1).max(1_000),
  })
  .superRefine((pack, context) => {
    const wrong = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const reads = pack.fields.map((field) => (field.direction === 'out' ? null : field.local));
    const writes = pack.fields.map((field) => (field.direction === 'in' ? null : field.remote));
    const extras = pack.extra?.map((field) => field.name) ?? [];
    for (const index of repeated(reads))
      wrong(['fields', index, 'local'], `"${reads[index]}" is read from two remote fields`);
    for (const index of repeated(writes))
      wrong(['fields', index, 'remote'], `"${writes[index]}" is written from two of our fields`);
    for (const index of repeated(extras))
      wrong(['extra', index, 'name'], `"${extras[index]}" is declared twice`);
    for (const index of repeated(pack.match ?? []))
      wrong(['match', index], `"${pack.match?.[index]}" is listed twice`);
  });

export type MappingPack = z.infer<typeof mappingPack>;
export type MappedField = MappingPack['fields'][number];

/**
 * A line whose transform combines fields may leave out the one it would take first: theirs when it reads,
 * ours when it writes.
 */
function withRemote(written: unknown): unknown {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
  const line = written as Readonly<Record<string, unknown>>;
  const side = line['direction'] === 'in' ? 'remote' : 'ours';
  const missing = side === 'remote' ? 'remote' : 'local';
  if (line[missing] !== undefined || line['direction'] === 'both') return written;
  const steps = transformSteps.safeParse(line['transform']).data ?? [];
  const first = steps.filter(isCombination).flatMap((spec) => sourcesOf(spec, side))[0];
  return first === undefined ? written : { ...line, [missing]: first };
}

function repeated(names: readonly (string | null)[]): number[] {
  const seen = new Set<string>();
  return names.flatMap((found, index) => {
    if (found === null) return [];
    const again = seen.has(found);
    seen.add(found);
    return again ? [index] : [];
  });
}

export type { PackProblem };

export type PackReading =
  | { readonly ok: true; readonly pack: MappingPack }
  | { readonly ok: false; readonly problems: readonly PackProblem[] };

/** Reads a pack from parsed YAML or JSON. */
export function readPack(input: unknown): PackReading {
  const result = mappingPack.safeParse(input);
  if (result.success) return { ok: true, pack: result.data };
  return { ok: false, problems: packProblems(result.error.issues, input, settingsAt) };
}

/** The settings there are at a place of a pack. */
function settingsAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.at(0) === 'extra') return Object.keys(extraField.shape);
  return Object.keys(path.at(0) === 'fields' ? packField.shape : mappingPack.shape);
}
