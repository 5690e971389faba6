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
  /**
   * What it is compared with: a rival of its conflict case, or the company a question of the sample is about.
   */
  readonly rivalId: string;
  /** Null takes back what was said. */
  readonly answer: MatchAnswer | null;
  readonly personId: string;
}

/**
 * A reviewer says whether two companies are one customer. That decides nothing about the registration, which
 * may be approved in spite of it: it is kept with what was compared, so that the model can be judged by it
 * and learn from it. Saying it again changes one's mind.
 *
 * @throws AppError `not_found` when the two were not compared; `conflict` when what was compared is no longer
 * kept
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
    if (answer === null) await takeBack(tx, known);
    else {
      // What the sample asked is answered as it was asked; an alert as it stands now.
      const compared =
        known?.origin === 'sample'
          ? known
          : await shownRival(tx, known?.id ?? deps.ids(), registrationId, rivalId);
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

/** A question is open again; an alert is as if nobody had said anything. */
async function takeBack(tx: Db, known: MatchLabel | null): Promise<void> {
  if (!known) throw new AppError('not_found', 'Nobody has said anything of these two.');
  if (known.origin === 'sample')
    await saveLabel(tx, { ...known, answer: null, answeredBy: null, answeredAt: null });
  else await removeLabel(tx, known.id);
}

/** A rival of the conflict case, as it was compared. */
async function shownRival(tx: Db, id: string, registrationId: string, rivalId: string): Promise<Comparison> {
  const found = await storedCase(tx, registrationId);
  const rival = found?.decision.findings.find((finding) => finding.rival?.id === rivalId)?.rival;
  if (!found || !rival)
    throw new AppError('not_found', 'These two were not compared.', { registrationId, rivalId });
  const theirs = found.facts?.rivals.find((one) => one.id === rivalId)?.company;
  if (!found.facts || !theirs || found.modelHash === null)
    throw new AppError('conflict', 'What was compared is not kept any more. The next run compares anew.', {
      registrationId,
      rivalId,
    });
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
