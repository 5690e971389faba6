import { audit, type AuditEntry } from '#src/db/people/audit-store.ts';
import { lockLedger } from '#src/db/ledger/ledger-store.ts';
import {
  lastClose,
  lockBatchesOfPeriod,
  openReopening,
  saveReopening,
  deleteClose,
} from '#src/db/ledger/reopening-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { requireSecondPerson } from '#src/operations/people/second-person.ts';
import { areSameBatches, reopeningBlockers } from '#src/domain/ledger/reopen-period.ts';

export interface RequestReopeningInput {
  readonly period: string;
  readonly reason: string;
  readonly personId: string;
}

/**
 * The first of two people asks to reopen the month that was closed last. Nothing changes until another
 * person confirms it. @throws AppError `conflict` when something of the month was approved or exported
 */
export async function requestReopening(
  deps: Deps,
  { period, reason, personId }: RequestReopeningInput,
): Promise<{ readonly reopeningId: string }> {
  const id = deps.ids();
  const at = deps.clock();
  await deps.db.transaction(async (tx) => {
    const { closedAt, batches } = await lockClose(tx, period);
    const shown = batches.map(({ key, currency, totalMinor, itemCount, contentHash }) => ({
      key,
      currency,
      totalMinor: String(totalMinor),
      itemCount,
      contentHash,
    }));
    const row = { id, period, closedAt, reason, batches: shown, requestedBy: personId, requestedAt: at };
    await saveReopening(tx, row);
    await audit(tx, [eventOf('period.reopen_requested', row)], at);
  });
  return { reopeningId: id };
}

export interface ConfirmReopeningInput {
  readonly period: string;
  /** The request that the second person saw. */
  readonly reopeningId: string;
  readonly personId: string;
}

/**
 * Another person confirms the request: the month is open again, its drafts are gone, and their entries are
 * unpaid. The ledger has the request and its confirmation as a separate record. The next run closes the
 * month again when it has ended.
 */
export async function confirmReopening(
  deps: Deps,
  { period, reopeningId, personId }: ConfirmReopeningInput,
): Promise<void> {
  const at = deps.clock();
  await deps.db.transaction(async (tx) => {
    const { batches } = await lockClose(tx, period);
    const request = await openReopening(tx, period);
    if (request?.id !== reopeningId)
      throw new AppError('conflict', 'This request was replaced or already confirmed. Load the page again.', {
        period,
      });
    if (request.requestedBy === personId)
      throw new AppError(
        'not_allowed',
        'You asked to take this close back; another person must confirm it.',
        {
          period,
        },
      );
    await requireSecondPerson(tx, { approverId: personId, makerIds: [request.requestedBy], at });
    if (!areSameBatches(request.batches, batches))
      throw new AppError(
        'conflict',
        `The payout batches of ${period} have changed since the request. Ask for it again.`,
        { period },
      );
    await deleteClose(tx, request, { confirmedBy: personId, confirmedAt: at });
    await audit(tx, [{ ...eventOf('period.reopened', request), actorId: personId }], at);
  });
}

/** Locks the ledger and the batches, and checks that the month can be reopened. */
async function lockClose(tx: Db, period: string) {
  await lockLedger(tx);
  const closed = await lastClose(tx);
  const batches = await lockBatchesOfPeriod(tx, period);
  const blockers = reopeningBlockers(period, { lastClosed: closed?.period ?? null, batches });
  if (closed === null || blockers.length > 0) throw new AppError('conflict', blockers.join(' '), { period });
  return { closedAt: closed.closedAt, batches };
}

function eventOf(
  action: 'period.reopen_requested' | 'period.reopened',
  {
    id,
    period,
    closedAt,
    reason,
    batches,
    requestedBy,
  }: Pick<
    Parameters<typeof saveReopening>[1],
    'id' | 'period' | 'closedAt' | 'reason' | 'batches' | 'requestedBy'
  >,
): AuditEntry {
  return {
    actorId: requestedBy,
    action,
    subjectKind: 'period',
    subjectId: id ?? '',
    before: { period, closedAt, batches },
    after: { period, open: action === 'period.reopened' },
    reason,
  };
}
