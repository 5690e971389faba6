import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription } from '#connectors/contract/records.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { lockConnection } from '#src/db/connections/connection-store.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { saveDrift } from '#src/db/mappings/drift-store.ts';
import {
  addVersion,
  findVersionByNumber,
  type MappingVersion,
} from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import {
  checkMapping,
  customFieldConflicts,
  freshDescription,
  knownDescription,
  refuseCustomFieldConflicts,
  refuseProblems,
} from './check-mapping.ts';
import { retireLive } from './decide-mapping.ts';
import { nextVersion } from './draft-mapping.ts';
import { withoutMisfits } from '#src/operations/live-mappings/load-live-mapping.ts';
import { liveMappingShown } from './mapping-shown.ts';
import { requireSecondPerson } from '#src/operations/people/second-person.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, packNumbered, type MappingQuery, type MappingTarget } from './mapping-target.ts';

export interface RollBackInput extends MappingQuery {
  /** The version to make live again: one that was live before, or Fairway's default mapping. */
  readonly version: number;
  readonly reason: string;
  /** The live version on the admin's page; only programs leave it out. */
  readonly shown?: ShownContent;
  /** An admin. A rollback needs no second person; the audit trail records that. */
  readonly personId: string;
}

/**
 * Makes an earlier mapping live again under a new version number, so that each write names the version it came
 * from. An open draft stays, and must be submitted against the new version.
 *
 * @throws AppError `conflict` when the version is live already, was never live, or cannot work without a field
 * that the vendor's object no longer has
 */
export async function rollBackMapping(
  deps: Deps,
  { version, reason, shown, personId, ...query }: RollBackInput,
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  const pack = await requireOnceLive(deps, target, version);
  const description = await latestDescription(deps, target);
  const skipped = await skippedFieldsOf(deps, target, pack, description);
  return deps.db.transaction(async (tx) => {
    await lockConnection(tx, target.place.connectionId);
    const { inForce } = await mappingTarget({ ...deps, db: tx }, { ...query, kind: target.place.kind });
    if (inForce?.version === version && inForce.object === target.place.object)
      throw new AppError('conflict', `Version ${version} is already live.`, { version });
    refuseUnseen(shown, liveMappingShown(inForce));
    await refuseCustomFieldConflicts({ ...deps, db: tx }, target.connection, pack);
    const at = deps.clock();
    // A roll-back has no other author, but a new or disabled admin must not do it either.
    await requireSecondPerson(tx, { approverId: personId, makerIds: [], at });
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
    // A mapping is applied without some of its fields only when it has fitted before. This one has, because it
    // was live.
    if (skipped.length > 0)
      await saveDrift(tx, {
        ...target.place,
        version: live.version,
        baseline: description,
        findings: [],
        alertHash: null,
        foundAt: null,
        checkedAt: at,
      });
    const more = {
      restores: version,
      approvedBy: 'nobody else: a rollback needs only one admin',
      ...(skipped.length > 0 ? { without: skipped } : {}),
    };
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
 * Fairway's fields whose field in the CRM no longer exists. They are skipped, so that a change in the CRM does
 * not prevent a rollback.
 *
 * @throws AppError `conflict` when the mapping cannot work without them, or conflicts with another connection's
 * mapping
 */
async function skippedFieldsOf(
  deps: Deps,
  { connection }: MappingTarget,
  pack: MappingPack,
  description: ObjectDescription,
): Promise<readonly string[]> {
  const fitting = withoutMisfits(pack, description);
  const problems = fitting
    ? await customFieldConflicts(deps, connection, pack)
    : (await checkMapping(deps, connection, pack, description)).problems;
  refuseProblems(`Version ${pack.version}`, { problems });
  return [...new Set(fitting?.mapping.skippedFields ?? [])];
}

/** One person may make these versions live again, because two people approved them or Fairway ships them. */
async function requireOnceLive(deps: Deps, target: MappingTarget, version: number): Promise<MappingPack> {
  const custom = await findVersionByNumber(deps.db, target.place, version);
  if (!custom || custom.status === 'retired' || custom.status === 'live')
    return packNumbered(deps, target, version);
  throw new AppError(
    'conflict',
    `Version ${version} was never live, so you cannot roll back to it. Submit it as a draft.`,
    { version },
  );
}

/** A rollback must work while the vendor is not reachable; then the stored description is used. */
async function latestDescription(deps: Deps, { connection, place }: MappingTarget) {
  try {
    return await freshDescription(deps, connection, place.object);
  } catch (error) {
    if (error instanceof AppError && error.cause instanceof ConnectorError)
      return knownDescription(deps, connection, place.object);
    throw error;
  }
}
