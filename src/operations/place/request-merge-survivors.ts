import type { Db } from '#src/db/client.ts';
import { mergedWithUnreadSurvivor } from '#src/db/sync/merge-store.ts';
import { refsWithProblem, type NewProblem } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import type { MappedObject } from './mapped-object.ts';

const code = 'survivor_unread';

/**
 * Requests the surviving records that have not been read yet, and returns a problem for each merged record
 * that waits for one. A survivor is requested only once, when the problem appears: the vendor would not show
 * it a moment later either, and the daily comparison asks for it again.
 *
 * @param losers the vendor's ids of the merged records
 */
export async function requestMergeSurvivors(
  deps: Deps,
  tx: Db,
  { connection, mapping: { object } }: MappedObject,
  losers: readonly string[],
): Promise<NewProblem[]> {
  if (losers.length === 0) return [];
  const waiting = await mergedWithUnreadSurvivor(tx, connection.id, object, losers);
  if (waiting.length === 0) return [];
  const where = { source: 'map', connectionId: connection.id, object } as const;
  const refs = waiting.map(({ extId }) => extId);
  const known = await refsWithProblem(tx, where, code, refs);
  const hints = waiting
    .filter(({ extId }) => !known.has(extId))
    .map(({ survivorId }) => ({ object, extId: survivorId }));
  await recordHints(deps, tx, { connection, hints, via: 'recheck' });
  return waiting.map(({ extId, survivorId }) => ({
    id: deps.ids(),
    ref: extId,
    failure: {
      class: 'permission',
      code,
      message: `It was merged into ${survivorId}, which ${connection.name} has not shown yet. Until then the merge is not applied here.`,
      fix: `Let the integration user see ${survivorId}. If it was deleted for good, do nothing: the daily comparison removes both.`,
    },
  }));
}
