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
import { approvalBlocker, moveMapping, type MappingEvent } from '#src/domain/mappings/version-lifecycle.ts';
import { checkMapping, freshDescription, refuseDisagreements, refuseProblems } from './check-mapping.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, type MappingQuery, type MappingTarget } from './mapping-target.ts';
import { refuseStale } from './submit-mapping.ts';

export interface DecideInput extends MappingQuery {
  /** The version the person looked at: what was handed in after it is not decided on by mistake. */
  readonly version: number;
  readonly personId: string;
}

/**
 * Makes what was handed in live, and what was live before retires, at once. Whoever had a hand in it cannot;
 * the database holds that line too. It is held against what the vendor's object looks like now. Records
 * change by it as they change themselves; all of them with a backfill.
 *
 * @throws AppError `not_allowed` to its authors; `conflict` when it does not fit any more, was decided on, or
 * another version has become
 *   live since; `connection_failed` when the vendor cannot be asked
 */
export async function approveMapping(
  deps: Deps,
  { version, personId, ...query }: DecideInput,
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  const waiting = await waitingVersion(deps.db, target, version, 'approve');
  const blocker = approvalBlocker(waiting, personId);
  if (blocker !== null) throw new AppError('not_allowed', blocker, { version });
  // Before the transaction: one that waits for a vendor holds up everybody.
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
    // It was handed in and cannot be again: only another draft can be.
    const advice = `Turn it down; if its changes are still wanted, begin a draft from version ${version} and hand that in.`;
    refuseStale(approved.basedOn, inForce?.version ?? null, advice);
    await refuseDisagreements({ ...deps, db: tx }, target.connection, approved.pack);
    const at = deps.clock();
    await retireLive(tx, target, at);
    await moveVersion(tx, approved.id, { status: 'live', decidedBy: personId, decidedAt: at });
    const live = { ...approved, status: 'live', decidedBy: personId, decidedAt: at } as const;
    const changes = differenceOf(inForce, approved.pack).lines.map((line) => line.says);
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
 * Turns down what was handed in, or, by its author, takes it back. @throws AppError `conflict` when it was
 * decided on already
 */
export async function rejectMapping(
  deps: Deps,
  { version, personId, reason, ...query }: DecideInput & { readonly reason: string },
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  return deps.db.transaction(async (tx) => {
    await lockConnection(tx, target.place.connectionId);
    const waiting = await waitingVersion(tx, target, version, 'reject');
    const at = deps.clock();
    const fate = { status: 'rejected', decidedBy: personId, decidedAt: at, decisionReason: reason } as const;
    await moveVersion(tx, waiting.id, fate);
    const rejected = { ...waiting, ...fate };
    await audit(tx, [mappingAct({ what: 'rejected', version: rejected, personId, reason })], at);
    return rejected;
  });
}

/** What is live for the kind, of whatever object, makes room. Null when the shipped mapping was in force. */
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
      `Version ${version} does not wait for approval any more: somebody has decided on it.`,
      { version },
    );
  moveMapping(open.status, event);
  return open;
}
