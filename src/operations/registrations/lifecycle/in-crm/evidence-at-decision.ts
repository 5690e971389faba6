import { findingsByRegistration } from '#src/db/registrations/conflict-case-store.ts';
import type { Db } from '#src/db/client.ts';
import { evidenceShownAt } from '#src/db/registrations/lifecycle/decision-store.ts';
import { lockDecisions, registrationsByIds } from '#src/db/registrations/registration-store.ts';
import { namedRivalDeals } from '#src/db/registrations/rival-deal-store.ts';
import type { Deps } from '#src/deps.ts';
import { internalConflict } from '#src/domain/registrations/internal-conflict.ts';
import { evidenceDigest } from '#src/domain/registrations/lifecycle/shown/evidence-digest.ts';
import type { Finding } from '#src/domain/registrations/registration.ts';
import {
  evaluateAfterDecision,
  roundUnderLock,
} from '#src/operations/registrations/evaluate-registrations.ts';
import { assessAgain } from '#src/operations/registrations/lifecycle/assess-again.ts';

export interface DecisionOnRecord {
  readonly connectionId: string;
  readonly registrationId: string;
  /** When the person decided. */
  readonly at: Date;
  /** True while a person decides it: then the rules are applied again. */
  readonly isInReview: boolean;
}

/**
 * True when the rules find something else by now than the record showed when a person decided there. A page would have
 * said what it showed; a bulk edit and an approval of the CRM do not. What the rules find now is stored, so that
 * the record shows it with the refusal.
 */
export async function hasEvidenceChanged(
  deps: Deps,
  tx: Db,
  { connectionId, registrationId, at, isInReview }: DecisionOnRecord,
): Promise<boolean> {
  const shown = await evidenceShownAt(tx, { connectionId, registrationId, at });
  await lockDecisions(tx);
  const now = isInReview
    ? await evidenceNow(deps, tx, registrationId)
    : await storedEvidence(tx, registrationId);
  if (now === shown) return false;
  const round = await roundUnderLock(deps, tx);
  await evaluateAfterDecision(deps, tx, round, registrationId);
  return true;
}

async function evidenceNow(deps: Deps, tx: Db, id: string): Promise<string | null> {
  const round = await roundUnderLock(deps, tx);
  const assessed = await assessAgain(deps, tx, round, { id, submitted: null });
  return assessed && digestOf(tx, assessed.verdict, assessed.decision.findings);
}

async function storedEvidence(tx: Db, id: string): Promise<string | null> {
  const [registration] = await registrationsByIds(tx, [id]);
  const findings = (await findingsByRegistration(tx, [id])).get(id) ?? [];
  return registration === undefined ? null : digestOf(tx, registration, findings);
}

interface Conflict {
  readonly id: string;
  readonly conflictSummary: string | null;
  readonly conflictScore: number | null;
}

async function digestOf(
  tx: Db,
  { id, conflictSummary, conflictScore }: Conflict,
  findings: readonly Finding[],
): Promise<string> {
  const conflict = internalConflict(findings, await namedRivalDeals(tx, [id]));
  return evidenceDigest({ conflictSummary, internalConflict: conflict, conflictScore });
}
