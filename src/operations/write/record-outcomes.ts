import type { PushOutcome } from '#connectors/contract/crm.ts';
import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { JsonValue } from '#connectors/contract/records.ts';
import { forgetDescriptions, type Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import { saveLinks } from '#src/db/records/link-store.ts';
import { erasedRecords, lockObject, markGone } from '#src/db/sync/remote-store.ts';
import { tally } from '#src/db/runs/run-store.ts';
import { forgetSentJobs } from '#src/db/sync/sent-job-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import { buryIntents, postponeIntents, settleIntents, type WriteIntent } from '#src/db/sync/write-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { emptyShadow, withRefusal, withWrite } from '#src/domain/sync/shadow.ts';
import { needsRefetch } from '#src/domain/sync/remote-state.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';

/** These may go through later as they are; the others need somebody to change something first. */
const transient: ReadonlySet<RemoteFailure['class']> = new Set(['retry', 'throttle', 'auth']);
export const isTransient = (failure: RemoteFailure): boolean => transient.has(failure.class);

/** The object may look otherwise by now, or show us otherwise: the next plan asks. */
const misfits: ReadonlySet<RemoteFailure['class']> = new Set(['mapping', 'permission']);

interface Landed {
  readonly intent: WriteIntent;
  readonly extId: string;
  readonly modifiedAt: string;
}

export interface SentGroup {
  readonly connection: Connection;
  readonly runId: string | null;
  /** Our clock just before it left. */
  readonly sentAt: Date;
  /** Jobs at the vendor's of which, with these outcomes, all is known. */
  readonly endedJobs: readonly string[];
}

/**
 * Keeps what became of each write, in one transaction: what landed is known from now on, what was refused is
 * a dead letter and a problem with the vendor's words, what may pass later stays pending. Returns a failure
 * that should make the job try again, if there was one.
 *
 * @param group all of one object
 */
export async function recordOutcomes(
  deps: Deps,
  { connection, runId, sentAt, endedJobs }: SentGroup,
  group: readonly WriteIntent[],
  outcomes: readonly PushOutcome[],
): Promise<RemoteFailure | null> {
  const at = deps.clock();
  const answeredAt = deps.sharedClock();
  const connectionId = connection.id;
  const object = group[0]?.object ?? '';
  const where = { source: 'write', connectionId, object } as const;
  const intentOf = new Map(group.map((intent) => [intent.id, intent]));
  const refOf = (id: string): string => intentOf.get(id)?.extId ?? intentOf.get(id)?.keyValue ?? id;
  const landed = outcomes.flatMap((outcome): Landed[] => {
    const intent = intentOf.get(outcome.id);
    return outcome.ok && intent ? [{ intent, extId: outcome.extId, modifiedAt: outcome.modifiedAt }] : [];
  });
  const failed = outcomes.flatMap((outcome) =>
    outcome.ok ? [] : [{ id: outcome.id, failure: outcome.failure }],
  );
  const dead = failed.filter(({ failure }) => !isTransient(failure));
  const later = failed.filter(({ failure }) => isTransient(failure));
  const gone = dead
    .filter(({ failure }) => failure.class === 'gone')
    .map(({ id }) => intentOf.get(id)?.extId ?? '');
  const problems = failed.map(({ id, failure }) => ({ id: deps.ids(), ref: refOf(id), failure }));
  await deps.db.transaction(async (tx) => {
    await lockObject(tx, connectionId, object);
    await keepLanded(deps, tx, { connection, object }, landed, { at, answeredAt });
    const through = landed.map(({ intent }) => refOf(intent.id));
    await resolveProblems(tx, where, through, at);
    await buryIntents(tx, dead, at);
    await forgetRefused(
      tx,
      { connectionId, object },
      dead.flatMap(({ id }) => intentOf.get(id) ?? []),
    );
    if (dead.some(({ failure }) => misfits.has(failure.class))) await forgetDescriptions(tx, connectionId);
    await markGone(tx, connectionId, object, gone, { sentAt, at });
    await postponeIntents(tx, later);
    await forgetSentJobs(tx, connectionId, endedJobs);
    // The vendor's words may quote what was written.
    const erased = await erasedRecords(
      tx,
      connectionId,
      object,
      problems.map(({ ref }) => ref),
    );
    await reportProblems(
      tx,
      where,
      problems.filter(({ ref }) => !erased.has(ref)),
      at,
    );
    if (runId !== null) await tally(tx, runId, connectionId, 'written', landed.length);
  });
  return later[0]?.failure ?? null;
}

/**
 * A read that was asked for before an answer was kept may have shown more than the write: such a record is
 * fetched again.
 */
async function keepLanded(
  deps: Deps,
  tx: Db,
  { connection, object }: { readonly connection: Connection; readonly object: string },
  landed: readonly Landed[],
  { at, answeredAt }: { readonly at: Date; readonly answeredAt: Date },
): Promise<void> {
  const connectionId = connection.id;
  await settleIntents(
    tx,
    landed.map(({ intent }) => intent.id),
    at,
  );
  const known = await shadowsOf(
    tx,
    connectionId,
    object,
    landed.map(({ extId }) => extId),
  );
  const shadows = landed.map(({ intent, extId, modifiedAt }) => {
    const write = { fields: intent.fields, answeredAt, modifiedAt: new Date(modifiedAt) };
    return [extId, withWrite(known.get(extId)?.shadow ?? emptyShadow<JsonValue>(), write)] as const;
  });
  await saveShadows(tx, connectionId, object, new Map(shadows));
  const doubtful = shadows.filter(([extId, shadow]) => {
    const view = known.get(extId)?.view;
    return view != null && needsRefetch(view, shadow);
  });
  await recordHints(deps, tx, {
    connection,
    hints: doubtful.map(([extId]) => ({ object, extId })),
    via: 'doubt',
  });
  await saveLinks(
    tx,
    landed
      .filter(({ intent }) => intent.operation === 'upsert')
      .map(({ intent, extId }) => ({
        connectionId,
        object,
        extId,
        kind: intent.kind,
        recordId: intent.recordId,
      })),
  );
}

/** So that nothing waits for what did not arrive to be read back. */
async function forgetRefused(
  tx: Db,
  { connectionId, object }: { readonly connectionId: string; readonly object: string },
  refused: readonly WriteIntent[],
): Promise<void> {
  const fields = new Map(
    refused.flatMap((intent) => (intent.extId === null ? [] : [[intent.extId, intent.fields] as const])),
  );
  const known = await shadowsOf(tx, connectionId, object, [...fields.keys()]);
  const shadows = [...known].map(
    ([extId, { shadow }]) => [extId, withRefusal(shadow, fields.get(extId) ?? {})] as const,
  );
  await saveShadows(tx, connectionId, object, new Map(shadows));
}
