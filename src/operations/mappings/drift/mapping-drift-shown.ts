import { listConnections } from '#src/db/connections/connection-store.ts';
import { listDrift, type MappingDrift } from '#src/db/mappings/drift-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import type { DriftFinding } from '#src/operations/live-mappings/drift-findings.ts';

/** The findings about one mapping, as its page shows them. */
export interface Drift extends Pick<
  MappingDrift,
  'connectionId' | 'object' | 'kind' | 'version' | 'foundAt' | 'checkedAt'
> {
  readonly findings: readonly DriftFinding[];
}

/**
 * The live mappings whose object has changed in the CRM since it was first compared with the mapping. Without
 * `connectionId`: of all connections. Costs no call.
 */
export async function mappingDrift(
  deps: Pick<Deps, 'db' | 'packs'>,
  connectionId?: string,
): Promise<readonly Drift[]> {
  const connections = new Map(
    (await listConnections(deps.db)).map((connection) => [connection.id, connection]),
  );
  const rows = await listDrift(deps.db, connectionId);
  return rows.flatMap(({ connectionId: id, object, kind, version, findings, foundAt, checkedAt }) => {
    const connection = connections.get(id);
    const inForce = connection && packFor(deps, connection, kind);
    if (inForce?.object !== object || inForce.version !== version) return [];
    return [
      {
        connectionId: id,
        object,
        kind,
        version,
        findings: findings as readonly DriftFinding[],
        foundAt,
        checkedAt,
      },
    ];
  });
}
