import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import { releaseBudgets } from '#src/db/connections/budget-store.ts';
import { invalidateDescriptions, saveHealth, saveSettings } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { accessChecks } from './access-checks.ts';
import { readRegion } from './region.ts';
import { withConnection } from './use-connection.ts';
import { noPause } from './pause-connection.ts';

export interface ConnectionCheck {
  readonly ok: boolean;
  readonly account: string | null;
  readonly failure: RemoteFailure | null;
  /** What the integration user may do and sees, one by one. Empty when the sign-in failed. */
  readonly checks: readonly AccessCheck[];
}

/**
 * Signs in to the vendor, shows the answer on the connection, and asks for everything that Fairway uses there.
 * It ends a pause first: the person who checks has removed its cause.
 */
export async function checkConnection(
  deps: Deps,
  { connectionId }: { readonly connectionId: string },
): Promise<ConnectionCheck> {
  await saveHealth(deps.db, connectionId, noPause);
  await releaseBudgets(deps.db, connectionId);
  try {
    return await withConnection(
      deps,
      { connectionId, runId: null, about: 'check', lane: 'interactive' },
      async (_, connector) => {
        const { account } = await connector.check();
        await saveSettings(deps.db, connectionId, await readRegion(connector));
        // Descriptions hold the time zone, which may have changed.
        await invalidateDescriptions(deps.db, connectionId);
        await saveHealth(deps.db, connectionId, { account });
        const checks = (await accessChecks(connector)) ?? [];
        return { ok: true, account, failure: null, checks };
      },
    );
  } catch (error) {
    if (error instanceof ConnectorError)
      return { ok: false, account: null, failure: error.failure, checks: [] };
    throw error;
  }
}
