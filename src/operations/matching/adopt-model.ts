import { audit, type AuditEntry } from '#src/db/people/audit-store.ts';
import {
  adoptedHash,
  addProposal,
  saveModel,
  lockProposal,
  markAdopted,
  modelHash,
} from '#src/db/matching/match-model-store.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { requireSecondPerson } from '#src/operations/people/second-person.ts';

/** Stores a model as a proposal. A second person must adopt it before it decides. */
export async function proposeModel(
  deps: Deps,
  { model, personId }: { readonly model: MatchModel; readonly personId: string },
): Promise<void> {
  const at = deps.clock();
  const id = deps.ids();
  await deps.db.transaction(async (tx) => {
    await saveModel(tx, model, at);
    await addProposal(tx, { id, modelHash: modelHash(model), proposedBy: personId, proposedAt: at });
    await audit(tx, [entry(id, personId, 'proposed', null, modelHash(model))], at);
  });
}

/**
 * Adopts a proposed model: from the next evaluation on, registrations are decided with it.
 *
 * @throws AppError `not_found` when the model was not proposed; `not_allowed` when the same person proposed
 * it
 */
export async function adoptModel(
  deps: Deps,
  { modelHash: hash, personId }: { readonly modelHash: string; readonly personId: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // Waits for a running evaluation, which uses the model it began with.
    await lockDecisions(tx);
    // Read under the lock and on the shared clock: when two people adopt models, the later adoption counts,
    // however long each waited for the lock.
    const at = deps.sharedClock();
    const proposal = await lockProposal(tx, hash);
    if (!proposal)
      throw new AppError(
        'not_found',
        'This model has not been proposed. Check its dry run, then propose it with --propose.',
        { hash },
      );
    if (proposal.proposedBy === personId)
      throw new AppError(
        'not_allowed',
        'You proposed this model yourself. A second person must check what it changes and adopt it.',
        { hash },
      );
    await requireSecondPerson(tx, { approverId: personId, makerIds: [proposal.proposedBy], at });
    const before = await adoptedHash(tx);
    await markAdopted(tx, proposal.id, personId, at);
    await audit(tx, [entry(proposal.id, personId, 'adopted', before, hash)], at);
  });
}

function entry(
  id: string,
  actorId: string,
  what: 'proposed' | 'adopted',
  before: string | null,
  after: string,
): AuditEntry {
  return {
    actorId,
    action: `match_model.${what}`,
    subjectKind: 'match_model',
    subjectId: id,
    before: before === null ? null : { modelHash: before },
    after: { modelHash: after },
    reason: null,
  };
}
