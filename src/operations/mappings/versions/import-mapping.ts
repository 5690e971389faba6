import type { MappingPack, PackProblem } from '#mappings/engine/pack/pack.ts';
import { openVersion, type MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { runApart } from '#src/operations/mappings/apart/run-apart.ts';
import { checkMapping, knownDescription, refuseProblems } from './check-mapping.ts';
import { rejectMapping } from './decide-mapping.ts';
import { draftMapping, saveMappingDraft } from './draft-mapping.ts';
import { mappingTarget, type MappingTarget } from './mapping-target.ts';
import { samePack } from './pack-yaml.ts';
import { submitMapping } from './submit-mapping.ts';

/**
 * Reads a pack from YAML text or from parsed JSON. @throws AppError `bad_request` naming every problem and its
 * fix
 */
export async function requirePack(written: string | object): Promise<MappingPack> {
  const reading = await runApart('read', written);
  if (!reading.ok) throw refusePack(reading.problems);
  return reading.pack;
}

/** A mapping of 1,000 lines may have 10,000 problems, which are too many to read at once. */
const mostReported = 100;

function refusePack(problems: readonly PackProblem[]): AppError {
  const fields = problems
    .slice(0, mostReported)
    .map(({ path, message, fix }) => [path || 'The mapping', `${message}. ${fix}`] as const);
  const [first] = fields;
  const more = problems.length > 1 ? ` There are ${problems.length - 1} more problems.` : '';
  return new AppError('bad_request', `${first?.join(': ') ?? 'This is not a mapping.'}${more}`, {
    fields: Object.fromEntries(fields),
  });
}

export interface ImportInput {
  readonly connectionId: string;
  readonly pack: MappingPack;
  readonly note: string | null;
  readonly personId: string;
  /** The other authors according to git. They cannot approve the mapping either. */
  readonly authorIds?: readonly string[] | undefined;
}

export type Imported =
  /** The live mapping is the same already. */
  | { readonly did: 'nothing'; readonly version: number }
  /** The same mapping was submitted before and is waiting for approval. */
  | { readonly did: 'waits'; readonly version: number }
  | { readonly did: 'submitted'; readonly version: number };

/**
 * Submits a mapping from a file, for example from git, for approval. It replaces an open version of the same
 * person, but not one of somebody else.
 *
 * @throws AppError `conflict` when the mapping does not fit, or somebody else has an open version;
 * `bad_request` when the mapping is for another system
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
  // A version that is based on an older one than the live version cannot be approved.
  const isCurrent = open?.basedOn === (inForce?.version ?? null);
  if (open?.status === 'submitted' && isCurrent && samePack(open.pack, pack))
    return { did: 'waits', version: open.version };
  if (inForce && inForce.object === pack.object && samePack(inForce, pack))
    return { did: 'nothing', version: inForce.version };
  refuseProblems(
    'This mapping',
    await checkMapping(deps, connection, pack, await knownDescription(deps, connection, pack.object)),
  );
  const draft = await draftFor(deps, target, open, pack, personId);
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

/** Saves the pack in the person's open draft, or in a new one. */
async function draftFor(
  deps: Deps,
  { place }: MappingTarget,
  open: MappingVersion | null,
  pack: MappingPack,
  personId: string,
): Promise<MappingVersion> {
  if (open && hasOnlyEditor(open, personId)) {
    if (open.status === 'draft')
      return (await saveMappingDraft(deps, { ...place, pack, revision: open.revision, personId })).version;
    await rejectMapping(deps, {
      ...place,
      version: open.version,
      personId,
      reason: 'Replaced by a newer version of the same author.',
    });
  }
  return (await draftMapping(deps, { ...place, pack, personId })).version;
}

/** True when no other person has changed the version in Fairway. Its authors in git do not count. */
function hasOnlyEditor(
  { status, editors, createdBy, updatedBy, submittedBy }: MappingVersion,
  personId: string,
): boolean {
  if (status === 'draft') return editors.every((editor) => editor === personId);
  return [createdBy, updatedBy, submittedBy].every((one) => one === personId);
}
