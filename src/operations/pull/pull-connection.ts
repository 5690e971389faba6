import { connectorFailure, ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';
import { analyzeAfterLoad } from '#src/db/analyze-after-load.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import {
  isMissingOptionalObject,
  packFor,
  requireConnection,
} from '#src/operations/connections/use-connection.ts';
import { manyRecords } from '#src/operations/place/place-records.ts';
import { misfitCode } from '#src/operations/live-mappings/load-live-mapping.ts';
import { placers, type PlacedKind } from '#src/operations/place/kinds/placers.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { isReconciled } from './reconcile-object.ts';
import { pullObject } from './pull-object.ts';
import { readSilentChanges } from './silent-changes.ts';
import { readCreators } from './read-creators.ts';
import { readOwners } from './read-owners.ts';

/** Failures that would affect every other object as well. */
const affectsAllObjects: ReadonlySet<FailureClass> = new Set(['auth', 'throttle', 'retry']);

export interface PulledObject {
  readonly kind: PlacedKind;
  readonly object: string;
}

/** The vendor's objects that are read from a connection, parents first. */
export function pulledObjects(deps: Deps, connection: Connection): readonly PulledObject[] {
  return (Object.keys(placers) as PlacedKind[]).flatMap((kind) => {
    const object = packFor(deps, connection, kind)?.object;
    return object === undefined ? [] : [{ kind, object }];
  });
}

/**
 * Reads what changed at one connection, one object after the other. Parents come first, so that the first
 * read of an object can place its records at once. An object that cannot be read does not stop the others.
 *
 * @throws ConnectorError for an object that could not be read, after the rest; at once for a failure of the
 * whole connection
 */
export async function pullConnection(
  deps: Deps,
  { runId, connectionId }: { readonly runId: string; readonly connectionId: string },
  progress: ReportProgress,
): Promise<void> {
  const failures: ConnectorError[] = [];
  let firstReadCount = 0;
  for (const { kind, object } of pulledObjects(deps, await requireConnection(deps, connectionId))) {
    const pull = () => pullObject(deps, { runId, connectionId, kind, object }, progress);
    try {
      const readFirst = await pull().catch((error: unknown) => {
        // Fields were renamed or removed in the CRM. The second attempt describes the object again and reads
        // without them.
        if (
          error instanceof ConnectorError &&
          error.failure.class === 'mapping' &&
          error.failure.code !== misfitCode
        )
          return pull();
        throw error;
      });
      firstReadCount += readFirst;
      if (readFirst === 0 && isReconciled(kind))
        await readSilentChanges(deps, { runId, connectionId, kind, object });
    } catch (error) {
      if (!(error instanceof ConnectorError) || affectsAllObjects.has(error.failure.class)) throw error;
      if (!isMissingOptionalObject(error.failure, kind)) failures.push(error);
    }
  }
  for (const readPeople of [readCreators, readOwners]) {
    const failure = await connectorFailure(readPeople(deps, { runId, connectionId }));
    if (failure) failures.push(failure);
  }
  if (firstReadCount >= manyRecords) await analyzeAfterLoad(deps.db);
  if (failures[0]) throw failures[0];
}
