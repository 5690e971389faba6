import type { RemoteFailure } from '#connectors/contract/crm.ts';
import { pendingOfJob, sentJobs, type SentJob } from '#src/db/sync/sent-job-store.ts';
import type { Deps } from '#src/deps.ts';
import { withConnection } from '#src/operations/connections/use-connection.ts';
import { recordOutcomes } from './record-outcomes.ts';
import { besideUrgent, type Writer } from './send-writes.ts';

/**
 * Finds out what became of jobs at the vendor that nobody waits for any more, because whoever began them died
 * or was cut off. Until then nothing else is written to their records: the job may still do it, after us.
 * What it has written is not sent again.
 *
 * @throws ConnectorError when the vendor cannot be asked
 */
export async function recoverBulkJobs(deps: Deps, writer: Writer): Promise<void> {
  for (const job of await sentJobs(deps.db, writer.connectionId)) {
    const failure = await takeUp(deps, writer, job);
    if (failure)
      deps.log.warn(
        { ticket: job.ticket, code: failure.code },
        'rows of a job that was left behind are sent again',
      );
  }
}

async function takeUp(deps: Deps, writer: Writer, job: SentJob): Promise<RemoteFailure | null> {
  const { connectionId, runId } = writer;
  const { ticket, object, operation, keyField, sentAt } = job;
  return withConnection(deps, { connectionId, runId, about: 'writes' }, async (connection, connector) => {
    if (!connector.takeUp) throw new Error(`${connection.name} has jobs that nobody can take up`);
    const group = await pendingOfJob(deps.db, job);
    const writes = group.map(({ id, extId, keyValue, fields }) => ({ id, extId, keyValue, fields }));
    const outcomes = await besideUrgent(
      deps,
      writer,
      connector.takeUp(ticket, { object, operation, keyField, writes }),
    );
    return recordOutcomes(deps, { connection, runId, sentAt, endedJobs: [ticket] }, group, outcomes);
  });
}
