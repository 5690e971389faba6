import { setTimeout as wait } from 'node:timers/promises';
import {
  ConnectorError,
  type Connector,
  type JsonValue,
  type PushJob,
  type PushOutcome,
  type RemoteFailure,
} from '#connectors/contract/crm.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveSentJob } from '#src/db/sync/sent-job-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import { earlyIntents, laneOf, postponeIntents, type WriteIntent } from '#src/db/sync/write-store.ts';
import { requireWriter, type WriterLock } from '#src/db/sync/writer-lock.ts';
import type { Deps } from '#src/deps.ts';
import { emptyShadow, withAttempt } from '#src/domain/sync/shadow.ts';
import { withConnection } from '#src/operations/connections/use-connection.ts';
import { recordOutcomes, mayPassLater } from './record-outcomes.ts';
import { revalidateWrites } from './revalidate-writes.ts';

/**
 * Full calls for each vendor, and few enough that what a person decides meanwhile goes out within seconds.
 */
export const chunkSize = 1_000;
/** Between two looks at what people have decided, while the vendor works on a job. */
const urgentEveryMs = 1_000;

/** Who writes to a connection now. */
export interface Writer {
  readonly connectionId: string;
  readonly runId: string | null;
  readonly lock: WriterLock;
  /** Intents of early lanes that this writer has tried: each once. */
  readonly tried: Set<string>;
  /** What may pass later, and should make the job try again. */
  postponed: RemoteFailure | null;
}

/** Sends intents of one target, see `firstTarget`. @throws ConnectorError */
export async function sendWrites(deps: Deps, writer: Writer, chunk: readonly WriteIntent[]): Promise<void> {
  const { connectionId, runId } = writer;
  const lane = chunk[0] ? laneOf(chunk[0]) : 'bulk';
  if (lane !== 'bulk') for (const { id } of chunk) writer.tried.add(id);
  await withConnection(
    deps,
    { connectionId, runId, about: 'writes', lane },
    async (connection, connector) => {
      const ready = await revalidateWrites(deps, { connection, connector, runId }, chunk);
      for (const group of byOperation(ready)) {
        for (const { id } of group) writer.tried.add(id);
        const failure = await sendGroup(deps, writer, { connection, connector }, group);
        writer.postponed = failure ?? writer.postponed;
        if (failure) return;
      }
    },
  );
}

/**
 * What one push can carry: same lane, same object, same operation, same key. The connector splits it to the
 * vendor's limits.
 */
export function firstTarget(intents: readonly WriteIntent[]): readonly WriteIntent[] {
  const [first] = intents;
  if (!first) return [];
  return intents.filter(
    (one) =>
      laneOf(one) === laneOf(first) &&
      one.object === first.object &&
      one.operation === first.operation &&
      one.keyField === first.keyField,
  );
}

/** What was planned again may have become another operation. */
function byOperation(intents: readonly WriteIntent[]): readonly (readonly WriteIntent[])[] {
  return [...Map.groupBy(intents, ({ operation, keyField }) => `${operation}|${keyField}`).values()];
}

interface Target {
  readonly connection: Connection;
  readonly connector: Connector;
}

/** Returns a failure that should make the job try again, if there was one. */
async function sendGroup(
  deps: Deps,
  writer: Writer,
  { connection, connector }: Target,
  group: readonly WriteIntent[],
): Promise<RemoteFailure | null> {
  await rememberAttempt(deps, writer, group);
  const sentAt = deps.sharedClock();
  const jobs: PushJob[] = [];
  const outcomes = await send(deps, writer, { connector, group, sentAt, jobs });
  const open = new Set(
    outcomes.flatMap((outcome) => (!outcome.ok && mayPassLater(outcome.failure) ? [outcome.id] : [])),
  );
  // What becomes of a job's other rows may still be open: whoever writes next asks.
  const endedJobs = jobs
    .filter(({ writeIds }) => !writeIds.some((id) => open.has(id)))
    .map(({ ticket }) => ticket);
  return recordOutcomes(deps, { connection, runId: writer.runId, sentAt, endedJobs }, group, outcomes);
}

