import { setTimeout as wait } from 'node:timers/promises';
import type { CrmConnector, PushJob, PushOutcome } from '#connectors/contract/crm.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { JsonValue } from '#connectors/contract/records.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveBulkJob } from '#src/db/sync/bulk-job-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import { priorityIntents, laneOf, recordFailedAttempts, type WriteIntent } from '#src/db/sync/write-store.ts';
import { requireWriter, type WriterLock } from '#src/db/sync/writer-lock.ts';
import type { Deps } from '#src/deps.ts';
import { emptyShadow, withAttempt } from '#src/domain/sync/shadow.ts';
import { loadMapping, withCrm } from '#src/operations/connections/use-connection.ts';
import type { ProjectedKind } from './values/decided-values.ts';
import { recordOutcomes, isTransient } from './record-outcomes.ts';
import { neededFields, withoutRefusedFields, type NarrowedWrite } from './refused-fields.ts';
import { revalidateWrites } from './revalidate-writes.ts';

/** Enough for full calls to each vendor, and few enough that a person's write is sent within seconds. */
export const chunkSize = 1_000;
/** Pause between two checks for people's writes while the vendor works on a bulk job. */
const urgentEveryMs = 1_000;

/** The job that holds the writer's lock of a connection. */
export interface Writer {
  readonly connectionId: string;
  readonly runId: string | null;
  readonly lock: WriterLock;
  /** The ids of the intents that this writer has tried. Priority intents are tried once. */
  readonly tried: Set<string>;
  /** The last temporary failure, after which the job must be tried again. */
  postponed: RemoteFailure | null;
}

/** Sends one batch of intents, see `firstBatch`. @throws ConnectorError */
export async function sendWrites(deps: Deps, writer: Writer, chunk: readonly WriteIntent[]): Promise<void> {
  const { connectionId, runId } = writer;
  const lane = chunk[0] ? laneOf(chunk[0]) : 'bulk';
  if (lane !== 'bulk') for (const { id } of chunk) writer.tried.add(id);
  await withCrm(deps, { connectionId, runId, about: 'writes', lane }, async (connection, connector) => {
    const ready = await revalidateWrites(deps, { connection, connector, runId }, chunk);
    for (const group of byOperation(ready)) {
      for (const { id } of group) writer.tried.add(id);
      const failure = await sendGroup(deps, writer, { connection, connector }, group);
      writer.postponed = failure ?? writer.postponed;
      if (failure) return;
    }
  });
}

/**
 * The intents that one push can contain: those with the first one's lane, object, operation and key field. The
 * connector splits them to the vendor's limits.
 */
