import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import {
  closeQuestionsAbout,
  endAccounts,
  endContacts,
  endOpportunities,
  endOpportunityLines,
  endProducts,
  endRegistrations,
  mergedRecords,
  moveLinks,
  saveAliases,
  type MergedRecord,
  type Succession,
} from '#src/db/sync/merge-store.ts';
import { resolveProblems } from '#src/db/sync/problem-store.ts';
import { linkedRecordIds, saveLinks } from '#src/db/records/link-store.ts';
import { lockObject, markMapped } from '#src/db/sync/remote-store.ts';
import { supersedeIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { mergeSuccession } from '#src/domain/sync/existence.ts';

/** Kinds that vendors merge. */
const enders = {
  account: endAccounts,
  contact: endContacts,
  product: endProducts,
  opportunity: endOpportunities,
  opportunity_line: endOpportunityLines,
  registration: endRegistrations,
} as const;

export interface ObjectPlace {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly kind: string;
}

const batchSize = 500;

/**
 * Does with our records what the vendor did with its own: of those behind records that were merged one lives
 * on, and everything that pointed at the others points at it. Call it before the object is placed: a survivor
 * under a new id takes over the record that was linked first, and must not have been given another by then.
 */
export async function followVendorMerges(deps: Deps, place: ObjectPlace): Promise<void> {
  const { connection, mapping } = place;
  let afterId = '';
  for (;;) {
    const followed = await deps.db.transaction(async (tx) => {
      await lockObject(tx, connection.id, mapping.object);
      const merged = await mergedRecords(tx, connection.id, mapping.object, afterId, batchSize);
      if (merged.length > 0) await follow(deps, tx, place, merged);
      return merged;
    });
    const last = followed.at(-1);
    if (!last) return;
    afterId = last.extId;
  }
}

async function follow(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind }: ObjectPlace,
  merged: readonly MergedRecord[],
): Promise<void> {
  const at = deps.clock();
  const object = mapping.object;
  const losers = merged.map((one) => one.extId);
  const known = await linkedRecordIds(tx, connection.id, object, [
    ...losers,
    ...merged.map((one) => one.survivorId),
  ]);
  const { living, successions } = decide(merged, known);
  await saveLinks(
    tx,
    [...living]
      .filter(([extId]) => !known.has(extId))
      .map(([extId, recordId]) => ({ connectionId: connection.id, object, extId, kind, recordId })),
  );
  if (isMergeable(kind) && successions.length > 0) {
    await enders[kind](tx, successions, at);
    await moveLinks(tx, kind, successions);
  }
  const aliases = merged.flatMap(({ extId, survivorId }) => {
    const recordId = living.get(survivorId);
    return recordId === undefined ? [] : [{ extId, survivorId, recordId }];
  });
  await saveAliases(tx, { connectionId: connection.id, object, kind, aliases });
  // Also what the one that lives on still was to say under its old id: the next plan addresses it anew.
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
  // Where neither was placed yet, the survivor is about to be; the next mapping then finds it.
  await markMapped(
    tx,
    connection.id,
    object,
    merged.filter(({ survivorId }) => living.has(survivorId)),
  );
}

/** By the survivor's id the record of ours that lives on, where there is one; and which of ours end in it. */
function decide(merged: readonly MergedRecord[], known: ReadonlyMap<string, string>) {
  const living = new Map<string, string>();
  const successions: Succession[] = [];
  for (const [survivorId, group] of Map.groupBy(merged, (one) => one.survivorId)) {
    let survivor = known.get(survivorId) ?? null;
    // Our ids sort by when they were made.
    for (const loser of group.flatMap(({ extId }) => known.get(extId) ?? []).toSorted()) {
      const { survivingId: lives, endedId: ends } = mergeSuccession(loser, survivor);
      survivor = lives;
      if (ends !== null) successions.push({ ends, lives });
    }
    if (survivor !== null) living.set(survivorId, survivor);
  }
  return { living, successions };
}

function isMergeable(kind: string): kind is keyof typeof enders {
  return Object.hasOwn(enders, kind);
}
