import { z } from 'zod';
import { canonicalKinds, extraTypes } from '#src/domain/record.ts';
import { mappingStatuses } from '#src/domain/mappings/version-lifecycle.ts';
import { driftChanges } from '#src/operations/live-mappings/drift-findings.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { instant, systemKind, shown, shownBody, versionNumber, versionText } from '#src/http/schema.ts';

const kind = z.enum(canonicalKinds);
const direction = z.enum(['in', 'out', 'both']);

export const mappingParams = z.object({ connectionId: z.uuid(), object: z.string().min(1).max(255) });
/** `kind` is needed only for an object that is mapped to several kinds. */
export const mappingQuery = z.object({ kind: kind.optional() });

const field = z.object({
  /** Fairway's field. */
  local: z.string(),
  localType: z.string(),
  /** The vendor's field. Label and type are null until the object was described. */
  remote: z.string(),
  remoteLabel: z.string().nullable(),
  remoteType: z.string().nullable(),
  direction,
  /** The side that decides the value. */
  owner: z.enum(['remote', 'fairway']),
  transform: z.string(),
  /** The options of the transform as text; null when it has none. */
  options: z.string().nullable(),
  required: z.boolean(),
  optional: z.boolean(),
  /** The value in one of the vendor's records; null when none was read. */
  example: z.string().nullable(),
  /** False when the vendor's object has no such field; null until it was described. */
  present: z.boolean().nullable(),
});
export type MappingField = z.infer<typeof field>;

const openVersion = z.object({
  version: z.number(),
  status: z.enum(mappingStatuses),
  /** The person who submitted it, or saved the draft last. */
  by: z.string().nullable(),
  at: instant,
});

export const mappings = z.object({
  /** The mappings Fairway comes with, by system. */
  systems: z.array(
    z.object({
      system: z.string(),
      connections: z.array(z.string()),
      objects: z.array(z.object({ object: z.string(), kind, version: z.number(), fields: z.array(field) })),
    }),
  ),
  /** The live mappings: one row per connection, object and kind. */
  mappings: z.array(
    z.object({
      connectionId: z.uuid(),
      connection: z.string(),
      system: systemKind,
      object: z.string(),
      kind,
      /** Null for the first draft of an object without a mapping. */
      version: z.number().nullable(),
      /** False for the mapping that Fairway comes with. */
      custom: z.boolean(),
      /** False when records of this kind are neither read nor written. */
      enabled: z.boolean(),
      fieldCount: z.number(),
      /** The draft, or the version that waits for approval. */
      open: openVersion.nullable(),
      /** The number of changes in the CRM's schema that affect it. */
      driftCount: z.number(),
    }),
  ),
});

/** One step of a transform; `transforms` describes the options. */
const step = z.looseObject({ name: z.string() });

const extraField = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(extraTypes),
  values: z.array(z.string()).readonly().optional(),
});

/** A mapping as JSON. A request follows the rules of the YAML format, so a step without options may be its name. */
export const pack = z.object({
  system: z.string(),
  object: z.string(),
  kind,
  version: z.number(),
  enabled: z.boolean().optional(),
  extra: z.array(extraField).optional(),
  filter: z.string().optional(),
  match: z.array(z.string()).optional(),
  create: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  fields: z.array(
    z.object({
      local: z.string(),
      remote: z.string(),
      direction,
      policy: z.enum(policies).optional(),
      transform: z.array(step).optional(),
      default: z.union([z.string(), z.boolean()]).optional(),
      required: z.boolean().optional(),
      optional: z.boolean().optional(),
      lossy: z.literal(true).optional(),
    }),
  ),
});

export const problem = z.object({
  /** The place in the mapping, such as `fields[3].transform`; empty for the whole mapping. */
  path: z.string(),
  field: z.string(),
  code: z.string(),
  message: z.string(),
  fix: z.string(),
});

const person = z.string().nullable();

/** One version without its content. People are named; null when it has not happened or the person no longer exists. */
export const version = z.object({
  version: z.number(),
  status: z.enum([...mappingStatuses, 'shipped']),
  basedOn: z.number().nullable(),
  /** For a roll-back, the version it restored. */
  restores: z.number().nullable(),
  note: z.string().nullable(),
  revision: z.number(),
  createdBy: person,
  createdAt: instant.nullable(),
  updatedBy: person,
  updatedAt: instant.nullable(),
  submittedBy: person,
  submittedAt: instant.nullable(),
  decidedBy: person,
  decidedAt: instant.nullable(),
  decisionReason: z.string().nullable(),
  retiredAt: instant.nullable(),
  dryRunAt: instant.nullable(),
});

export const versionWithPack = version.extend({ pack });

const remoteField = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number().nullable(),
  values: z.array(z.string()).nullable(),
  referenceTo: z.array(z.string()).nullable(),
  required: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  /** The value in one of the vendor's records; null when it is empty or none was read. */
  sample: z.string().nullable(),
});

const ourField = z.object({
  /** As in `local`. */
  name: z.string(),
  label: z.string(),
  type: z.string(),
  required: z.boolean(),
  owner: z.enum(['remote', 'fairway']),
  /** The kind of record that a reference points to. */
  to: z.string().nullable(),
  /** True for a custom field. */
  extra: z.boolean(),
  values: z.array(z.string()).nullable(),
});

const transform = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  /** JSON Schema of its name and options. */
  options: z.record(z.string(), z.unknown()),
});

