import type { ObjectDescription } from '#connectors/contract/crm.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { lockConnection } from '#src/db/connections/connection-store.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { saveDrift } from '#src/db/mappings/drift-store.ts';
import { addVersion, versionNumbered, type MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import {
  checkMapping,
  disagreements,
  freshDescription,
  knownDescription,
  refuseDisagreements,
  refuseProblems,
} from './check-mapping.ts';
import { retireLive } from './decide-mapping.ts';
import { nextVersion } from './draft-mapping.ts';
import { withoutMisfits } from '#src/operations/live-mappings/load-live-mapping.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, packNumbered, type MappingQuery, type MappingTarget } from './mapping-target.ts';

export interface RollBackInput extends MappingQuery {
  /** The version to bring back: one that was live, or the one Fairway comes with. */
  readonly version: number;
  readonly reason: string;
  /** An admin. The emergency exit needs no second person, and the audit trail says so. */
  readonly personId: string;
}

/**
 * Makes an earlier mapping live again, as a version with a number of its own, so that each write still names
 * what it came from. A draft that is open stays, and has to be handed in against the new version.
 *
 * @throws AppError `conflict` when it is in force already, was never live, or cannot do without a field that
 * the vendor's object has lost
 */
export async function rollBackMapping(
  deps: Deps,
  { version, reason, personId, ...query }: RollBackInput,
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  const pack = await onceLive(deps, target, version);
  const description = await descriptionAtHand(deps, target);
  const without = await misfitsOf(deps, target, pack, description);
  return deps.db.transaction(async (tx) => {
    await lockConnection(tx, target.place.connectionId);
    const { inForce } = await mappingTarget({ ...deps, db: tx }, { ...query, kind: target.place.kind });
    if (inForce?.version === version && inForce.object === target.place.object)
      throw new AppError('conflict', `Version ${version} is live already.`, { version });
    await refuseDisagreements({ ...deps, db: tx }, target.connection, pack);
    const at = deps.clock();
    await retireLive(tx, target, at);
    const live = await addVersion(tx, {
      id: deps.ids(),
      ...(await nextVersion(deps, tx, target, pack)),
      status: 'live',
      basedOn: inForce?.version ?? null,
      restores: version,
      note: reason,
      editors: [personId],
      createdBy: personId,
      createdAt: at,
      updatedBy: personId,
      updatedAt: at,
      submittedBy: personId,
      submittedAt: at,
      decidedBy: personId,
      decidedAt: at,
      decisionReason: reason,
    });
    // A mapping goes on without some of its fields only where it is known to have fitted once: this one was
    // live.
    if (without.length > 0)
      await saveDrift(tx, {
        ...target.place,
        version: live.version,
        baseline: description,
        findings: [],
        told: null,
        foundAt: null,
        checkedAt: at,
      });
    const said = without.length > 0 ? { without } : {};
    const more = { restores: version, approvedBy: 'nobody else: a roll-back takes one admin', ...said };
    await audit(
      tx,
      [
        mappingAct({
          what: 'rolled_back',
          version: live,
          personId,
          before: inForce?.version ?? null,
          reason,
          more,
        }),
      ],
      at,
    );
    return live;
  });
}

/**
 * Our fields that it has to do without, because the CRM has lost theirs since: the way back must not be shut
 * by what has nothing to do with it.
 *
 * @throws AppError `conflict` when it cannot do without one of them, or disagrees with another CRM's mapping
 */
async function misfitsOf(
  deps: Deps,
  { connection }: MappingTarget,
  pack: MappingPack,
  description: ObjectDescription,
): Promise<readonly string[]> {
  const fitting = withoutMisfits(pack, description);
  const problems = fitting
    ? await disagreements(deps, connection, pack)
    : (await checkMapping(deps, connection, pack, description)).problems;
  refuseProblems(`Version ${pack.version}`, { problems });
  return [...new Set(fitting?.mapping.leftOut ?? [])];
}

/** What one admin brings back alone, two people have approved before; or Fairway came with it. */
async function onceLive(deps: Deps, target: MappingTarget, version: number): Promise<MappingPack> {
  const own = await versionNumbered(deps.db, target.place, version);
  if (!own || own.status === 'retired' || own.status === 'live') return packNumbered(deps, target, version);
  throw new AppError(
    'conflict',
    `Version ${version} was never live, so it cannot be brought back. Hand it in as a draft.`,
    { version },
  );
}

/** A roll-back may be needed because the vendor is in trouble: then what is known has to do. */
async function descriptionAtHand(deps: Deps, { connection, place }: MappingTarget) {
  try {
    return await freshDescription(deps, connection, place.object);
  } catch (error) {
    if (error instanceof AppError && error.code === 'connection_failed')
      return knownDescription(deps, connection, place.object);
    throw error;
  }
}
