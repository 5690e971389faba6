import { differenceOf } from '#mappings/engine/pack/difference.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { lockConnection, saveDescription } from '#src/db/connections/connection-store.ts';
import {
  liveVersion,
  moveVersion,
  openVersion,
  type MappingVersion,
} from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import { approvalBlocker, moveMapping, type MappingEvent } from '#src/domain/mappings/version-lifecycle.ts';
import { requireSecondPerson } from '#src/operations/people/second-person.ts';
import {
  checkMapping,
  freshDescription,
  refuseCustomFieldConflicts,
  refuseProblems,
} from './check-mapping.ts';
import { openMappingShown } from './mapping-shown.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, type MappingQuery, type MappingTarget } from './mapping-target.ts';
import { refuseStale } from './submit-mapping.ts';

export interface DecideInput extends MappingQuery {
  /** The version the person has seen, so that a version submitted later is not decided by mistake. */
  readonly version: number;
  /** The content on the person's page; only programs leave it out. */
  readonly shown?: ShownContent;
  readonly personId: string;
}

/**
 * Makes the submitted version live and retires the version that was live before. The authors of a version
 * cannot approve it, nor anybody tied to them; the database guarantees this too. The version is first checked against the
 * object's current description. Existing records get the new values when they change, or with a backfill.
 *
 * @throws AppError `not_allowed` to its authors; `conflict` when it no longer fits, was already decided, or
 * another version has become live since; `connection_failed` when the vendor cannot be reached
 */
export async function approveMapping(
  deps: Deps,
  { version, shown, personId, ...query }: DecideInput,
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  const waiting = await waitingVersion(deps.db, target, version, 'approve');
  const blocker = approvalBlocker(waiting, personId);
  if (blocker !== null) throw new AppError('not_allowed', blocker, { version });
  // Fetched before the transaction, so that no transaction is open during a call to the vendor.
  const description = await freshDescription(deps, target.connection, target.place.object);
  await saveDescription(deps.db, target.place.connectionId, description, deps.clock());
  refuseProblems(
    `Version ${version}`,
    await checkMapping(deps, target.connection, waiting.pack, description),
  );
  return deps.db.transaction(async (tx) => {
    await lockConnection(tx, target.place.connectionId);
    const approved = await waitingVersion(tx, target, version, 'approve');
    const { inForce } = await mappingTarget({ ...deps, db: tx }, { ...query, kind: target.place.kind });
    // A submitted version cannot be submitted again; only a new draft can.
    const advice = `Reject it. If its changes are still wanted, create a draft from version ${version} and submit that.`;
    refuseStale(approved.basedOn, inForce?.version ?? null, advice);
    refuseUnseen(shown, openMappingShown(approved, inForce));
    await refuseCustomFieldConflicts({ ...deps, db: tx }, target.connection, approved.pack);
    const at = deps.clock();
    const makerIds = [...approved.editors, approved.createdBy, approved.submittedBy];
    await requireSecondPerson(tx, { approverId: personId, makerIds, at });
    await retireLive(tx, target, at);
    await moveVersion(tx, approved.id, { status: 'live', decidedBy: personId, decidedAt: at });
    const live = { ...approved, status: 'live', decidedBy: personId, decidedAt: at } as const;
    const changes = differenceOf(inForce, approved.pack).lines.map((line) => line.message);
    const more = { submittedBy: approved.submittedBy, changes };
    await audit(
      tx,
      [mappingAct({ what: 'approved', version: live, personId, before: inForce?.version ?? null, more })],
      at,
    );
    return live;
  });
}

/**
 * Rejects the submitted version; its author withdraws it the same way. @throws AppError `conflict` when it was
 * already decided
 */
export async function rejectMapping(
  deps: Deps,
  { version, shown, personId, reason, ...query }: DecideInput & { readonly reason: string },
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  return deps.db.transaction(async (tx) => {
    await lockConnection(tx, target.place.connectionId);
    const waiting = await waitingVersion(tx, target, version, 'reject');
    const { inForce } = await mappingTarget({ ...deps, db: tx }, { ...query, kind: target.place.kind });
    refuseUnseen(shown, openMappingShown(waiting, inForce));
    const at = deps.clock();
    const decision = {
      status: 'rejected',
      decidedBy: personId,
      decidedAt: at,
      decisionReason: reason,
    } as const;
    await moveVersion(tx, waiting.id, decision);
    const rejected = { ...waiting, ...decision };
    await audit(tx, [mappingAct({ what: 'rejected', version: rejected, personId, reason })], at);
    return rejected;
  });
}

/** Retires the live version of the kind, on any object. Null when Fairway's default mapping was in force. */
export async function retireLive(
  tx: Db,
  { place }: Pick<MappingTarget, 'place'>,
  at: Date,
): Promise<MappingVersion | null> {
  const live = await liveVersion(tx, place);
  if (live) await moveVersion(tx, live.id, { status: moveMapping(live.status, 'retire'), retiredAt: at });
  return live;
}

async function waitingVersion(
  db: Db,
  { place }: MappingTarget,
  version: number,
  event: MappingEvent,
): Promise<MappingVersion> {
  const open = await openVersion(db, place);
  if (open?.version !== version)
    throw new AppError(
      'conflict',
      `Version ${version} is no longer waiting for approval: somebody has already decided on it.`,
      { version },
    );
  moveMapping(open.status, event);
  return open;
}
