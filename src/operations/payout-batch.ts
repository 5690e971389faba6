import { audit } from '#src/db/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/job-store.ts';
import { lockLedger, postEntries } from '#src/db/ledger-store.ts';
import { lockBatch, payoutItems, updateBatch, type PayoutBatch } from '#src/db/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { approvalBlockers, moveBatch, type PayoutEvent } from '#src/domain/payout/lifecycle.ts';
import { batchHash } from './draft-payouts.ts';
import { currentProgram } from './programs.ts';
import { relayJobs } from './relay-jobs.ts';

export interface BatchInput {
  readonly batchId: string;
  readonly personId: string;
}

/** Hands a draft in for approval. */
export function submitPayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'submit', async () => ({ submittedBy: input.personId, submittedAt: deps.clock() }));
}

/** Approves exactly what was handed in. Whoever made or submitted it cannot; the database holds that line too. */
export function approvePayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'approve', async (tx, batch) => {
    const blockers = approvalBlockers(
      { createdBy: batch.createdBy, submittedBy: batch.submittedBy, editedBy: [], contentHash: batch.contentHash },
      input.personId,
    );
    if (blockers.length > 0) throw new AppError('not_allowed', blockers.join(' '), { batchId: batch.id });
    const content = batchHash(batch, await payoutItems(tx, [batch.id]));
    if (content !== batch.contentHash)
      throw new AppError('conflict', 'This batch no longer adds up to what was submitted. Do not pay it; ask an admin to look at it.', {
        batchId: batch.id,
      });
    return { approvedBy: input.personId, approvedAt: deps.clock(), approvedHash: content };
  });
}

/** Takes a batch back to draft, which voids its approval. */
export function returnPayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'return', async () => ({
    submittedBy: null,
    submittedAt: null,
    approvedBy: null,
    approvedAt: null,
    approvedHash: null,
  }));
}

/** Releases an approved batch to finance: moves what it pays from accrued to payable; the job put out with it writes the file. */
export function exportPayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'export', async (tx, batch) => {
    const { version } = await currentProgram(deps);
    const items = await payoutItems(tx, [batch.id]);
    await lockLedger(tx);
    await postEntries(
      tx,
      items.map((item) => ({
        id: deps.ids(),
        reason: 'payout',
        partnerId: item.partnerId,
        component: 'payout',
        currency: item.currency,
        period: item.period,
        programVersion: version,
        trace: { payout: item.key, batch: batch.key },
        createdAt: deps.clock(),
        postings: [
          { account: 'accrued', amountMinor: item.amountMinor },
          { account: 'payable', amountMinor: -item.amountMinor },
        ],
      })),
    );
    return { exportedAt: deps.clock() };
  });
}

async function changeBatch(
  deps: Deps,
  input: BatchInput,
  event: PayoutEvent,
  change: (tx: Db, batch: PayoutBatch) => Promise<Partial<PayoutBatch>>,
): Promise<PayoutBatch> {
  const at = deps.clock();
  const changed = await deps.db.transaction(async (tx) => {
    const batch = await lockBatch(tx, input.batchId);
    if (!batch) throw new AppError('not_found', 'There is no such payout batch.', { batchId: input.batchId });
    const status = moveBatch(batch.status, event);
    const set = { status, ...(await change(tx, batch)) };
    await updateBatch(tx, batch.id, set);
    await audit(
      tx,
      [
        {
          actorId: input.personId,
          action: `payout_batch.${status}`,
          subjectKind: 'payout_batch',
          subjectId: batch.id,
          before: { status: batch.status },
          after: { status, contentHash: batch.contentHash },
          reason: null,
        },
      ],
      at,
    );
    await addJobs(
      tx,
      [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload: { registrationIds: [], payoutBatchIds: [batch.id] } }],
      at,
    );
    return { ...batch, ...set };
  });
  await relayJobs(deps);
  return changed;
}
