import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError, type Connector, type JsonValue, type PushOutcome, type RemoteFailure } from '#connectors/connector.ts';
import type { Connection } from '#src/db/connection-store.ts';
import { lockObject } from '#src/db/remote-store.ts';
import { saveShadows, shadowsOf } from '#src/db/shadow-store.ts';
import {
  earlyIntents,
  hasPending,
  laneOf,
  lockWriter,
  pendingIntents,
  postponeIntents,
  type IntentPlace,
  type WriteIntent,
} from '#src/db/write-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/budget.ts';
import { emptyShadow, withAttempt } from '#src/domain/sync/shadow.ts';
import { requireConnection, withConnection } from './connections.ts';
import { keepOutcomes } from './keep-outcomes.ts';
import type { ReportProgress } from './progress.ts';
import { recheckWrites } from './recheck-writes.ts';

export interface PushInput {
  readonly connectionId: string;
  readonly runId: string | null;
  /** `interactive` sends only what people have decided, `hint` also what hints brought, after it; otherwise everything goes, those first. */
  readonly lane?: Lane;
}

/** Full calls for each vendor, and few enough that what a person decides meanwhile goes out within seconds. */
const chunkSize = 1_000;
/** Between two looks at whether another writer is done. */
const pauseMs = 250;

/**
 * Sends what is pending for one CRM, in the vendor's batches, one outcome a record. What is refused becomes a dead letter with
 * the vendor's words, and is planned afresh by the next run; what may pass later stays pending, and this job fails so that it
 * is tried again.
 *
 * @throws ConnectorError
 */
export async function pushWrites(deps: Deps, input: PushInput, progress: ReportProgress): Promise<void> {
  // Without work there is no reason to knock, and nothing to learn about the connection's health.
  while (await hasPending(deps.db, input.connectionId, input.lane ?? 'bulk')) {
    // The lock's transaction does nothing else: every outcome commits on its own.
    const sent = await deps.db.transaction(async (lock) => {
      if (!(await lockWriter(lock, input.connectionId))) return false;
      await pushPending(deps, input, progress);
      return true;
    });
    if (sent) return;
    // Another writer is at it, and takes up between two chunks what goes first.
    await wait(pauseMs);
  }
}

async function pushPending(deps: Deps, input: PushInput, progress: ReportProgress): Promise<void> {
  const { lane = 'bulk' } = input;
  const connection = await requireConnection(deps, input.connectionId);
  const rows = deps.connectorFor(connection).pushRows ?? chunkSize;
  const tried = new Set<string>();
  let after: IntentPlace | null = null;
  let done = 0;
  let postponed: RemoteFailure | null = null;
  for (;;) {
    const early = await earlyIntents(deps.db, input.connectionId, { lane, except: [...tried], limit: chunkSize });
    const next = early.length > 0 || lane !== 'bulk' ? early : await pendingIntents(deps.db, input.connectionId, after, rows);
    const chunk = firstTarget(next);
    const last = chunk.at(-1);
    if (!last) break;
    if (laneOf(last) !== 'bulk') for (const { id } of chunk) tried.add(id);
    else after = last;
    postponed = (await pushChunk(deps, input, chunk, (id) => tried.add(id))) ?? postponed;
    done += chunk.length;
    await progress({ label: `Writing to ${connection.name}`, done, total: null });
  }
  if (postponed) throw new ConnectorError(postponed);
}

/** What one push can carry: same lane, same object, same operation, same key. The connector splits it to the vendor's limits. */
function firstTarget(intents: readonly WriteIntent[]): readonly WriteIntent[] {
  const [first] = intents;
  if (!first) return [];
  return intents.filter(
    (one) =>
      laneOf(one) === laneOf(first) && one.object === first.object && one.operation === first.operation && one.keyField === first.keyField,
  );
}

/** Returns a failure that should make the job try again, if there was one. */
async function pushChunk(
  deps: Deps,
  { connectionId, runId }: PushInput,
  chunk: readonly WriteIntent[],
  onTried: (id: string) => void,
): Promise<RemoteFailure | null> {
  const lane = chunk[0] ? laneOf(chunk[0]) : 'bulk';
  return withConnection(deps, { connectionId, runId, about: 'writes', lane }, async (connection, connector) => {
    const ready = await recheckWrites(deps, { connection, connector, runId }, chunk);
    for (const group of byOperation(ready)) {
      for (const { id } of group) onTried(id);
      const failure = await sendGroup(deps, { connection, connector, runId }, group);
      if (failure) return failure;
    }
    return null;
  });
}

/** What was planned again may have become another operation. */
function byOperation(intents: readonly WriteIntent[]): readonly (readonly WriteIntent[])[] {
  return [...Map.groupBy(intents, ({ operation, keyField }) => `${operation}|${keyField}`).values()];
}

interface SendContext {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly runId: string | null;
}

async function sendGroup(deps: Deps, context: SendContext, group: readonly WriteIntent[]): Promise<RemoteFailure | null> {
  const { connection, connector, runId } = context;
  await rememberAttempt(deps, connection.id, group);
  const sentAt = deps.sharedClock();
  const outcomes = await send(deps, connector, group);
  return keepOutcomes(deps, { connection, runId, sentAt }, group, outcomes);
}

/** Kept before it leaves: should a read bring it back before its answer is known, it is recognised as ours. */
async function rememberAttempt(deps: Deps, connectionId: string, group: readonly WriteIntent[]): Promise<void> {
  const object = group[0]?.object ?? '';
  const known = group.flatMap(({ extId, fields, base }) => (extId === null ? [] : [{ extId, write: { fields, base } }]));
  await deps.db.transaction(async (tx) => {
    await lockObject(tx, connectionId, object);
    const extIds = known.map((one) => one.extId);
    const shadows = await shadowsOf(tx, connectionId, object, extIds);
    const attempts = known.map(
      ({ extId, write }) => [extId, withAttempt(shadows.get(extId)?.shadow ?? emptyShadow<JsonValue>(), write)] as const,
    );
    await saveShadows(tx, connectionId, object, new Map(attempts));
  });
}

async function send(deps: Deps, connector: Connector, group: readonly WriteIntent[]): Promise<readonly PushOutcome[]> {
  const [first] = group;
  if (!first) return [];
  try {
    return await connector.push({
      object: first.object,
      operation: first.operation,
      keyField: first.keyField,
      writes: group.map(({ id, extId, keyValue, fields }) => ({ id, extId, keyValue, fields })),
    });
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
