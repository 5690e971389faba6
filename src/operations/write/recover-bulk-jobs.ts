import type { RemoteFailure } from '#connectors/contract/failures.ts';
import { pendingIntentsOfJob, openBulkJobs, type BulkJob } from '#src/db/sync/bulk-job-store.ts';
import type { Deps } from '#src/deps.ts';
import { withCrm } from '#src/operations/connections/use-connection.ts';
import { recordOutcomes } from './record-outcomes.ts';
import { whileSendingUrgent, type Writer } from './send-writes.ts';

/**
 * Recovers bulk jobs at the vendor whose worker died or lost its connection: fetches their results before new
 * writes to the same records are sent, because the job could otherwise overwrite them later. Rows that the job
 * has written are not sent again.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function recoverBulkJobs(deps: Deps, writer: Writer): Promise<void> {
  for (const job of await openBulkJobs(deps.db, writer.connectionId)) {
    const failure = await recoverJob(deps, writer, job);
    if (failure)
      deps.log.warn(
        { ticket: job.ticket, code: failure.code },
        'rows of an interrupted bulk job are sent again',
      );
  }
}

/** Returns a temporary failure of one of the job's rows, if there was one. */
async function recoverJob(deps: Deps, writer: Writer, job: BulkJob): Promise<RemoteFailure | null> {
  const { connectionId, runId } = writer;
  const { ticket, object, operation, keyField, sentAt } = job;
  return withCrm(deps, { connectionId, runId, about: 'writes' }, async (connection, connector) => {
    if (!connector.recoverJob) throw new Error(`the connector of ${connection.name} cannot recover jobs`);
    const group = await pendingIntentsOfJob(deps.db, job);
    const writes = group.map(({ id, extId, keyValue, fields }) => ({ id, extId, keyValue, fields }));
    const outcomes = await whileSendingUrgent(
      deps,
      writer,
      connector.recoverJob(ticket, { object, operation, keyField, writes }),
    );
    return recordOutcomes(deps, { connection, runId, sentAt, endedJobs: [ticket] }, group, outcomes);
  });
}
