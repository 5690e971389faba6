import { ConnectorError, type Connector, type PushOutcome, type RemoteFailure } from '#connectors/connector.ts';
import type { Connection } from '#src/db/connection-store.ts';
import { reportProblems, resolveProblems } from '#src/db/problem-store.ts';
import { markGone, saveLinks } from '#src/db/remote-store.ts';
import { tally } from '#src/db/run-store.ts';
import { saveShadows } from '#src/db/shadow-store.ts';
import {
  buryIntents,
  lockWriter,
  pendingIntents,
  postponeIntents,
  settleIntents,
  stillPending,
  type WriteIntent,
} from '#src/db/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { withConnection } from './connections.ts';
import type { ReportProgress } from './progress.ts';

export interface PushInput {
  readonly connectionId: string;
  readonly runId: string | null;
}

const chunkSize = 2_000;

/** These may go through later as they are; the others need somebody to change something first. */
const transient: ReadonlySet<RemoteFailure['class']> = new Set(['retry', 'throttle', 'auth']);

/**
 * Sends what is pending for one CRM, in the vendor's batches, one outcome a record. What is refused becomes a dead letter with
 * the vendor's words, and is planned afresh by the next run; what may pass later stays pending, and this job fails so that it
 * is tried again.
 */
export async function pushWrites(deps: Deps, input: PushInput, progress: ReportProgress): Promise<void> {
  // Without work there is no reason to knock, and nothing to learn about the connection's health.
  if ((await pendingIntents(deps.db, input.connectionId, null, 1)).length === 0) return;
  // The lock's transaction does nothing else: every outcome below commits on its own.
  await deps.db.transaction(async (lock) => {
    await lockWriter(lock, input.connectionId);
    await withConnection(deps, { ...input, about: 'writes' }, (connection, connector) =>
      pushPending(deps, { connection, connector, runId: input.runId }, progress),
    );
  });
}

interface PushContext {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly runId: string | null;
}

async function pushPending(deps: Deps, context: PushContext, progress: ReportProgress): Promise<void> {
  const { connection, connector } = context;
  let afterId: string | null = null;
  let done = 0;
  let postponed: RemoteFailure | null = null;
  for (;;) {
    const intents: WriteIntent[] = await pendingIntents(deps.db, connection.id, afterId, chunkSize);
    const last = intents.at(-1);
    if (!last) break;
    for (const group of groupByTarget(intents)) {
      // Somebody may have decided anew while the group before was on its way.
      const current = await stillPending(
        deps.db,
        group.map((intent) => intent.id),
      );
      const sent = group.filter((intent) => current.has(intent.id));
      const outcomes = await send(connector, sent);
      postponed = (await keepOutcomes(deps, context, sent, outcomes)) ?? postponed;
      done += group.length;
      await progress({ label: `Writing to ${connection.name}`, done, total: null });
    }
    afterId = last.id;
  }
  if (postponed) throw new ConnectorError(postponed);
}

/** What one push can carry: same object, same operation, same key. The connector splits it to the vendor's limits. */
function groupByTarget(intents: readonly WriteIntent[]): WriteIntent[][] {
  const groups = new Map<string, WriteIntent[]>();
  for (const intent of intents) {
    const key = `${intent.object}|${intent.operation}|${intent.keyField ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(intent);
    else groups.set(key, [intent]);
  }
  return [...groups.values()];
}

async function send(connector: Connector, group: readonly WriteIntent[]): Promise<readonly PushOutcome[]> {
  const [first] = group;
  if (!first) return [];
  return connector.push({
    object: first.object,
    operation: first.operation,
    keyField: first.keyField,
    writes: group.map(({ id, extId, keyValue, fields }) => ({ id, extId, keyValue, fields })),
  });
}

/** Returns a failure that should make the job try again, if there was one. */
async function keepOutcomes(
  deps: Deps,
  { connection, runId }: PushContext,
  group: readonly WriteIntent[],
  outcomes: readonly PushOutcome[],
): Promise<RemoteFailure | null> {
  const at = deps.clock();
  const intentOf = new Map(group.map((intent) => [intent.id, intent]));
  const object = group[0]?.object ?? '';
  const where = { source: 'write', connectionId: connection.id, object } as const;
  const landed = outcomes.flatMap((outcome) => {
    const intent = intentOf.get(outcome.id);
    return outcome.ok && intent ? [{ intent, extId: outcome.extId }] : [];
  });
  const failed = outcomes.flatMap((outcome) => (outcome.ok ? [] : [{ id: outcome.id, failure: outcome.failure }]));
  const dead = failed.filter(({ failure }) => !transient.has(failure.class));
  const later = failed.filter(({ failure }) => transient.has(failure.class));
  const refOf = (id: string): string => intentOf.get(id)?.extId ?? intentOf.get(id)?.keyValue ?? id;
  await deps.db.transaction(async (tx) => {
    await settleIntents(
      tx,
      landed.map(({ intent }) => intent.id),
      at,
    );
    await saveShadows(
      tx,
      connection.id,
      object,
      landed.map(({ intent, extId }) => ({ extId, fields: intent.fields })),
      at,
    );
    await saveLinks(
      tx,
      landed
        .filter(({ intent }) => intent.operation === 'upsert')
        .map(({ intent, extId }) => ({ connectionId: connection.id, object, extId, kind: intent.kind, recordId: intent.recordId })),
    );
    await resolveProblems(
      tx,
      where,
      landed.map(({ intent }) => refOf(intent.id)),
      at,
    );
    await buryIntents(tx, dead, at);
    await markGone(
      tx,
      connection.id,
      object,
      dead.filter(({ failure }) => failure.class === 'gone').map(({ id }) => intentOf.get(id)?.extId ?? ''),
    );
    await postponeIntents(tx, later);
    await reportProblems(
      tx,
      where,
      failed.map(({ id, failure }) => ({ id: deps.ids(), ref: refOf(id), failure })),
      at,
    );
    if (runId !== null) await tally(tx, runId, connection.id, 'written', landed.length);
  });
  return later[0]?.failure ?? null;
}
