import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { lastClosedPeriod, lockLedger, postEntries } from '#src/db/ledger/ledger-store.ts';
import {
  lockBatch,
  payoutItems,
  renameItems,
  updateBatch,
  type PayoutBatch,
  type PayoutItem,
} from '#src/db/payouts/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { payoutKey } from '#src/domain/payouts/batch.ts';
import { approvalBlockers, moveBatch, type PayoutEvent } from '#src/domain/payouts/lifecycle.ts';
import { payeeBlockers, payeeName } from '#src/domain/payouts/payee.ts';
import { openPeriodFor, periodOf } from '#src/domain/period.ts';
import { refuseUnseen, type ShownContent } from '#src/domain/shown-content.ts';
import { batchHash } from './draft-payouts.ts';
import { payoutShown } from './payout-shown.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { requireSecondPerson, requireTwoAdmins } from '#src/operations/people/second-person.ts';

export interface BatchInput {
  readonly batchId: string;
  readonly personId: string;
  /** The content of the batch on the person's page; only programs leave it out. */
  readonly shown?: ShownContent;
}

/** Submits a draft for approval. Its item keys are renewed with the current partner codes. */
export function submitPayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'submit', async (tx, batch) => {
    const items = await payableItems(tx, batch);
    const renamed = items.filter((item) => item.key !== currentKey(item));
    await renameItems(
      tx,
      renamed.map((item) => ({ id: item.id, key: currentKey(item) })),
    );
    const named = items.map((item) => ({ ...item, key: currentKey(item) }));
    return { contentHash: batchHash(batch, named), submittedBy: input.personId, submittedAt: deps.clock() };
  });
}

/**
 * Approves exactly the submitted content. The person who created or submitted the batch cannot approve it, nor
 * anybody tied to them; the database guarantees this too.
 */
export function approvePayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'approve', async (tx, batch) => {
    const blockers = approvalBlockers(
      {
        createdBy: batch.createdBy,
        submittedBy: batch.submittedBy,
        editedBy: [],
        contentHash: batch.contentHash,
      },
      input.personId,
    );
    if (blockers.length > 0) throw new AppError('not_allowed', blockers.join(' '), { batchId: batch.id });
    const at = deps.clock();
    await requireTwoAdmins(tx, at);
    const makerIds = [batch.createdBy, batch.submittedBy];
    await requireSecondPerson(tx, { approverId: input.personId, makerIds, at });
    expectSamePayees(batch, await payableItems(tx, batch));
    return { approvedBy: input.personId, approvedAt: at, approvedHash: batch.contentHash };
  });
}

/** Returns a batch to draft, which voids its approval. */
export function returnPayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  return changeBatch(deps, input, 'return', async () => ({
    submittedBy: null,
    submittedAt: null,
    approvedBy: null,
    approvedAt: null,
    approvedHash: null,
  }));
}

/**
 * Releases an approved batch to finance: posts its amounts from accrued to payable, and adds the job that
 * writes the payout file.
 */
export async function exportPayoutBatch(deps: Deps, input: BatchInput): Promise<PayoutBatch> {
  // Read before the transaction: transactions that each need a second database connection could deadlock.
  const { version } = await currentProgram(deps);
  return changeBatch(deps, input, 'export', async (tx, batch) => {
    await requireTwoAdmins(tx, deps.clock());
    const items = await payableItems(tx, batch);
    expectSamePayees(batch, items);
    await lockLedger(tx);
    // The month of the batch is closed and cannot change, so the entries belong to the next open month.
    const period = openPeriodFor(
      periodOf(deps.clock().toISOString().slice(0, 10)),
      await lastClosedPeriod(tx),
    );
    await postEntries(
      tx,
      items.map((item) => ({
        id: deps.ids(),
        reason: 'payout',
        partnerId: item.partnerId,
        component: 'payout',
        currency: item.currency,
        period,
        programVersion: version,
        trace: { payout: item.key, batch: batch.key, period: batch.period },
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

/**
 * The items of a batch, after checking that its content is unchanged and that every item names its payee.
 *
 * @throws AppError `conflict` with the fix
 */
async function payableItems(tx: Db, batch: PayoutBatch): Promise<PayoutItem[]> {
  const items = await payoutItems(tx, [batch.id]);
  if (batchHash(batch, items) !== batch.contentHash) {
    const message =
      'This batch no longer adds up to what was drafted or submitted. Do not pay it; ask an admin to look at it.';
    throw new AppError('conflict', message, { batchId: batch.id });
  }
  const blockers = payeeBlockers(items);
  if (blockers.length > 0) throw new AppError('conflict', blockers.join(' '), { batchId: batch.id });
  return items;
}

/** An approval covers the payees: with a partner code changed later, the money would go to another payee. */
function expectSamePayees(batch: PayoutBatch, items: readonly PayoutItem[]): void {
  const changed = items.filter((item) => item.key !== currentKey(item)).map((item) => item.partnerName);
  if (changed.length === 0) return;
  const message = `The partner code of ${changed.join(', ')} has changed since this batch was submitted. Return it to draft and submit it again.`;
  throw new AppError('conflict', message, { batchId: batch.id });
}

function currentKey(item: PayoutItem): string {
  return payoutKey(item.period, payeeName(item), item.currency);
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
    refuseUnseen(input.shown, payoutShown(batch, await payoutItems(tx, [batch.id])));
    const status = moveBatch(batch.status, event);
    const set: Partial<PayoutBatch> = { status, ...(await change(tx, batch)) };
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
          after: { status, contentHash: set.contentHash ?? batch.contentHash },
          reason: null,
        },
      ],
      at,
    );
    await addJobs(
      tx,
      [
        {
          id: deps.ids(),
          runId: null,
          stage: null,
          name: 'write-back',
          payload: { registrationIds: [], payoutBatchIds: [batch.id] },
        },
      ],
      at,
    );
    return { ...batch, ...set };
  });
  await relaySoon(deps);
  return changed;
}
