import { expect, it } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { startService } from '#test/support/service.ts';

it('a check names records that sharing does not let the integration user change, until they are shared', async () => {
  await using service = await startService({ profile: 'private-sharing' });
  const { deps, addresses } = service;
  const connection = (await listConnections(deps.db)).find(({ kind }) => kind === 'salesforce');
  const sharing = async () => {
    const { checks } = await checkConnection(deps, { connectionId: connection?.id ?? '' });
    return checks.filter(({ about }) => about.startsWith('sharing of '));
  };
  expect(await sharing()).toMatchObject([
    {
      about: 'sharing of Account',
      result: 'degraded',
      message: expect.stringMatching(
        /^Of the (\d+) Account records .* may not change \1, such as .+ \(001\w{15}\), /,
      ),
      fix: expect.stringContaining('Setup › Sharing Settings'),
    },
    { about: 'sharing of Opportunity', result: 'degraded' },
  ]);
  const response = await fetch(`${addresses.salesforce}/sandbox/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sharedForEditing: ['Account', 'Opportunity'] }),
  });
  expect(response.ok).toBe(true);
  expect(await sharing()).toMatchObject([
    { about: 'sharing of Account', result: 'ok' },
    { about: 'sharing of Opportunity', result: 'ok' },
  ]);
}, 120_000);
