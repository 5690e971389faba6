import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError } from '#connectors/contract/crm.ts';
import {
  earlyIntents,
  hasPending,
  laneOf,
  pendingIntents,
  type IntentPlace,
} from '#src/db/sync/write-store.ts';
import { asWriter, type WriterLock } from '#src/db/sync/writer-lock.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { chunkSize, firstTarget, sendWrites, type Writer } from './send-writes.ts';
import { recoverBulkJobs } from './recover-bulk-jobs.ts';

export interface PushInput {
  readonly connectionId: string;
  readonly runId: string | null;
  /**
   * `interactive` sends only what people have decided, `hint` also what hints brought, after it; otherwise
   * everything goes, those first.
   */
  readonly lane?: Lane;
}

/** Between two looks at whether another writer is done. */
const pauseMs = 250;

/**
 * Sends what is pending for one CRM, in the vendor's batches, one outcome a record. What is refused becomes a
 * dead letter with the vendor's words, and is planned afresh by the next run; what may pass later stays
 * pending, and this job fails so that it is tried again.
 *
 * @throws ConnectorError
 */
export async function pushConnection(deps: Deps, input: PushInput, progress: ReportProgress): Promise<void> {
  // Without work there is no reason to knock, and nothing to learn about the connection's health.
  while (await hasPending(deps.db, input.connectionId, input.lane ?? 'bulk')) {
    // Every outcome commits on its own.
    if (await asWriter(deps.db, input.connectionId, (lock) => pushPending(deps, input, lock, progress)))
      return;
    // Another writer is at it, and takes up between two chunks what goes first.
    await wait(pauseMs);
  }
}

async function pushPending(
  deps: Deps,
  input: PushInput,
  lock: WriterLock,
  progress: ReportProgress,
): Promise<void> {
  const { connectionId, runId, lane = 'bulk' } = input;
  const connection = await requireConnection(deps, connectionId);
  const rows = deps.connectorFor(connection).pushRows ?? chunkSize;
  const writer: Writer = { connectionId, runId, lock, tried: new Set(), postponed: null };
  let after: IntentPlace | null = null;
  let done = 0;
  // Others send what people wait for about other records, and do not wait for a job's end.
  if (lane === 'bulk') await recoverBulkJobs(deps, writer);
  for (;;) {
    const early = await earlyIntents(deps.db, connectionId, {
      lane,
      except: [...writer.tried],
      limit: chunkSize,
    });
    const next =
      early.length > 0 || lane !== 'bulk' ? early : await pendingIntents(deps.db, connectionId, after, rows);
    const chunk = firstTarget(next);
    const last = chunk.at(-1);
    if (!last) break;
    if (laneOf(last) === 'bulk') after = last;
    await sendWrites(deps, writer, chunk);
    done += chunk.length;
    await progress({ label: `Writing to ${connection.name}`, done, total: null });
  }
  if (writer.postponed) throw new ConnectorError(writer.postponed);
}
