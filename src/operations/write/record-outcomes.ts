import type { PushOutcome } from '#connectors/contract/crm.ts';
import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { JsonValue } from '#connectors/contract/records.ts';
import { invalidateDescriptions, type Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import { saveLinks } from '#src/db/records/link-store.ts';
import { erasedRecords, lockObject, markDeletedByVendor } from '#src/db/sync/remote-store.ts';
import { addToTally } from '#src/db/runs/run-store.ts';
import { deleteBulkJobs } from '#src/db/sync/bulk-job-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import {
  deadLetterIntents,
  recordFailedAttempts,
  completeIntents,
  addDeadLetters,
  narrowIntents,
  type WriteIntent,
} from '#src/db/sync/write-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { emptyShadow, withRefusal, withWrite } from '#src/domain/sync/shadow.ts';
import { needsRefetch } from '#src/domain/sync/remote-state.ts';
import type { NarrowedWrite } from './refused-fields.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';

/** The same write may succeed later. After any other failure somebody must change something first. */
const transient: ReadonlySet<RemoteFailure['class']> = new Set(['retry', 'throttle', 'auth']);
export const isTransient = (failure: RemoteFailure): boolean => transient.has(failure.class);

/** The object's schema or Fairway's permissions may have changed; the next plan fetches the description again. */
const outdatesDescription: ReadonlySet<RemoteFailure['class']> = new Set(['mapping', 'permission']);

interface Landed {
  readonly intent: WriteIntent;
  readonly extId: string;
  readonly modifiedAt: string;
}

export interface SentGroup {
  readonly connection: Connection;
  readonly runId: string | null;
  /** The shared clock just before the group was sent. */
  readonly sentAt: Date;
  /** Bulk jobs at the vendor whose outcomes are complete with these. */
  readonly endedJobs: readonly string[];
  /** Writes that were accepted without some of their fields. */
  readonly narrowed?: readonly NarrowedWrite[];
}

/**
 * Stores the outcome of each write in one transaction. A successful write updates the shadow; fields that the
 * vendor refused become a separate dead letter. A refused write
 * becomes a dead letter and a problem with the vendor's message. After a temporary failure the write stays
 * pending. Returns a temporary failure after which the job must be tried again, if there was one.
 *
 * @param group all of the same object
 */
export async function recordOutcomes(
  deps: Deps,
  { connection, runId, sentAt, endedJobs, narrowed = [] }: SentGroup,
  group: readonly WriteIntent[],
  outcomes: readonly PushOutcome[],
): Promise<RemoteFailure | null> {
  const at = deps.clock();
  const answeredAt = deps.sharedClock();
  const connectionId = connection.id;
  const object = group[0]?.object ?? '';
  const where = { source: 'write', connectionId, object } as const;
  const intentOf = new Map(
    [...group, ...narrowed.map(({ intent }) => intent)].map((intent) => [intent.id, intent]),
  );
  const refOf = (id: string): string => intentOf.get(id)?.extId ?? intentOf.get(id)?.keyValue ?? id;
  const landed = outcomes.flatMap((outcome): Landed[] => {
    const intent = intentOf.get(outcome.id);
    return outcome.ok && intent ? [{ intent, extId: outcome.extId, modifiedAt: outcome.modifiedAt }] : [];
  });
  const failed = outcomes.flatMap((outcome) =>
    outcome.ok ? [] : [{ id: outcome.id, failure: outcome.failure }],
  );
  const dead = failed.filter(({ failure }) => !isTransient(failure));
  const postponed = failed.filter(({ failure }) => isTransient(failure));
  const gone = dead
    .filter(({ failure }) => failure.class === 'gone')
    .map(({ id }) => intentOf.get(id)?.extId ?? '');
  const partly = narrowed.map(({ intent: { id }, failure }) => ({ id, failure }));
  const problems = [...failed, ...partly].map(({ id, failure }) => ({
    id: deps.ids(),
    ref: refOf(id),
    failure,
  }));
  await deps.db.transaction(async (tx) => {
    await lockObject(tx, connectionId, object);
    await narrowIntents(
      tx,
      narrowed.map(({ intent: { id, fields } }) => ({ id, fields })),
    );
    await recordLanded(deps, tx, { connection, object }, landed, { at, answeredAt });
    const written = landed.map(({ intent }) => refOf(intent.id));
    await resolveProblems(tx, where, written, at);
    await deadLetterIntents(tx, dead, at);
    await addDeadLetters(tx, deadLettersOf(deps, narrowed, landed, at));
    await recordRefused(tx, { connectionId, object }, [
      ...dead.flatMap(({ id }) => intentOf.get(id) ?? []),
      ...narrowed.map(({ intent: { extId }, refused }) => ({ extId, fields: refused })),
    ]);
    if (dead.some(({ failure }) => outdatesDescription.has(failure.class)))
      await invalidateDescriptions(tx, connectionId);
    await markDeletedByVendor(tx, connectionId, object, gone, { sentAt, at });
    await recordFailedAttempts(tx, postponed);
    await deleteBulkJobs(tx, connectionId, endedJobs);
    // The vendor's message may quote values of a record that was erased for privacy.
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
    if (runId !== null) await addToTally(tx, runId, connectionId, 'written', landed.length);
  });
  return postponed[0]?.failure ?? null;
}

/** A dead letter for the refused fields of each write that landed without them. */
function deadLettersOf(
  deps: Deps,
  narrowed: readonly NarrowedWrite[],
  landed: readonly Landed[],
  at: Date,
): readonly WriteIntent[] {
  const extIds = new Map(landed.map(({ intent, extId }) => [intent.id, extId]));
  return narrowed.flatMap(({ intent, refused, failure }): WriteIntent[] => {
    const extId = extIds.get(intent.id);
    if (extId === undefined) return [];
    const base = Object.fromEntries(Object.entries(intent.base).filter(([name]) => name in refused));
    const address = { operation: 'update', extId, keyField: null, keyValue: null } as const;
    const outcome = { attempts: 1, failure, createdAt: at, settledAt: at };
    return [{ ...intent, ...address, ...outcome, id: deps.ids(), fields: refused, base }];
  });
}

/**
 * Updates the shadows of the written records. A record that was read while the write was being answered may
 * have further changes, so it gets a hint to fetch it again.
 */
async function recordLanded(
  deps: Deps,
  tx: Db,
  { connection, object }: { readonly connection: Connection; readonly object: string },
  landed: readonly Landed[],
  { at, answeredAt }: { readonly at: Date; readonly answeredAt: Date },
): Promise<void> {
  const connectionId = connection.id;
  await completeIntents(
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
  const toRefetch = shadows.filter(([extId, shadow]) => {
    const view = known.get(extId)?.view;
    return view != null && needsRefetch(view, shadow);
  });
  // A new opportunity is read, and then named on the record of its registration.
  const opened = landed
    .filter(({ intent }) => intent.operation === 'upsert' && intent.kind === 'opportunity')
    .map(({ extId }) => extId);
  await recordHints(deps, tx, {
    connection,
    hints: [...new Set([...toRefetch.map(([extId]) => extId), ...opened])].map((extId) => ({
      object,
      extId,
    })),
    via: 'recheck',
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

/** Removes refused writes from the shadows, because they will never be read back from the CRM. */
async function recordRefused(
  tx: Db,
  { connectionId, object }: { readonly connectionId: string; readonly object: string },
  refused: readonly Pick<WriteIntent, 'extId' | 'fields'>[],
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
