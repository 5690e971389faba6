/** Decisions that people made in a CRM. */
import {
  lockDecision,
  personWithEmail,
  settleDecision,
  versionShownAt,
  waitingDecisions,
  type StoredDecision,
  type WaitingDecision,
} from '#src/db/registrations/lifecycle/decision-store.ts';
import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { movesInCrm } from '#src/domain/registrations/lifecycle/shown/decision-object.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import { applyMoveIn, type MoveCommand } from './apply-command.ts';
import { hasEvidenceChanged } from './in-crm/evidence-at-decision.ts';
import { fireEarlierTimers } from './fire-timers.ts';
import { inStepTransaction } from './run-step.ts';

export interface DecideFromCrmInput {
  readonly connectionId: string;
  /** The vendor's name of the field with the version; null when this CRM has none. */
  readonly versionField: string | null;
}

/**
 * Applies the decisions that wait, each in one transaction with the note that it is handled. They obey the same rules
 * as every other way in; a refusal is written to the record and sent to the author.
 *
 * @returns the number of decisions that were handled
 */
export async function decideFromCrm(deps: Deps, input: DecideFromCrmInput): Promise<number> {
  const waiting = await waitingDecisions(deps.db, input.connectionId);
  if (waiting.length === 0) return 0;
  await fireEarlierTimers(deps, Math.floor(deps.sharedClock().getTime() / 1000));
  let handled = 0;
  for (const one of waiting) if (await decideOne(deps, input, one)) handled += 1;
  return handled;
}

async function decideOne(
  deps: Deps,
  input: DecideFromCrmInput,
  { key, registrationId }: WaitingDecision,
): Promise<boolean> {
  return inStepTransaction(deps, async (tx) => {
    const decision = await lockDecision(tx, input.connectionId, key);
    if (decision === null) return false;
    const now = deps.sharedClock();
    const command = await commandOf(deps, tx, input, { decision, registrationId, now });
    const { refused } = await applyMoveIn(deps, tx, command);
    await settleDecision(tx, decision, refused?.reason ?? 'accepted', now);
    return true;
  });
}

interface DecisionAtHand {
  readonly decision: StoredDecision;
  readonly registrationId: string;
  readonly now: Date;
}

async function commandOf(
  deps: Deps,
  tx: Db,
  { connectionId, versionField }: DecideFromCrmInput,
  { decision, registrationId, now }: DecisionAtHand,
): Promise<MoveCommand> {
  const { authorEmail, reasonCode, text, madeAt } = decision;
  const move = movesInCrm.find((one) => one === decision.decision);
  // Without a version, the decision counts for the one that the record had then.
  const shown = async (): Promise<number | null> =>
    versionField === null
      ? null
      : versionShownAt(tx, { connectionId, registrationId, field: versionField, at: madeAt });
  const version = decision.seenVersion ?? (await shown());
  const inadmissible =
    decision.problem ??
    (move === undefined ? 'decision_unknown' : version === null ? 'version_unknown' : undefined) ??
    (decision.seenVersion === null &&
    (await hasOldEvidence(deps, tx, { connectionId, registrationId, at: madeAt, version }))
      ? 'evidence_changed'
      : undefined);
  return {
    at: Math.floor(now.getTime() / 1000),
    by: (authorEmail !== null && (await personWithEmail(tx, authorEmail))) || (authorEmail ?? 'unknown'),
    via: 'crm',
    do: move ?? 'edit',
    registration: registrationId,
    ifVersion: version ?? undefined,
    inadmissible,
    with: {
      reasonCode: reasonCode?.trim() || undefined,
      ...(move === undefined || text === null ? {} : textValues(move, text)),
    },
  };
}

interface Unseen {
  readonly connectionId: string;
  readonly registrationId: string;
  readonly at: Date;
  readonly version: number | null;
}

/** A registration that has another version by now is refused for that. */
async function hasOldEvidence(deps: Deps, tx: Db, { version, ...decided }: Unseen): Promise<boolean> {
  const present = (await findLifecycle(tx, decided.registrationId))?.lifecycle;
  if (present === undefined || present.version !== version) return false;
  return hasEvidenceChanged(deps, tx, { ...decided, isInReview: present.state === 'in_review' });
}

function textValues(move: Move, text: string): LifecycleCommand['with'] {
  if (move === 'request_info') return { question: text };
  return move === 'answer_info' ? { answer: text } : { text };
}