/**
 * Kept before it leaves: should a read bring it back before its answer is known, it is recognised as ours.
 */
async function rememberAttempt(
  deps: Deps,
  { connectionId, lock }: Writer,
  group: readonly WriteIntent[],
): Promise<void> {
  const object = group[0]?.object ?? '';
  const known = group.flatMap(({ extId, fields, base }) =>
    extId === null ? [] : [{ extId, write: { fields, base } }],
  );
  await deps.db.transaction(async (tx) => {
    await requireWriter(tx, connectionId, lock);
    await lockObject(tx, connectionId, object);
    const extIds = known.map((one) => one.extId);
    const shadows = await shadowsOf(tx, connectionId, object, extIds);
    const attempts = known.map(
      ({ extId, write }) =>
        [extId, withAttempt(shadows.get(extId)?.shadow ?? emptyShadow<JsonValue>(), write)] as const,
    );
    await saveShadows(tx, connectionId, object, new Map(attempts));
  });
}

interface Sending {
  readonly connector: Connector;
  readonly group: readonly WriteIntent[];
  readonly sentAt: Date;
  /** Filled with the jobs the vendor works on. */
  readonly jobs: PushJob[];
}

async function send(
  deps: Deps,
  writer: Writer,
  { connector, group, sentAt, jobs }: Sending,
): Promise<readonly PushOutcome[]> {
  const [first] = group;
  if (!first) return [];
  const { object, operation, keyField } = first;
  const recordOf = new Map(group.map(({ id, recordId }) => [id, recordId]));
  const onJob = async (job: PushJob): Promise<void> => {
    const recordIds = job.writeIds.flatMap((id) => recordOf.get(id) ?? []);
    const { connectionId } = writer;
    await saveSentJob(deps.db, {
      connectionId,
      ticket: job.ticket,
      object,
      operation,
      keyField,
      intentIds: [...job.writeIds],
      recordIds,
      sentAt,
    });
    jobs.push(job);
  };
  const writes = group.map(({ id, extId, keyValue, fields }) => ({ id, extId, keyValue, fields }));
  try {
    return await besideUrgent(
      deps,
      writer,
      connector.push({ object, operation, keyField, writes, onJob }),
      () => jobs.length > 0,
    );
  } catch (error) {
    // It may have landed all the same: the next attempt looks before it writes.
    if (error instanceof ConnectorError) {
      const { failure } = error;
      await postponeIntents(
        deps.db,
        group.map(({ id }) => ({ id, failure })),
      );
    }
    throw error;
  }
}

/**
 * While the vendor works on a job, which may take half an hour, what people decide about other records goes
 * out beside it.
 *
 * @param holds whether such a job is under way yet: until then whatever goes out is soon done
 */
export async function besideUrgent<T>(
  deps: Deps,
  writer: Writer,
  work: Promise<T>,
  holds: () => boolean = () => true,
): Promise<T> {
  const over = new AbortController();
  const ends = [
    work.finally(() => over.abort()),
    sendUrgent(deps, writer, { holds, over: over.signal }),
  ] as const;
  // Both end before the writer's lock is given back, however the other does.
  await Promise.allSettled(ends);
  const [result] = await Promise.all(ends);
  return result;
}

async function sendUrgent(
  deps: Deps,
  writer: Writer,
  { holds, over }: { readonly holds: () => boolean; readonly over: AbortSignal },
): Promise<void> {
  while (!over.aborted) {
    await wait(urgentEveryMs, undefined, { signal: over }).catch(() => {}); // the work is over, which the loop sees
    while (!over.aborted && holds()) {
      const limits = { lane: 'interactive', except: [...writer.tried], limit: chunkSize } as const;
      const chunk = firstTarget(await earlyIntents(deps.db, writer.connectionId, limits));
      if (chunk.length === 0) break;
      await sendWrites(deps, writer, chunk).catch((error: unknown) => {
        if (!(error instanceof ConnectorError)) throw error;
        writer.postponed = error.failure;
      });
    }
  }
}
