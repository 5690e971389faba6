import { setTimeout as wait } from 'node:timers/promises';
import { asCrm } from '#connectors/contract/connector.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import {
  priorityIntents,
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
import { chunkSize, firstBatch, sendWrites, type Writer } from './send-writes.ts';
import { recoverBulkJobs } from './recover-bulk-jobs.ts';

export interface PushInput {
  readonly connectionId: string;
  readonly runId: string | null;
  /**
   * `interactive` sends only the writes that follow from people's decisions; `hint` sends these and then the
   * writes that follow from hints. Default: all writes, these first.
   */
  readonly lane?: Lane;
}

/** Pause between two attempts to become the connection's writer. */
const pauseMs = 250;

/**
 * Sends the pending writes of one CRM in the vendor's batches, and stores one outcome per record. A refused
 * write becomes a dead letter with the vendor's message; the next run plans it again. After a temporary
 * failure the write stays pending.
 *
 * @throws ConnectorError after a temporary failure, so that the job is tried again
 */
export async function pushConnection(deps: Deps, input: PushInput, progress: ReportProgress): Promise<void> {
  // Without pending writes the vendor is not called and the connection's health stays as it is.
  while (await hasPending(deps.db, input.connectionId, input.lane ?? 'bulk')) {
    // Outcomes are stored in their own transactions, not in the one that holds the writer's lock.
    if (await asWriter(deps.db, input.connectionId, (lock) => pushPending(deps, input, lock, progress)))
      return;
    // Another job is writing. Between two chunks it also sends people's writes that are new.
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
  const rows = asCrm(deps.connectorFor(connection))?.pushRows ?? chunkSize;
  const writer: Writer = { connectionId, runId, lock, tried: new Set(), postponed: null };
  let after: IntentPlace | null = null;
  let done = 0;
  // The other lanes do not wait for bulk jobs: they write to other records.
  if (lane === 'bulk') await recoverBulkJobs(deps, writer);
  for (;;) {
    const early = await priorityIntents(deps.db, connectionId, {
      lane,
      except: [...writer.tried],
      limit: chunkSize,
    });
    const next =
      early.length > 0 || lane !== 'bulk' ? early : await pendingIntents(deps.db, connectionId, after, rows);
    const chunk = firstBatch(next);
    const last = chunk.at(-1);
    if (!last) break;
    if (laneOf(last) === 'bulk') after = last;
    await sendWrites(deps, writer, chunk);
    done += chunk.length;
    await progress({ label: `Writing to ${connection.name}`, done, total: null });
  }
  if (writer.postponed) throw new ConnectorError(writer.postponed);
}
