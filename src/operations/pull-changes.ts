import type { PullPage } from '#connectors/connector.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { readCursor, saveCursor, type Connection } from '#src/db/connection-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/problem-store.ts';
import { saveRemoteRecords } from '#src/db/remote-store.ts';
import { tally } from '#src/db/run-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { finishReading, startReading, type ReadPosition } from '#src/domain/sync/cursor.ts';
import { contentHash } from '#src/domain/sync/hash.ts';
import { loadMapping, withConnection } from './connections.ts';
import type { ReportProgress } from './progress.ts';

export interface PullInput {
  /** Null outside a run. */
  readonly runId: string | null;
  readonly connectionId: string;
  readonly kind: CanonicalKind;
  /** The vendor's name for it. */
  readonly object: string;
}

/**
 * Reads what changed in one object since the last read, page by page; each page is one transaction with the cursor, so a
 * crash resumes after the last page that was kept.
 */
export async function pullChanges(deps: Deps, input: PullInput, progress: ReportProgress): Promise<void> {
  await withConnection(deps, { ...input, about: input.object }, async (connection, connector) => {
    const mapping = await loadMapping(deps, connection, connector, input.kind);
    if (!mapping) return;
    const object = mapping.object;
    const began = deps.clock();
    let position = startReading(await readCursor(deps.db, connection.id, object));
    const since = readsWhole(input.kind) ? null : position.from;
    let read = 0;
    for await (const page of connector.pull({ object, fields: remoteFields(mapping), since, resume: position.resume })) {
      position = await keepPage(deps, { connection, ...input, object }, position, page);
      read += page.records.length;
      await progress({ label: `Reading ${object} from ${connection.name}`, done: read, total: null });
    }
    await deps.db.transaction(async (tx) => {
      await saveCursor(tx, connection.id, object, finishReading(position), deps.clock());
      await resolveUnseen(tx, { source: 'pull', connectionId: connection.id, object }, began, deps.clock());
    });
  });
}

/** A drop folder has no change stamps worth trusting and costs no calls: read whole, equal rows fall out by their hash. */
function readsWhole(kind: CanonicalKind): boolean {
  return kind === 'invoice';
}

async function keepPage(
  deps: Deps,
  { connection, object, runId, kind }: PullInput & { readonly connection: Connection },
  position: ReadPosition,
  page: PullPage,
): Promise<ReadPosition> {
  const next = { ...position, startedAt: position.startedAt ?? page.serverTime, resume: page.resume };
  const records = page.records.map((record) => ({ ...record, hash: contentHash([record.deleted, record.fields]) }));
  await deps.db.transaction(async (tx) => {
    const changed = await saveRemoteRecords(tx, connection.id, object, records, {
      pulledAt: deps.clock(),
      stamps: readsWhole(kind) ? 'unordered' : 'ordered',
    });
    if (runId !== null) await tally(tx, runId, connection.id, `pulled:${kind}`, changed);
    const problems = (page.problems ?? []).map(({ ref, failure }) => ({ id: deps.ids(), ref, failure }));
    await reportProblems(tx, { source: 'pull', connectionId: connection.id, object }, problems, deps.clock());
    await saveCursor(tx, connection.id, object, { since: next.since, startedAt: next.startedAt, resume: next.resume });
  });
  return next;
}
