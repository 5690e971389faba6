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
  /** The revision of the draft that the person has seen. */
  readonly revision: number;
  /** Explains the change to the approver. */
  readonly note: string | null;
  /** The live version that the person compared the draft with, when the draft is based on another one. */
  readonly against?: number | undefined;
  readonly personId: string;
  /** Further authors, outside the console. They cannot approve the version either. */
  readonly authorIds?: readonly string[] | undefined;
}

/**
 * Submits a draft for approval. A submitted version can no longer be changed.
 *
 * @throws AppError `conflict` when the draft has problems, was saved by somebody else meanwhile, or another
 * version has become live since it was created
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
    // Read again under the lock, because a rollback may have made another version live.
    const { inForce } = await mappingTarget({ ...deps, db: tx }, { ...query, kind: target.place.kind });
    const basedOn = against ?? draft.basedOn;
    const advice =
      'Check what it would change there now. If that is what you want, submit it against that version.';
    refuseStale(basedOn, inForce?.version ?? null, advice);
    const at = deps.clock();
    const submission = {
      status: moveMapping(draft.status, 'submit'),
      note,
      basedOn,
      submittedBy: personId,
      submittedAt: at,
    };
    await moveVersion(tx, draft.id, {
      ...submission,
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

/** Prevents a draft from undoing a version that became live after it. @throws AppError `conflict` */
export function refuseStale(basedOn: number | null, inForce: number | null, advice: string): void {
  if (basedOn === inForce) return;
  const now = inForce === null ? 'No version is live any more' : `Version ${inForce} has become live`;
  const basis = basedOn === null ? 'before any version was live' : `from version ${basedOn}`;
  throw new AppError('conflict', `${now} since this draft was created ${basis}. ${advice}`, {
    basedOn,
    inForce,
  });
}