const checked = { problems: z.array(problem), warnings: z.array(problem) };

export const mappingPage = z.object({
  connection: z.object({ id: z.uuid(), name: z.string(), system: systemKind }),
  object: z.string(),
  objectLabel: z.string(),
  kind,
  /** All kinds that this object is mapped to. */
  kinds: z.array(kind),
  /** The live version; null while the kind is not mapped. `problems` are lines that no longer fit the CRM. */
  live: z.object({ ...versionWithPack.shape, custom: z.boolean(), ...checked }).nullable(),
  /** The draft, or the version that waits for approval. */
  open: z
    .object({
      ...versionWithPack.shape,
      ...checked,
      mayApprove: z.boolean(),
      /** The reason why the signed-in person cannot approve it; null when they can. */
      approvalBlocker: z.string().nullable(),
      /** The content that an approval or a rejection is about. */
      shown,
    })
    .nullable(),
  /** The content that a roll-back replaces. */
  liveShown: shown,
  remoteFields: z.array(remoteField),
  ourFields: z.array(ourField),
  transforms: z.array(transform),
  /** Changes in the CRM's schema since this version was first compared with it; null before the first check. */
  drift: z
    .object({
      findings: z.array(
        z.object({
          change: z.enum(driftChanges),
          remote: z.string(),
          /** Fairway's fields that are mapped to it. */
          locals: z.array(z.string()).readonly(),
          renamedTo: z.string().nullable(),
          /** True when these fields are no longer synced. */
          stopsSync: z.boolean(),
          message: z.string(),
          fix: z.string(),
        }),
      ),
      foundAt: instant.nullable(),
      checkedAt: instant,
    })
    .nullable(),
  history: z.array(version),
});

export const draftBody = z
  .strictObject({
    /** An earlier version to start from. Without `from` and `yaml`, the draft starts from the live version. */
    from: versionNumber.optional(),
    yaml: z.string().min(1).optional(),
    kind: kind.optional(),
  })
  .refine((body) => body.from === undefined || body.yaml === undefined, {
    error: 'Send either “from” or “yaml”, not both.',
    path: ['yaml'],
  });

/** The mapping as JSON, or as the text of a YAML file. */
export const saveBody = z
  .strictObject({
    pack: z.looseObject({}).optional(),
    yaml: z.string().min(1).optional(),
    revision: versionNumber,
  })
  .refine((body) => (body.pack === undefined) !== (body.yaml === undefined), {
    error: 'Send either “pack” or “yaml”.',
    path: ['pack'],
  });
export const discardQuery = mappingQuery.extend({ revision: versionText });
export const submitBody = z.strictObject({
  revision: versionNumber,
  note: z.string().trim().max(2_000).default(''),
  /** The live version the person compared the draft with, when the draft was based on another one. */
  comparedVersion: versionNumber.optional(),
});
const reason = z.string().trim().min(1).max(2_000);
/** `version` is the version that the person looked at. */
export const approveBody = z.strictObject({ version: versionNumber, shown: shownBody });
export const rejectBody = z.strictObject({ version: versionNumber, reason, shown: shownBody });
/** `shown` is `liveShown` of the page. */
export const rollBackBody = z.strictObject({ version: versionNumber, reason, shown: shownBody });

export const draft = z.object({ ...versionWithPack.shape, ...checked });
export const discarded = z.object({ discarded: z.literal(true) });

export const versionParams = mappingParams.extend({ version: versionText });
export const yamlFile = z.object({ name: z.string(), yaml: z.string() });

/** `live`, `draft` or a version number. */
const side = z.union([z.literal('live'), z.literal('draft'), versionText]);
export const differenceQuery = mappingQuery.extend({ from: side.default('live'), to: side.default('draft') });
export const difference = z.object({
  from: z.number().nullable(),
  to: z.number(),
  lines: z.array(
    z.object({
      change: z.enum(['added', 'removed', 'changed']),
      local: z.string().nullable(),
      remote: z.string().nullable(),
      /** One plain sentence. */
      message: z.string(),
    }),
  ),
});

/** What the changed lines do to some real records. */
export const lineExamplesAnswer = z.object({
  lines: z.array(
    z.object({
      local: z.string(),
      remote: z.string(),
      /** Where the values are: in Fairway for a line that is read, in the CRM for one that is only written. */
      side: z.enum(['fairway', 'crm']),
      /** At most three; null is an empty value. */
      examples: z.array(
        z.object({ ref: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
      ),
    }),
  ),
  /** The reason why no records could be read. */
  problem: z.string().nullable(),
});

export const recordQuery = mappingQuery.extend({ search: z.string().trim().max(200).default('') });
export const records = z.object({
  records: z.array(z.object({ ref: z.string(), name: z.string().nullable(), modifiedAt: instant })),
});

export const suggestions = z.object({
  suggestions: z.array(
    z.object({
      remote: z.string(),
      /** Fairway's field; null when a custom field would be needed. */
      local: z.string().nullable(),
      /** The custom field to declare; null when Fairway's field fits. */
      newField: extraField.nullable(),
      /** Null for the default transform of the field's type. */
      transform: step.nullable(),
      /** 0 to 1. */
      confidence: z.number(),
      reason: z.string(),
    }),
  ),
  /** The number of records whose values were compared. */
  sampleCount: z.number(),
  /** The reason why no values could be read. */
  sampleProblem: z.string().nullable(),
});
