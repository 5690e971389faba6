import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { lockConnection } from '#src/db/connections/connection-store.ts';
import {
  addVersion,
  deleteDraft,
  highestVersion,
  openVersion,
  saveDraft,
  type MappingPlace,
  type MappingVersion,
} from '#src/db/mappings/mapping-version-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { utcMinute } from '#src/domain/utc-minute.ts';
import { checkMapping, knownDescription, type MappingCheck } from './check-mapping.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, packNumbered, type MappingQuery, type MappingTarget } from './mapping-target.ts';
import { suggestedPack } from './suggest-mapping.ts';

export interface DraftInput extends MappingQuery {
  readonly personId: string;
  /**
   * The version the draft starts from. Default: the live mapping, or else a suggestion from the field names.
   */
  readonly from?: number | undefined;
  /** A complete mapping to start from. Its system, object, kind and version number are replaced. */
  readonly pack?: MappingPack | undefined;
}

export interface CheckedDraft extends MappingCheck {
  readonly version: MappingVersion;
}

/**
 * Creates a draft with the next version number of the object. A mapping has at most one open version.
 *
 * @throws AppError `conflict` naming the person who has the open draft, `not_found`, `connection_failed` when
 * the vendor cannot describe the object
 */
export async function draftMapping(deps: Deps, input: DraftInput): Promise<CheckedDraft> {
  const target = await mappingTarget(deps, input);
  const description = await knownDescription(deps, target.connection, target.place.object);
  const start = await startOf(deps, target, description, input);
  const { personId } = input;
  const version = await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    await lockConnection(tx, target.place.connectionId);
    const open = await openVersion(tx, target.place);
    if (open) throw await alreadyOpen(tx, open);
    const added = await addVersion(tx, {
      id: deps.ids(),
      ...(await nextVersion(deps, tx, target, start)),
      status: 'draft',
      basedOn: target.inForce?.version ?? null,
      editors: [personId],
      createdBy: personId,
      createdAt: at,
      updatedBy: personId,
      updatedAt: at,
    });
    await audit(
      tx,
      [mappingAct({ what: 'drafted', version: added, personId, more: { from: input.from ?? null } })],
      at,
    );
    return added;
  });
  return { version, ...(await checkMapping(deps, target.connection, version.pack, description)) };
}

async function startOf(
  deps: Deps,
  target: MappingTarget,
  description: ObjectDescription,
  { from, pack }: DraftInput,
): Promise<MappingPack> {
  if (pack !== undefined) return pack;
  if (from !== undefined) return packNumbered(deps, target, from);
  const { inForce, place } = target;
  if (inForce?.object !== place.object) return suggestedPack(target, description);
  // A draft of a disabled mapping is meant to enable it.
  const { enabled: _, ...rest } = inForce;
  return rest;
}

/**
 * The pack with the next version number of its object. The numbers of Fairway's default mapping are never
 * used. Call it under the connection's lock, so that no number is used twice.
 */
export async function nextVersion(
  deps: Pick<Deps, 'packs'>,
  tx: Db,
  { connection, place }: Pick<MappingTarget, 'connection' | 'place'>,
  start: MappingPack,
): Promise<MappingPlace & { readonly version: number; readonly pack: MappingPack }> {
  const shipped = deps.packs.filter(
    (pack) => pack.system === connection.kind && pack.object === place.object,
  );
  const usedNumbers = [
    await highestVersion(tx, place.connectionId, place.object),
    ...shipped.map((pack) => pack.version),
  ];
  const version = Math.max(...usedNumbers) + 1;
  return { ...place, version, pack: withIdentity(start, { ...place, system: connection.kind, version }) };
}

/** Replaces the identity that the pack was imported with. */
function withIdentity(
  pack: MappingPack,
  { system, object, kind, version }: Pick<MappingPack, 'system' | 'object' | 'kind' | 'version'>,
): MappingPack {
  return { ...pack, system, object, kind, version };
}

async function alreadyOpen(tx: Db, open: MappingVersion): Promise<AppError> {
  const who = await nameOf(tx, open.updatedBy);
  const message =
    open.status === 'draft'
      ? `${who} is editing version ${open.version} of this mapping. Continue that draft, or discard it first.`
      : `Version ${open.version} of this mapping, submitted by ${await nameOf(tx, open.submittedBy)}, is waiting for approval. It must be approved or rejected first.`;
  return new AppError('conflict', message, { version: open.version });
}

export interface SaveDraftInput extends MappingQuery {
  readonly pack: MappingPack;
  /** The revision of the draft that the person has seen. */
  readonly revision: number;
  readonly personId: string;
}

/**
 * Saves a draft, even one with problems, and returns its problems.
 *
 * @throws AppError `conflict` naming the person who has saved it since, `not_found` when there is no draft
 */
export async function saveMappingDraft(
  deps: Deps,
  { pack, revision, personId, ...query }: SaveDraftInput,
): Promise<CheckedDraft> {
  const target = await mappingTarget(deps, query);
  const description = await knownDescription(deps, target.connection, target.place.object);
  const version = await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const draft = await lockedDraft(tx, target, revision);
    const saved = withIdentity(pack, draft.pack);
    await saveDraft(tx, draft.id, revision, { pack: saved, updatedBy: personId, updatedAt: at });
    const next = await requireOpen(tx, target);
    await audit(
      tx,
      [mappingAct({ what: 'draft_saved', version: next, personId, more: { revision: next.revision } })],
      at,
    );
    return next;
  });
  return { version, ...(await checkMapping(deps, target.connection, version.pack, description)) };
}

/** Deletes a draft; the next draft gets its number. @throws AppError `conflict` and `not_found` as for saving */
export async function discardMappingDraft(
  deps: Deps,
  { revision, personId, ...query }: MappingQuery & { readonly revision: number; readonly personId: string },
): Promise<void> {
  const target = await mappingTarget(deps, query);
  await deps.db.transaction(async (tx) => {
    const draft = await lockedDraft(tx, target, revision);
    await deleteDraft(tx, draft.id);
    await audit(tx, [mappingAct({ what: 'draft_discarded', version: draft, personId })], deps.clock());
  });
}

/** Locks the draft and checks that it is still the revision the person has seen. */
export async function lockedDraft(tx: Db, target: MappingTarget, revision: number): Promise<MappingVersion> {
  await lockConnection(tx, target.place.connectionId);
  const open = await requireOpen(tx, target);
  if (open.status !== 'draft')
    throw new AppError(
      'conflict',
      `${await nameOf(tx, open.submittedBy)} has submitted this draft, so it can no longer be changed.`,
      {
        version: open.version,
      },
    );
  if (open.revision === revision) return open;
  throw new AppError(
    'conflict',
    `${await nameOf(tx, open.updatedBy)} saved this draft at ${utcMinute(open.updatedAt)} UTC, after you opened it. Open it again and make your change there.`,
    { field: 'revision', revision: open.revision },
  );
}

/** The open version: the draft or the submitted version. @throws AppError `not_found` */
export async function requireOpen(db: Db, { place }: Pick<MappingTarget, 'place'>): Promise<MappingVersion> {
  const found = await openVersion(db, place);
  if (!found)
    throw new AppError(
      'not_found',
      'There is no draft of this mapping. It was discarded, approved or rejected meanwhile.',
      { ...place },
    );
  return found;
}

async function nameOf(db: Db, personId: string | null): Promise<string> {
  return (
    (personId === null ? undefined : (await personNames(db, [personId])).get(personId)) ?? 'A former user'
  );
}
