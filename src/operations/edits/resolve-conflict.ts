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
} from '#src/db/sync/conflict-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import { requireConnection, tryMapping } from '#src/operations/connections/use-connection.ts';
import { conflictShown } from './conflict-shown.ts';
import { queueWriteBack } from './edit-record.ts';
import {
  isEditable,
  saveCanonicalRecord,
  type EditableKind,
} from '#src/operations/records/canonical-values.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface ResolveConflictInput {
  readonly resolutionId: string;
  /** `crm`: Fairway gets the CRM's value · `fairway`: Fairway's value is written to the CRM. */
  readonly winner: 'crm' | 'fairway';
  /** The content of the conflict on the person's page; only programs leave it out. */
  readonly shown?: ShownContent;
  readonly personId: string;
}

/**
 * Settles a conflict with a person's choice. The CRM's value as the conflict showed it becomes the synced base;
 * if the CRM's value has changed since, that is a new conflict.
 *
 * @throws AppError `not_found`; `conflict` when it was settled before, or the field is no longer two-way
 */
export async function resolveConflict(
  deps: Deps,
  { resolutionId, winner, shown, personId }: ResolveConflictInput,
): Promise<void> {
  const asked = await findResolution(deps.db, resolutionId);
  if (!asked) throw new AppError('not_found', 'There is no such conflict.', { resolutionId });
  const { kind, field } = await disputed(deps, asked);
  await deps.db.transaction(async (tx) => {
    // Placing records may update or close the conflict, and does so under the same lock.
    await lockObject(tx, asked.connectionId, asked.object);
    const question = await lockResolution(tx, resolutionId);
    if (question?.winner !== null)
      throw new AppError('conflict', 'This conflict is already settled. Reload to see the result.', {
        resolutionId,
        winner: question?.winner,
      });
    refuseUnseen(shown, conflictShown(question));
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
          // The audit trail cannot be changed, and the values may be personal data. The conflict has them, and
          // can be erased.
          before: null,
          after: { fields: [field.local] },
          reason: winner === 'crm' ? 'The CRM’s value counts.' : 'Fairway’s value counts.',
        },
      ],
      at,
    );
    await queueWriteBack(deps, tx, kind, recordId);
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
      `${field} is no longer a two-way field in ${connection.name}, so there is nothing to resolve.`,
      { field },
    );
  return { kind, field: found };
}

/** Makes the CRM's value of the conflict the base. Fairway's value stays an edit only when Fairway wins. */
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
    throw new AppError('internal', 'The conflict has no record any more.', { extId, field: local });
  const { [local]: _, ...others } = known.edits;
  const edits = winner === 'crm' ? others : { ...others, [local]: deps.clock().toISOString() };
  await saveShadows(
    tx,
    connectionId,
    object,
    new Map([[extId, { ...known, edits, fields: { ...known.fields, [remote]: base } }]]),
  );
}
