import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { storedCase } from '#src/db/matching/match-case-store.ts';
import {
  lockLabel,
  removeLabel,
  saveLabel,
  type Comparison,
  type MatchLabel,
} from '#src/db/matching/match-label-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { MatchAnswer } from '#src/domain/matching/learning/match-quality.ts';

export interface LabelInput {
  readonly registrationId: string;
  /** A rival of the conflict case, or the company of a sample question. */
  readonly rivalId: string;
  /** Null removes the answer. */
  readonly answer: MatchAnswer | null;
  readonly personId: string;
}

/**
 * Stores a reviewer's answer whether two companies are the same customer. The answer decides nothing about
 * the registration. It is stored with the compared facts, to measure and to train the model. A later answer
 * replaces an earlier one.
 *
 * @throws AppError `not_found` when the two were not compared; `conflict` when the compared facts are no
 * longer stored
 */
export async function labelMatch(
  deps: Deps,
  { registrationId, rivalId, answer, personId }: LabelInput,
): Promise<void> {
  const at = deps.clock();
  await deps.db.transaction(async (tx) => {
    const known = await lockLabel(tx, registrationId, rivalId);
    const before = known?.answer ?? null;
    if (known && before === answer) return;
    if (answer === null) await removeAnswer(tx, known);
    else {
      // A sample question keeps the facts it was asked with; an alert uses those of the current conflict
      // case.
      const compared =
        known?.origin === 'sample'
          ? known
          : await alertComparison(tx, known?.id ?? deps.ids(), registrationId, rivalId);
      await saveLabel(tx, { ...compared, answer, answeredBy: personId, answeredAt: at });
    }
    await audit(
      tx,
      [
        {
          actorId: personId,
          action: 'registration.customer_compared',
          subjectKind: 'registration',
          subjectId: registrationId,
          before: { rivalId, answer: before },
          after: { rivalId, answer },
          reason: null,
        },
      ],
      at,
    );
  });
}

/** Reopens a sample question, and deletes the answer to an alert. */
async function removeAnswer(tx: Db, known: MatchLabel | null): Promise<void> {
  if (!known) throw new AppError('not_found', 'There is no answer about these two to remove.');
  if (known.origin === 'sample')
    await saveLabel(tx, { ...known, answer: null, answeredBy: null, answeredAt: null });
  else await removeLabel(tx, known.id);
}

/** The comparison with a rival of the conflict case. */
async function alertComparison(
  tx: Db,
  id: string,
  registrationId: string,
  rivalId: string,
): Promise<Comparison> {
  const found = await storedCase(tx, registrationId);
  const rival = found?.decision.findings.find((finding) => finding.rival?.id === rivalId)?.rival;
  if (!found || !rival)
    throw new AppError('not_found', 'These two were not compared.', { registrationId, rivalId });
  const theirs = found.facts?.rivals.find((one) => one.id === rivalId)?.company;
  if (!found.facts || !theirs || found.modelHash === null)
    throw new AppError(
      'conflict',
      'The compared facts are no longer stored. The next run compares the two again.',
      {
        registrationId,
        rivalId,
      },
    );
  return {
    id,
    registrationId,
    rivalKind: rival.kind === 'customer' ? 'account' : rival.kind,
    rivalId,
    origin: 'alert',
    ours: found.facts.company,
    theirs,
    modelHash: found.modelHash,
    bits: rival.match.bits,
    probability: rival.match.probability,
    verdict: rival.match.verdict,
    weight: 1,
    comparedAt: found.openedAt,
  };
}
