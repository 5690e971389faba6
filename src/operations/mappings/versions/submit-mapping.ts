import { audit } from '#src/db/people/audit-store.ts';
import { moveVersion, type MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { moveMapping } from '#src/domain/mappings/version-lifecycle.ts';
import { checkMapping, knownDescription, refuseProblems } from './check-mapping.ts';
import { lockedDraft, requireOpen } from './draft-mapping.ts';
import { mappingAct } from './mapping-audit.ts';
import { mappingTarget, type MappingQuery } from './mapping-target.ts';

export interface SubmitInput extends MappingQuery {
  /** Of the draft as the person saw it. */
  readonly revision: number;
  /** What it is for, for whoever approves it. */
  readonly note: string | null;
  /**
   * The version in force that the person compared it with, where that is not the one the draft was begun
   * from.
   */
  readonly against?: number | undefined;
  readonly personId: string;
  /** Who else wrote it, outside the console: they had a hand in it and cannot approve it either. */
  readonly authorIds?: readonly string[] | undefined;
}

/**
 * Hands a draft in for approval; from here on it cannot be changed.
 *
 * @throws AppError `conflict` when it has problems, somebody saved it meanwhile, or another version has
 * become live since it was begun
 */
export async function submitMapping(
  deps: Deps,
  { revision, note, against, personId, authorIds = [], ...query }: SubmitInput,
): Promise<MappingVersion> {
  const target = await mappingTarget(deps, query);
  const description = await knownDescription(deps, target.connection, target.place.object);
  return deps.db.transaction(async (tx) => {
    const draft = await lockedDraft(tx, target, revision);
    refuseProblems(
      'This draft',
      await checkMapping({ ...deps, db: tx }, target.connection, draft.pack, description),
    );
    // Read again under the lock: a roll-back may have gone before.
    const { inForce } = await mappingTarget({ ...deps, db: tx }, { ...query, kind: target.place.kind });
    const basedOn = against ?? draft.basedOn;
    const advice =
      'Look at what it would change there now; if it still says what you mean, hand it in against that version.';
    refuseStale(basedOn, inForce?.version ?? null, advice);
    const at = deps.clock();
    const handedIn = {
      status: moveMapping(draft.status, 'submit'),
      note,
      basedOn,
      submittedBy: personId,
      submittedAt: at,
    };
    await moveVersion(tx, draft.id, {
      ...handedIn,
      editors: [...new Set([...draft.editors, personId, ...authorIds])],
    });
    const submitted = await requireOpen(tx, target);
    await audit(
      tx,
      [mappingAct({ what: 'submitted', version: submitted, personId, before: basedOn, reason: note })],
      at,
    );
    return submitted;
  });
}

/** What was drafted from one version must not undo another that came between. @throws AppError `conflict` */
export function refuseStale(basedOn: number | null, inForce: number | null, advice: string): void {
  if (basedOn === inForce) return;
  const now = inForce === null ? 'Nothing is live any more' : `Version ${inForce} has become live`;
  const begun = basedOn === null ? 'when nothing was' : `from version ${basedOn}`;
  throw new AppError('conflict', `${now} since this was begun ${begun}. ${advice}`, { basedOn, inForce });
}
