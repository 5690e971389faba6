import { readPack, type MappingPack, type PackProblem } from '#mappings/engine/pack/pack.ts';
import { openVersion, type MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { checkMapping, knownDescription, refuseProblems } from './check-mapping.ts';
import { rejectMapping } from './decide-mapping.ts';
import { draftMapping, saveMappingDraft } from './draft-mapping.ts';
import { mappingTarget, type MappingTarget } from './mapping-target.ts';
import { packFromYaml, samePack } from './pack-yaml.ts';
import { submitMapping } from './submit-mapping.ts';

/**
 * A pack from YAML, or as sent. @throws AppError `bad_request` naming every place that is wrong, and its fix
 */
export function requirePack(written: string | object): MappingPack {
  const reading = typeof written === 'string' ? packFromYaml(written) : readPack(written);
  if (!reading.ok) throw refusePack(reading.problems);
  return reading.pack;
}

function refusePack(problems: readonly PackProblem[]): AppError {
  const words = problems.map(
    ({ path, message, fix }) => [path || 'The mapping', `${message}. ${fix}`] as const,
  );
  const [first] = words;
  const more = words.length > 1 ? ` ${words.length - 1} more like this.` : '';
  return new AppError('bad_request', `${first?.join(': ') ?? 'This is no mapping.'}${more}`, {
    fields: Object.fromEntries(words),
  });
}

export interface ImportInput {
  readonly connectionId: string;
  readonly pack: MappingPack;
  readonly note: string | null;
  readonly personId: string;
  /** Who else wrote it, as git knows it: they cannot approve it either. */
  readonly authorIds?: readonly string[] | undefined;
}

export type Imported =
  /** It says what is in force already. */
  | { readonly did: 'nothing'; readonly version: number }
  /** The same was handed in before and waits for approval. */
  | { readonly did: 'waits'; readonly version: number }
  | { readonly did: 'submitted'; readonly version: number };

/**
 * Hands a mapping kept elsewhere, as in git, in for approval. What the same person handed in before and is
 * not decided on gives way to it; somebody else's draft does not.
 *
 * @throws AppError `conflict` when it does not fit, or somebody else is at work on this mapping;
 * `bad_request` when it is another system's
 */
export async function importMapping(
  deps: Deps,
  { connectionId, pack, note, personId, authorIds }: ImportInput,
): Promise<Imported> {
  const query = { connectionId, object: pack.object, kind: pack.kind };
  const target = await mappingTarget(deps, query);
  const { connection, inForce, place } = target;
  if (pack.system !== connection.kind)
    throw new AppError(
      'bad_request',
      `This mapping is for ${pack.system}, and ${connection.name} is ${connection.kind}.`,
      {
        field: 'system',
      },
    );
  const open = await openVersion(deps.db, place);
  // Handed in against a version that is not live any more, it cannot be approved.
  const isCurrent = open?.basedOn === (inForce?.version ?? null);
  if (open?.status === 'submitted' && isCurrent && samePack(open.pack, pack))
    return { did: 'waits', version: open.version };
  if (inForce && inForce.object === pack.object && samePack(inForce, pack))
    return { did: 'nothing', version: inForce.version };
  refuseProblems(
    'This mapping',
    await checkMapping(deps, connection, pack, await knownDescription(deps, connection, pack.object)),
  );
  const draft = await draftedFrom(deps, target, open, pack, personId);
  const against = inForce === null ? {} : { against: inForce.version };
  const { version } = await submitMapping(deps, {
    ...query,
    revision: draft.revision,
    note,
    personId,
    authorIds,
    ...against,
  });
  return { did: 'submitted', version };
}

async function draftedFrom(
  deps: Deps,
  { place }: MappingTarget,
  open: MappingVersion | null,
  pack: MappingPack,
  personId: string,
): Promise<MappingVersion> {
  if (open && isOwn(open, personId)) {
    if (open.status === 'draft')
      return (await saveMappingDraft(deps, { ...place, pack, revision: open.revision, personId })).version;
    await rejectMapping(deps, {
      ...place,
      version: open.version,
      personId,
      reason: 'Its author has handed in another in its place.',
    });
  }
  return (await draftMapping(deps, { ...place, pack, personId })).version;
}

/** Nobody else has worked on it here; of what was handed in, others may be named as its authors. */
function isOwn(
  { status, editors, createdBy, updatedBy, submittedBy }: MappingVersion,
  personId: string,
): boolean {
  if (status === 'draft') return editors.every((editor) => editor === personId);
  return [createdBy, updatedBy, submittedBy].every((one) => one === personId);
}
