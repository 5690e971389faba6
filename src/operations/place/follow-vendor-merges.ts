import type { Db } from '#src/db/client.ts';
import {
  closeQuestionsAbout,
  mergeAccountRows,
  mergeContacts,
  mergeLeads,
  mergeOpportunities,
  mergeOpportunityLines,
  mergeProducts,
  mergeRegistrations,
  mergedRecords,
  moveLinks,
  saveAliases,
  type MergedRecord,
  type MergedPair,
} from '#src/db/sync/merge-store.ts';
import { resolveProblems } from '#src/db/sync/problem-store.ts';
import { unmergedRecordIds, saveLinks } from '#src/db/records/link-store.ts';
import { lockObject, markMapped } from '#src/db/sync/remote-store.ts';
import { supersedeIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { mergeSuccession } from '#src/domain/sync/existence.ts';
import type { MappedObject } from './mapped-object.ts';

/**
 * For each kind that vendors merge: ends the merged records and moves what refers to them to the survivor.
 */
const mergers = {
  account: mergeAccountRows,
  contact: mergeContacts,
  product: mergeProducts,
  opportunity: mergeOpportunities,
  opportunity_line: mergeOpportunityLines,
  lead: mergeLeads,
  registration: mergeRegistrations,
} as const;

const batchSize = 500;

/**
 * Merges our records as the vendor merged the records of the CRM: one survives, and references to the others
 * lead to it. Call it before the object is placed. A survivor with a new id in the CRM is linked to the
 * record that was linked first, which is possible only while it has no link yet.
 */
export async function followVendorMerges(deps: Deps, object: MappedObject): Promise<void> {
  const { connection, mapping } = object;
  let afterId = '';
  for (;;) {
    const followed = await deps.db.transaction(async (tx) => {
      await lockObject(tx, connection.id, mapping.object);
      const merged = await mergedRecords(tx, connection.id, mapping.object, afterId, batchSize);
      if (merged.length > 0) await followMerges(deps, tx, object, merged);
      return merged;
    });
    const last = followed.at(-1);
    if (!last) return;
    afterId = last.extId;
  }
}

async function followMerges(
  deps: Deps,
  tx: Db,
  { connection, mapping: { object, kind } }: MappedObject,
  merged: readonly MergedRecord[],
): Promise<void> {
  const at = deps.clock();
  const losers = merged.map((one) => one.extId);
  const known = await unmergedRecordIds(tx, connection.id, object, [
    ...losers,
    ...merged.map((one) => one.survivorId),
  ]);
  const { survivors, mergedPairs } = survivorsOf(merged, known);
  await saveLinks(
    tx,
    [...survivors]
      .filter(([extId]) => !known.has(extId))
      .map(([extId, recordId]) => ({ connectionId: connection.id, object, extId, kind, recordId })),
  );
  if (isMergeable(kind) && mergedPairs.length > 0) {
    await mergers[kind](tx, mergedPairs, at);
    await moveLinks(tx, kind, mergedPairs);
  }
  const aliases = merged.flatMap(({ extId, survivorId }) => {
    const recordId = survivors.get(survivorId);
    return recordId === undefined ? [] : [{ extId, survivorId, recordId }];
  });
  await saveAliases(tx, { connectionId: connection.id, object, kind, aliases });
  // This includes writes to the surviving record under its old id: the next plan uses the new one.
  await supersedeIntents(
    tx,
    connection.id,
    object,
    losers.flatMap((extId) => known.get(extId) ?? []),
    at,
  );
  await closeQuestionsAbout(tx, connection.id, object, losers, at);
  for (const source of ['map', 'write'] as const)
    await resolveProblems(tx, { source, connectionId: connection.id, object }, losers, at);
  // A merge of records that were never placed stays open until its survivor is placed.
  await markMapped(
    tx,
    connection.id,
    object,
    merged.filter(({ survivorId }) => survivors.has(survivorId)),
  );
}

/**
 * Our ids of the surviving records, by the vendor's id of the survivor, and the records that end in each of
 * them. A survivor is absent when neither it nor a record merged into it was placed.
 */
function survivorsOf(merged: readonly MergedRecord[], known: ReadonlyMap<string, string>) {
  const survivors = new Map<string, string>();
  const mergedPairs: MergedPair[] = [];
  for (const [survivorId, group] of Map.groupBy(merged, (one) => one.survivorId)) {
    let survivor = known.get(survivorId) ?? null;
    // Our ids sort by the time they were made, so the record linked first comes first.
    for (const loser of group.flatMap(({ extId }) => known.get(extId) ?? []).toSorted()) {
      const { survivingId, endedId } = mergeSuccession(loser, survivor);
      survivor = survivingId;
      if (endedId !== null) mergedPairs.push({ mergedId: endedId, survivorId: survivingId });
    }
    if (survivor !== null) survivors.set(survivorId, survivor);
  }
  return { survivors, mergedPairs };
}

function isMergeable(kind: string): kind is keyof typeof mergers {
  return Object.hasOwn(mergers, kind);
}
