import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError, type FailureClass, type RemoteFailure } from '#connectors/contract/failures.ts';
import { findConnection, saveConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';

export const failure = (failureClass: FailureClass, retryAfterMs?: number): RemoteFailure => ({
  class: failureClass,
  code: failureClass.toUpperCase(),
  message: `The vendor answers ${failureClass}.`,
  fix: 'Mend it.',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

export const refusal = (failureClass: FailureClass, retryAfterMs?: number): ConnectorError =>
  new ConnectorError(failure(failureClass, retryAfterMs));

/** A vendor whose answers a test decides: `null` for successful ones. */
export interface FakeVendor {
  readonly deps: Deps;
  answer: ConnectorError | null;
  /** Calls it was asked. */
  calls: number;
}

/** These dependencies, with every connection leading to one fake vendor. */
export function fakeVendor(deps: Deps): FakeVendor {
  const vendor: { answer: ConnectorError | null; calls: number } = { answer: null, calls: 0 };
  const ask = async (): Promise<void> => {
    vendor.calls += 1;
    if (vendor.answer) throw vendor.answer;
  };
  const connector: CrmConnector = {
    kind: 'hubspot',
    role: 'crm',
    objectFor: (kind) => kind,
    check: async () => {
      await ask();
      return { account: 'HubSpot 1', limits: { used: null, allowed: null }, discovered: {} };
    },
    describe: async (object) => {
      await ask();
      return { object, label: object, fields: [] };
    },
    install: async () => ({ created: [], existing: 0 }),
    async *pull() {
      await ask();
      yield { records: [], resume: '', total: 0, askedAt: new Date(), serverTime: new Date().toISOString() };
    },
    fetch: async () => {
      await ask();
      return [];
    },
    push: async () => [],
    verifyWebhook: () => null,
    listen: null,
    limits: () => ({ used: null, allowed: null }),
    windows: () => [],
    calls: () => vendor.calls,
    close: async () => {},
  };
  return Object.assign(vendor, { deps: { ...deps, connectorFor: () => connector } });
}

export async function addConnection(deps: Deps, name = 'HubSpot'): Promise<Connection> {
  const id = deps.ids();
  const secrets = sealSecrets(deps.config.masterKey, id, { accessToken: 'token' });
  await saveConnection(deps.db, {
    id,
    kind: 'hubspot',
    name,
    settings: {},
    secrets,
    createdAt: deps.clock(),
  });
  return requireSaved(deps, id);
}

export async function requireSaved(deps: Deps, id: string): Promise<Connection> {
  const found = await findConnection(deps.db, id);
  if (!found) throw new Error('the connection is gone');
  return found;
}
