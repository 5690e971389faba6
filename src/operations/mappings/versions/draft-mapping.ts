import type { ObjectDescription } from '#connectors/contract/crm.ts';
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
import { checkMapping, knownDescription, type MappingCheck } from './check-mapping.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, packNumbered, type MappingQuery, type MappingTarget } from './mapping-target.ts';
import { suggestedPack } from './suggest-mapping.ts';

export interface DraftInput extends MappingQuery {
  readonly personId: string;
  /**
   * An earlier version to begin with; without it and `pack`, what is in force, or else what the names
   * suggest.
   */
  readonly from?: number | undefined;
  /** A whole mapping to begin with. Its system, object, kind and number give way to those of the place. */
  readonly pack?: MappingPack | undefined;
}

export interface Draft extends MappingCheck {
  readonly version: MappingVersion;
}

/**
 * Begins a draft, of which there is one at a time. It has the next number of its object; the shipped
 * mapping's numbers are never given out.
 *
 * @throws AppError `conflict` naming who has a draft open, `not_found`, `connection_failed` when the vendor
 * does not say what the object looks like
 */
export async function draftMapping(deps: Deps, input: DraftInput): Promise<Draft> {
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
  // Whoever works on one that is switched off wants it on.
  const { enabled: _, ...rest } = inForce;
  return rest;
}

/**
 * A pack under the next number of its object. Called under the connection's lock, so that no two get the
 * same.
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
  const taken = [
    await highestVersion(tx, place.connectionId, place.object),
    ...shipped.map((pack) => pack.version),
  ];
  const version = Math.max(...taken) + 1;
  return { ...place, version, pack: named(start, { ...place, system: connection.kind, version }) };
}

/** Whatever a pack calls itself, it is the mapping of the place it stands at. */
function named(
  pack: MappingPack,
  { system, object, kind, version }: Pick<MappingPack, 'system' | 'object' | 'kind' | 'version'>,
): MappingPack {
  return { ...pack, system, object, kind, version };
}

async function alreadyOpen(tx: Db, open: MappingVersion): Promise<AppError> {
  const who = await nameOf(tx, open.updatedBy);
  const message =
    open.status === 'draft'
      ? `${who} is at work on version ${open.version} of this mapping. Go on with that draft, or discard it first.`
      : `Version ${open.version} of this mapping waits for approval, handed in by ${await nameOf(tx, open.submittedBy)}. It has to be decided on first.`;
  return new AppError('conflict', message, { version: open.version });
}

export interface SaveDraftInput extends MappingQuery {
  readonly pack: MappingPack;
  /** Of the draft as the person saw it. */
  readonly revision: number;
  readonly personId: string;
}

/**
 * Saves a draft, whether it fits or not; what is wrong comes back.
 *
 * @throws AppError `conflict` naming who has saved it since the person opened it, `not_found` when there is
 * no draft
 */
export async function saveMappingDraft(
  deps: Deps,
  { pack, revision, personId, ...query }: SaveDraftInput,
): Promise<Draft> {
  const target = await mappingTarget(deps, query);
  const description = await knownDescription(deps, target.connection, target.place.object);
  const version = await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const draft = await lockedDraft(tx, target, revision);
    const saved = named(pack, draft.pack);
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

/** Throws a draft away. Its number is given out again. @throws AppError `conflict`, as for saving it */
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

/** The draft as the person saw it, and nobody else changes it until the transaction ends. */
export async function lockedDraft(tx: Db, target: MappingTarget, revision: number): Promise<MappingVersion> {
  await lockConnection(tx, target.place.connectionId);
  const open = await requireOpen(tx, target);
  if (open.status !== 'draft')
    throw new AppError(
      'conflict',
      `${await nameOf(tx, open.submittedBy)} has handed this draft in, so it cannot be changed any more.`,
      {
        version: open.version,
      },
    );
  if (open.revision === revision) return open;
  const when = open.updatedAt.toISOString().slice(0, 16).replace('T', ' ');
  throw new AppError(
    'conflict',
    `${await nameOf(tx, open.updatedBy)} saved this draft at ${when} UTC, after you opened it. Open it again and make your change there.`,
    { field: 'revision', revision: open.revision },
  );
}

/** The draft, or what was handed in. @throws AppError `not_found` */
export async function requireOpen(db: Db, { place }: Pick<MappingTarget, 'place'>): Promise<MappingVersion> {
  const found = await openVersion(db, place);
  if (!found)
    throw new AppError(
      'not_found',
      'There is no draft of this mapping. It was discarded or decided on meanwhile.',
      { ...place },
    );
  return found;
}

async function nameOf(db: Db, personId: string | null): Promise<string> {
  return (
    (personId === null ? undefined : (await personNames(db, [personId])).get(personId)) ??
    'Somebody who has left'
  );
}
