import type { OutboundField } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import {
  findResolution,
  lockResolution,
  settleResolution,
  type Resolution,
} from '#src/db/sync/resolution-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { requireConnection, tryMapping } from '#src/operations/connections/use-connection.ts';
import { tellCrms } from './edit-record.ts';
import {
  isEditable,
  saveCanonicalRecord,
  type EditableKind,
} from '#src/operations/records/canonical-values.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface AnswerConflictInput {
  readonly resolutionId: string;
  /** `crm`: ours takes what the CRM says · `fairway`: the CRM is told what ours says. */
  readonly winner: 'crm' | 'fairway';
  readonly personId: string;
}

/**
 * A person says whose value of a field counts. What the question showed of the CRM is agreed from then on;
 * should it have changed since, that is a new disagreement.
 *
 * @throws AppError `not_found`; `conflict` when somebody has answered before, or the field no longer goes
 * both ways
 */
export async function resolveConflict(
  deps: Deps,
  { resolutionId, winner, personId }: AnswerConflictInput,
): Promise<void> {
  const asked = await findResolution(deps.db, resolutionId);
  if (!asked) throw new AppError('not_found', 'There is no such conflict.', { resolutionId });
  const { kind, field } = await disputed(deps, asked);
  await deps.db.transaction(async (tx) => {
    // Under the lock of the mapping, which may have brought the question up to date or closed it.
    await lockObject(tx, asked.connectionId, asked.object);
    const question = await lockResolution(tx, resolutionId);
    if (question?.winner !== null)
      throw new AppError('conflict', 'This has been settled already. Reload to see how.', {
        resolutionId,
        winner: question?.winner,
      });
    const { recordId, theirs } = question;
    if (winner === 'crm') await saveCanonicalRecord(tx, kind, recordId, { [field.local]: theirs });
    await agreeOnTheirs(deps, tx, question, field, winner);
    const at = deps.clock();
    await settleResolution(tx, question.id, { winner, decidedBy: personId }, at);
    await audit(
      tx,
      [
        {
          actorId: personId,
          action: `${kind}.conflict_answered`,
          subjectKind: kind,
          subjectId: recordId,
          // The trail cannot be rewritten, and the values may be somebody's: the resolution has them, which
          // can be erased.
          before: null,
          after: { fields: [field.local] },
          reason: winner === 'crm' ? 'The CRM’s value counts.' : 'Fairway’s value counts.',
        },
      ],
      at,
    );
    await tellCrms(deps, tx, kind, recordId);
  });
  await relaySoon(deps);
}

async function disputed(
  deps: Deps,
  { connectionId, kind, field }: Resolution,
): Promise<{ kind: EditableKind; field: OutboundField }> {
  const connection = await requireConnection(deps, connectionId);
  const mapping = isEditable(kind) ? await tryMapping(deps, connection, { kind, runId: null }) : null;
  const found = mapping?.twoWay.find((one) => one.local === field);
  if (!isEditable(kind) || !found)
    throw new AppError(
      'conflict',
      `${field} does not go both ways in ${connection.name} any more, so there is nothing to answer.`,
      {
        field,
      },
    );
  return { kind, field: found };
}

/** The base becomes what the question showed of the CRM; ours stays an edit only when it is to be written. */
async function agreeOnTheirs(
  deps: Deps,
  tx: Db,
  { connectionId, object, extId, theirs }: Resolution,
  { local, remote, write }: OutboundField,
  winner: 'crm' | 'fairway',
): Promise<void> {
  const known = (await shadowsOf(tx, connectionId, object, [extId])).get(extId)?.shadow;
  const base = write(theirs);
  if (!known || isRefusal(base))
    throw new AppError('internal', 'The question has lost its record.', { extId, field: local });
  const { [local]: _, ...others } = known.edits;
  const edits = winner === 'crm' ? others : { ...others, [local]: deps.clock().toISOString() };
  await saveShadows(
    tx,
    connectionId,
    object,
    new Map([[extId, { ...known, edits, fields: { ...known.fields, [remote]: base } }]]),
  );
}
