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
    /** The canonical field of the kind, or `extra.<name>`. */
    local: name,
    /** The vendor's field. If absent, it is the first source of the first step. */
    remote: name,
    /** `in`: read from the vendor · `out`: written to the vendor · `both`: synced both ways. */
    direction: z.enum(['in', 'out', 'both']),
    /** Only for direction `both`: the side that wins if both changed the field. Default: `crm`. */
    policy: z.enum(policies).optional(),
    /**
     * The steps in reading order; writing reverses them. Default: the transform with the name of the
     * canonical field's type.
     */
    transform: transformSteps.optional(),
    /** The canonical value if the remote value is blank. */
    default: z
      .preprocess(
        (value) => (typeof value === 'number' ? String(value) : value),
        z.union([z.string().min(1), z.boolean()]),
      )
      .optional(),
    /** True if a record without a value is not imported or not written. */
    required: z.boolean().optional(),
    /** True if the line is ignored, with a warning, in an org without the remote field. */
    optional: z.boolean().optional(),
    /**
     * Only for direction `both`: accepts that the transform changes values that are written and read back.
     */
    lossy: z.literal(true).optional(),
  })
  .superRefine((field, context) => {
    const wrong = (setting: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [setting], message });
    if (field.required && field.optional) wrong('optional', 'a field cannot be both required and optional');
    if (field.direction === 'in' && field.policy)
      wrong('policy', 'a field that is only read always has the CRM’s value, so it has no policy');
    if (field.direction === 'out' && (field.policy ?? 'fairway') !== 'fairway')
      wrong(
        'policy',
        'a field that is only written always has Fairway’s value, so its policy can only be "fairway"',
      );
    if (field.direction === 'out' && field.default !== undefined)
      wrong('default', 'a default fills our field if the CRM’s is blank, but this field is only written');
  });

const mappedField = z.preprocess(withRemote, packField);

/** A custom field. In `local` it is written `extra.<name>`. */
const extraField = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z][A-Za-z0-9]{0,59}$/,
        'use a lower-case letter followed by letters and digits, such as dealRegion',
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
        message: `only a text can have a list of values, but this is a ${field.type}`,
      });
    for (const index of repeated(field.values ?? []))
      context.addIssue({
        code: 'custom',
        path: ['values', index],
        message: `"${field.values?.[index]}" is listed twice`,
      });
  });

/** Every expression is compiled wherever the mapping is used, so that all together must not take long. */
const mostExpressionText = 40_000;

const expressionsOf = ({ transform }: z.infer<typeof packField>): string[] =>
  (transform ?? []).flatMap((step) => (step.name === 'expression' ? [step.cel] : []));

/**
 * The mapping of one vendor object to one canonical kind. It is declarative, versioned, and the same for all
 * records.
 */
export const mappingPack = z
  .strictObject({
    system: name,
    /** The vendor's object name. */
    object: name,
    kind: z.enum(canonicalKinds),
    version: z.int().positive(),
    /**
     * False: the object is neither read nor written. Optional kinds are disabled by default; a customer
     * enables them with a new version.
     */
    enabled: z.boolean().optional(),
    /** The custom fields of this kind. */
    extra: z.array(extraField).max(1_000).optional(),
    /**
     * A CEL expression over `remote`. Other records are not imported, and a record that was imported before
     * is treated as deleted.
     */
    filter: z.string().trim().min(1).max(2_000).optional(),
    /**
     * Canonical fields that match a record without a link with an existing one. For records that Fairway
     * creates: the key of the upsert.
     */
    match: z.array(name).min(1).max(5).optional(),
    /**
     * Only for opportunities: the vendor's fields that a record gets when Fairway creates it, such as its stage.
     */
    create: z
      .record(name, z.union([z.string().trim().min(1).max(1_000), z.number(), z.boolean()]))
      .optional(),
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
    const expressions = [pack.filter ?? '', ...pack.fields.flatMap(expressionsOf)];
    const length = expressions.reduce((sum, cel) => sum + cel.length, 0);
    if (length > mostExpressionText)
      wrong(
        ['fields'],
        `all expressions together have ${length} characters; at most ${mostExpressionText} are possible`,
      );
    if (pack.create !== undefined && pack.kind !== 'opportunity')
      wrong(['create'], 'Fairway creates only opportunities with these values');
    for (const index of repeated(pack.match ?? []))
      wrong(['match', index], `"${pack.match?.[index]}" is listed twice`);
  });

export type MappingPack = z.infer<typeof mappingPack>;
export type MappedField = MappingPack['fields'][number];

/**
 * Fills in the field that a line with a combination may leave out: the remote field when it reads, the
 * canonical field when it writes. It is the first source of the combination.
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

/** Validates a pack from parsed YAML or JSON. */
export function readPack(input: unknown): PackReading {
  const result = mappingPack.safeParse(input);
  if (result.success) return { ok: true, pack: result.data };
  return { ok: false, problems: packProblems(result.error.issues, input, settingsAt) };
}

/** The settings that are possible at a path of a pack. */
function settingsAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.at(0) === 'extra') return Object.keys(extraField.shape);
  return Object.keys(path.at(0) === 'fields' ? packField.shape : mappingPack.shape);
}
