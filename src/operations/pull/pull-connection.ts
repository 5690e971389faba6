import { ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';
import { analyzeAfterLoad } from '#src/db/analyze-after-load.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { isMissingOptionalObject, packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { manyRecords } from '#src/operations/place/place-records.ts';
import { misfitCode } from '#src/operations/live-mappings/load-live-mapping.ts';
import { placers, type PlacedKind } from '#src/operations/place/kinds/placers.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pullObject } from './pull-object.ts';

/** What keeps one object from being read keeps every other. */
const concernsAll: ReadonlySet<FailureClass> = new Set(['auth', 'throttle', 'retry']);

export interface PulledObject {
  readonly kind: PlacedKind;
  readonly object: string;
}

/** The vendor's objects a connection is read for, parents first. */
export function pulledObjects(deps: Deps, connection: Connection): readonly PulledObject[] {
  return (Object.keys(placers) as PlacedKind[]).flatMap((kind) => {
    const object = packFor(deps, connection, kind)?.object;
    return object === undefined ? [] : [{ kind, object }];
  });
}

/**
 * Reads what changed at one connection, one object after the other, parents first: so the first read of an
 * object finds what it points at, and can be placed as it comes. An object that we may not read does not keep
 * us from the others.
 *
 * @throws ConnectorError what kept an object from being read, after the rest; at once what concerns the whole
 * connection
 */
export async function pullConnection(
  deps: Deps,
  { runId, connectionId }: { readonly runId: string; readonly connectionId: string },
  progress: ReportProgress,
): Promise<void> {
  const refused: ConnectorError[] = [];
  let loaded = 0;
  for (const { kind, object } of pulledObjects(deps, await requireConnection(deps, connectionId))) {
    const pull = () => pullObject(deps, { runId, connectionId, kind, object }, progress);
    try {
      loaded += await pull().catch((error: unknown) => {
        // Its fields have been renamed or taken away: it is looked at afresh, and read without them.
        if (
          error instanceof ConnectorError &&
          error.failure.class === 'mapping' &&
          error.failure.code !== misfitCode
        )
          return pull();
        throw error;
      });
    } catch (error) {
      if (!(error instanceof ConnectorError) || concernsAll.has(error.failure.class)) throw error;
      if (!isMissingOptionalObject(error.failure, kind)) refused.push(error);
    }
  }
  if (loaded >= manyRecords) await analyzeAfterLoad(deps.db);
  if (refused[0]) throw refused[0];
}
