import { audit } from '#src/db/people/audit-store.ts';
import { saveDocumentAnswer, type DocumentAnswer } from '#src/db/records/document-answer-store.ts';
import { openProblemCodes } from '#src/db/sync/problem-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { documentQuestions } from './kinds/invoice-questions.ts';
import { placeAgain } from './place-records.ts';

export interface DocumentAnswerInput {
  readonly connectionId: string;
  /** The row that is asked about, as the problem names it. */
  readonly ref: string;
  readonly answer: DocumentAnswer;
  readonly reason: string;
  readonly personId: string;
}

/**
 * Settles a question about a row of the ERP with a person's answer, and places the row by it. The answer counts
 * for the row as it is now; when the ERP sends it with other values, it is asked about again. Commissions follow
 * in the next run.
 *
 * @throws AppError `not_found` when nothing is asked about the row; `conflict` for an answer that the question
 * does not allow
 */
export async function answerDocumentQuestion(deps: Deps, input: DocumentAnswerInput): Promise<void> {
  const { connectionId, ref, answer, reason, personId } = input;
  const connection = await requireConnection(deps, connectionId);
  const object = packFor(deps, connection, 'invoice')?.object ?? '';
  await deps.db.transaction(async (tx) => {
    // Placing records asks and closes questions, and does so under the same lock.
    await lockObject(tx, connectionId, object);
    const codes = await openProblemCodes(tx, { source: 'map', connectionId, object }, ref);
    const asked = codes.filter((code) => documentQuestions[code] !== undefined);
    if (asked.length === 0)
      throw new AppError('not_found', 'Nothing is asked about this row any more. Reload the page.', { ref });
    if (!asked.every((code) => documentQuestions[code]?.includes(answer)))
      throw new AppError('conflict', 'This question cannot be answered in this way. Reload the page.', {
        ref,
      });
    const at = deps.clock();
    const isSaved = await saveDocumentAnswer(tx, {
      connectionId,
      object,
      extId: ref,
      answer,
      answeredBy: personId,
      answeredAt: at,
    });
    if (!isSaved) throw new AppError('not_found', 'The row is not known any more. Reload the page.', { ref });
    await audit(
      tx,
      [
        {
          actorId: personId,
          action: 'document.answered',
          subjectKind: 'connection',
          subjectId: connectionId,
          before: { questions: asked.join(', ') },
          after: { row: ref, answer },
          reason,
        },
      ],
      at,
    );
  });
  await placeAgain(deps, { connectionId, kind: 'invoice', runId: null });
}
