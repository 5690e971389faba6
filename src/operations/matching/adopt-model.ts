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

/** Keeps a model as one that could decide. It takes somebody else to adopt it. */
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
 * Makes a proposed model the one that decides, from the next decision on.
 *
 * @throws AppError `not_found` when nobody has proposed it; `not_allowed` when the same person has
 */
export async function adoptModel(
  deps: Deps,
  { modelHash: hash, personId }: { readonly modelHash: string; readonly personId: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // No decision is made with one model while another is adopted.
    await lockDecisions(tx);
    // Read under the lock, on the clock all processes share: whoever adopts last decides, however long each
    // has waited.
    const at = deps.sharedClock();
    const proposal = await lockProposal(tx, hash);
    if (!proposal)
      throw new AppError(
        'not_found',
        'Nobody has proposed this model: look at its dry run and propose it with --propose.',
        { hash },
      );
    if (proposal.proposedBy === personId)
      throw new AppError(
        'not_allowed',
        'Who proposed a model does not adopt it: somebody else has to look at what it changes.',
        { hash },
      );
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
