import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { z } from 'zod';
import { startSandbox, type SandboxAddresses } from '#src/cli/local/sandbox.ts';
import { findConnection, listConnections, saveHealth } from '#src/db/connections/connection-store.ts';
import { tokenVault } from '#src/db/connections/token-store.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { connect, type ConnectInput } from '#src/operations/connections/connect.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const approvalSchema = z.object({ clientId: z.string(), clientSecret: z.string(), refreshToken: z.string() });

/** As at the command line: a refresh token is all that is known. */
const fresh = (refreshToken: string) => ({
  accessToken: '',
  refreshToken,
  expiresAt: new Date(0).toISOString(),
});

describe('connecting with tokens an administrator has granted', () => {
  let test: TestDeps;
  let addresses: SandboxAddresses;
  const stack = new AsyncDisposableStack();

  beforeEach(async () => {
    test = stack.use(await startDeps());
    const sandbox = await startSandbox(join(test.dir, 'sandbox'));
    stack.defer(() => sandbox.stop());
    addresses = sandbox.addresses;
  });
  afterEach(() => stack.disposeAsync());

  async function approve(address: string): Promise<z.infer<typeof approvalSchema>> {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-sandbox-key': new URL(addresses.control).pathname.slice(1),
      },
      body: '{}',
    });
    return approvalSchema.parse(await response.json());
  }

  async function salesforce(): Promise<ConnectInput> {
    const { clientId, clientSecret, refreshToken } = await approve(
      `${addresses.salesforce}/sandbox/authorizations`,
    );
    const place = { loginUrl: addresses.salesforce, instanceUrl: addresses.salesforce };
    const settings = { ...place, clientId, authType: 'refresh_token', changeEvents: 'off' };
    return {
      kind: 'salesforce',
      name: 'CRM',
      settings,
      secrets: { clientSecret },
      tokens: fresh(refreshToken),
    };
  }
  async function hubspot(): Promise<ConnectInput> {
    const { clientId, clientSecret, refreshToken } = await approve(`${addresses.hubspot}/sandbox/apps`);
    const settings = { basePath: addresses.hubspot, authType: 'oauth', clientId };
    return { kind: 'hubspot', name: 'CRM', settings, secrets: { clientSecret }, tokens: fresh(refreshToken) };
  }

  it(
    'stores the newest, ends a pause when done again, and stores nothing when they are refused',
    { timeout: 60_000 },
    async () => {
      const { deps } = test;
      for (const make of [salesforce, hubspot]) {
        const input = { ...(await make()), name: make.name };
        const { connectionId } = await connect(deps, input);
        const vault = tokenVault(deps.db, deps.config.masterKey, connectionId);
        const stored = await vault.current();
        expect(stored?.accessToken).not.toBe('');
        expect(await checkConnection(deps, { connectionId })).toMatchObject({ ok: true });

        const pausedUntil = new Date(Date.now() + 3_600_000);
        await saveHealth(deps.db, connectionId, {
          pausedUntil,
          pausedAt: new Date(),
          pauseReason: 'refused',
        });
        await connect(deps, { ...(await make()), name: make.name });
        expect(await findConnection(deps.db, connectionId)).toMatchObject({
          status: 'active',
          pausedUntil: null,
        });
        expect((await vault.current())?.accessToken).not.toBe(stored?.accessToken);

        await expect(
          connect(deps, { ...input, name: 'Other', tokens: fresh('nonsense') }),
        ).rejects.toMatchObject({
          failure: { class: 'auth' },
        });
      }
      expect((await listConnections(deps.db)).map(({ name }) => name)).toEqual(['salesforce', 'hubspot']);
    },
  );
});
