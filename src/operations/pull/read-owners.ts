import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CrmConnector, RecordOwner } from '#connectors/contract/crm.ts';
import { ownersToRead, saveOwners } from '#src/db/connections/owner-store.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { withCrm } from '#src/operations/connections/use-connection.ts';

/** People rarely change their names, so an owner is read once in this time. */
const maxAgeMs = 86_400_000;

/** The place of problems with reading people. It is no object of the vendor. */
const about = 'owners';

export interface ReadOwnersInput {
  /** Null outside a run. */
  readonly runId: string | null;
  readonly connectionId: string;
}

/**
 * Reads the names of people who own open opportunities or partners' accounts, if they are not known yet. Without
 * the permission to read people, a problem says so, and conflicts are shown without owners.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function readOwners(deps: Deps, { runId, connectionId }: ReadOwnersInput): Promise<void> {
  const at = deps.clock();
  const wanted = await ownersToRead(deps.db, connectionId, new Date(at.getTime() - maxAgeMs));
  if (wanted.length === 0) return;
  await withCrm(deps, { connectionId, runId, about }, async (connection, connector) => {
    const found = new Map(
      (await ownersOf(deps, connection, connector, wanted)).map((one) => [one.extId, one]),
    );
    const rows = wanted.map((extId) => {
      const { name = null, email = null } = found.get(extId) ?? {};
      return { connectionId, extId, name, email, readAt: at };
    });
    await saveOwners(deps.db, rows);
  });
}

async function ownersOf(
  deps: Deps,
  connection: Connection,
  connector: CrmConnector,
  wanted: readonly string[],
): Promise<readonly RecordOwner[]> {
  const began = deps.clock();
  const where = { source: 'pull', connectionId: connection.id, object: about } as const;
  try {
    const found = (await connector.owners?.(wanted)) ?? [];
    await resolveUnseen(deps.db, where, began, deps.clock());
    return found;
  } catch (error) {
    if (!(error instanceof ConnectorError) || !isHidden(error)) throw error;
    const { message, fix } = error.failure;
    const failure = {
      class: 'permission',
      code: 'owners_hidden',
      message: `Fairway may not read people, so conflicts are shown without the owners of deals. ${message}`,
      fix: `Let the integration user read the users of the CRM. ${fix}`,
    } as const;
    await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], began);
    return [];
  }
}

const isHidden = ({ failure }: ConnectorError): boolean =>
  failure.class === 'permission' || failure.class === 'mapping' || failure.class === 'gone';
