import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { unreadSurvivors } from '#src/db/sync/merge-store.ts';
import { refsWithProblem, type NewProblem } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';

const code = 'survivor_unread';

/**
 * Has the records fetched that these were merged into and nobody has read. Until one comes, what was merged
 * into it stays as it is, which is a problem to report. It is asked for when that begins, not every time:
 * what the vendor does not show now it will not show a moment later either, and the daily comparison asks
 * again.
 */
export async function requestMergeSurvivors(
  deps: Deps,
  tx: Db,
  { connection, mapping: { object } }: { readonly connection: Connection; readonly mapping: CompiledMapping },
  losers: readonly string[],
): Promise<NewProblem[]> {
  if (losers.length === 0) return [];
  const waiting = await unreadSurvivors(tx, connection.id, object, losers);
  if (waiting.length === 0) return [];
  const where = { source: 'map', connectionId: connection.id, object } as const;
  const refs = waiting.map(({ extId }) => extId);
  const known = await refsWithProblem(tx, where, code, refs);
  const hints = waiting
    .filter(({ extId }) => !known.has(extId))
    .map(({ survivorId }) => ({ object, extId: survivorId }));
  await recordHints(deps, tx, { connection, hints, via: 'doubt' });
  return waiting.map(({ extId, survivorId }) => ({
    id: deps.ids(),
    ref: extId,
    failure: {
      class: 'permission',
      code,
      message: `It was merged into ${survivorId}, which ${connection.name} has not shown: what belongs to it stays where it is.`,
      fix: `Let the integration user see ${survivorId}. If it was deleted for good, nothing needs to be done: the daily comparison takes both back.`,
    },
  }));
}