export function firstBatch(intents: readonly WriteIntent[]): readonly WriteIntent[] {
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

/** An intent that was planned again may have another operation. */
function byOperation(intents: readonly WriteIntent[]): readonly (readonly WriteIntent[])[] {
  return [...Map.groupBy(intents, ({ operation, keyField }) => `${operation}|${keyField}`).values()];
}

interface Target {
  readonly connection: Connection;
  readonly connector: CrmConnector;
}

/** Returns a temporary failure after which the job must be tried again, if there was one. */
async function sendGroup(
  deps: Deps,
  writer: Writer,
  { connection, connector }: Target,
  group: readonly WriteIntent[],
): Promise<RemoteFailure | null> {
  await recordAttempt(deps, writer, group);
  const sentAt = deps.sharedClock();
  const jobs: PushJob[] = [];
  const first = await send(deps, writer, { connector, group, sentAt, jobs });
  const { outcomes, narrowed } = await sendRest(deps, writer, {
    ...{ connection, connector, group, sentAt, jobs },
    outcomes: first,
  });
  const open = new Set(
    outcomes.flatMap((outcome) => (!outcome.ok && isTransient(outcome.failure) ? [outcome.id] : [])),
  );
  // A job with open rows stays stored, so that the next writer recovers it.
  const endedJobs = jobs
    .filter(({ writeIds }) => !writeIds.some((id) => open.has(id)))
    .map(({ ticket }) => ticket);
  return recordOutcomes(
    deps,
    { connection, runId: writer.runId, sentAt, endedJobs, narrowed },
    group,
    outcomes,
  );
}

interface RestInput extends Sending {
  readonly connection: Connection;
  readonly outcomes: readonly PushOutcome[];
}

/** A vendor may name one refused field at a time. */
const mostRounds = 3;

/**
 * Sends refused writes again without the fields that the vendor refused, so that one bad value does not cost the
 * others. The outcome of such a row is a success with the refused fields beside it, or its first failure.
 */
async function sendRest(
  deps: Deps,
  writer: Writer,
  { connection, outcomes, ...sending }: RestInput,
): Promise<{ readonly outcomes: readonly PushOutcome[]; readonly narrowed: readonly NarrowedWrite[] }> {
  const final = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const narrowed = new Map<string, NarrowedWrite>();
  let waiting: readonly WriteIntent[] = sending.group;
  let last = outcomes;
  for (let round = 0; round < mostRounds; round += 1) {
    if (withoutRefusedFields(waiting, last, new Set()).length === 0) break;
    const kind = waiting[0]?.kind as ProjectedKind;
    const needed = await neededFieldsOf(deps, connection, sending.connector, kind);
    const again = withoutRefusedFields(waiting, last, needed);
    if (again.length === 0) break;
    waiting = again.map(({ intent }) => intent);
    try {
      last = await send(deps, writer, { ...sending, group: waiting });
    } catch (error) {
      // The outcomes of the first attempt still count.
      if (!(error instanceof ConnectorError)) throw error;
      break;
    }
    const landed = new Set(last.flatMap((outcome) => (outcome.ok ? [outcome.id] : [])));
    for (const write of again) {
      const before = narrowed.get(write.intent.id)?.refused;
      narrowed.set(write.intent.id, { ...write, refused: { ...before, ...write.refused } });
    }
    for (const outcome of last) if (landed.has(outcome.id)) final.set(outcome.id, outcome);
  }
  const written = [...narrowed.values()].filter(({ intent }) => final.get(intent.id)?.ok === true);
  return { outcomes: [...final.values()], narrowed: written };
}

async function neededFieldsOf(
  deps: Deps,
  connection: Connection,
  connector: CrmConnector,
  kind: ProjectedKind,
): Promise<ReadonlySet<string>> {
  return neededFields((await loadMapping(deps, connection, connector, kind)) ?? { outbound: [] });
}

/**
 * Stores the values before they are sent, so that a read which returns them before the vendor has answered
 * recognises them as Fairway's own.
 */
async function recordAttempt(
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
  readonly connector: CrmConnector;
  readonly group: readonly WriteIntent[];
  readonly sentAt: Date;
  /** Filled with the bulk jobs that the vendor has started. */
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
    await saveBulkJob(deps.db, {
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
    return await whileSendingUrgent(
      deps,
      writer,
      connector.push({ object, operation, keyField, writes, onJob }),
      () => jobs.length > 0,
    );
  } catch (error) {
    // The write may have succeeded anyway, so the next attempt compares before it writes.
    if (error instanceof ConnectorError) {
      const { failure } = error;
      await recordFailedAttempts(
        deps.db,
        group.map(({ id }) => ({ id, failure })),
      );
    }
    throw error;
  }
}

/**
 * Sends people's writes to other records while the vendor works on a bulk job, which may take half an hour.
 *
 * @param isLong false while no bulk job has started: until then the work ends soon anyway
 */
export async function whileSendingUrgent<T>(
  deps: Deps,
  writer: Writer,
  work: Promise<T>,
  isLong: () => boolean = () => true,
): Promise<T> {
  const ended = new AbortController();
  const tasks = [
    work.finally(() => ended.abort()),
    sendUrgent(deps, writer, { isLong, ended: ended.signal }),
  ] as const;
  // Both tasks must end before the writer's lock is released, even when one of them fails.
  await Promise.allSettled(tasks);
  const [result] = await Promise.all(tasks);
  return result;
}

async function sendUrgent(
  deps: Deps,
  writer: Writer,
  { isLong, ended }: { readonly isLong: () => boolean; readonly ended: AbortSignal },
): Promise<void> {
  while (!ended.aborted) {
    await wait(urgentEveryMs, undefined, { signal: ended }).catch(() => {}); // aborted: the loop ends
    while (!ended.aborted && isLong()) {
      const limits = { lane: 'interactive', except: [...writer.tried], limit: chunkSize } as const;
      const chunk = firstBatch(await priorityIntents(deps.db, writer.connectionId, limits));
      if (chunk.length === 0) break;
      await sendWrites(deps, writer, chunk).catch((error: unknown) => {
        if (!(error instanceof ConnectorError)) throw error;
        writer.postponed = error.failure;
      });
    }
  }
}
