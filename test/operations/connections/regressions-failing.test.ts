import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { jobsOf } from '#src/db/jobs/job-store.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import { startService, type Service } from '#test/support/service.ts';

const appSchema = z.object({ clientId: z.string(), clientSecret: z.string(), refreshToken: z.string() });

/** Known bugs of other products with vendors that refuse calls. */
describe('lessons of failing', () => {
  let service: Service;
  let hubspot: Connection;

  beforeAll(async () => {
    service = await startService();
    hubspot = (await listConnections(service.deps.db)).find((one) => one.kind === 'hubspot') as Connection;
  });
  afterAll(() => service[Symbol.asyncDispose]());

  async function send(method: string, address: string, body: object): Promise<unknown> {
    const response = await fetch(address, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.json();
  }
  const allowADay = (perDay: number): Promise<unknown> =>
    send('PATCH', `${service.addresses.hubspot}/sandbox/limits`, { perDay });

  /** Reading the journal of changes costs nothing of it. */
  const callsOfADay = async () =>
    (await service.callsTo('hubspot')).filter(({ path }) => path.startsWith('/crm')).length;

  it('quota exhaustion is never reported as success (Airbyte)', { timeout: 180_000 }, async () => {
    await allowADay((await callsOfADay()) + 8);
    const exhausted = await service.runJob();
    expect(exhausted.summary).toMatchObject({
      complete: false,
      paused: [{ connection: hubspot.name }],
      written: { hubspot: 0 },
    });
    expect(exhausted.summary.written.salesforce).toBeGreaterThan(100);
    const failed = (await jobsOf(service.deps.db, exhausted.id)).filter(({ status }) => status === 'failed');
    expect(failed.map(({ error }) => error).join('\n')).toMatch(/until 20\d\d-/);
    // The month is not closed without HubSpot's partners.
    expect(exhausted.summary.payouts).toBe(0);

    const before = await callsOfADay();
    expect((await service.runJob()).summary).toMatchObject({
      complete: false,
      paused: [{ connection: hubspot.name }],
    });
    expect(await callsOfADay()).toBe(before);

    await allowADay(1_000_000);
    expect(await checkConnection(service.deps, { connectionId: hubspot.id })).toMatchObject({ ok: true });
    const whole = await service.runJob();
    expect(whole.summary).toMatchObject({
      complete: true,
      paused: [],
      problems: 0,
      registrations: { total: 200 },
    });
    expect(whole.summary.written.hubspot).toBeGreaterThan(50);
  });

  it('two refreshers at once make one refresh call (Nango)', { timeout: 60_000 }, async () => {
    const { clientId, clientSecret, refreshToken } = appSchema.parse(
      await send('POST', `${service.addresses.hubspot}/sandbox/apps`, {}),
    );
    const { connectionId } = await connect(service.deps, {
      kind: 'hubspot',
      name: 'HubSpot by OAuth',
      settings: { basePath: service.addresses.hubspot, authType: 'oauth', clientId },
      secrets: { clientSecret },
      tokens: { accessToken: '', refreshToken, expiresAt: new Date(0).toISOString() },
    });
    const connection = await requireConnection(service.deps, connectionId);
    const lanes = [
      service.deps.connectorFor(connection, 'bulk'),
      service.deps.connectorFor(connection, 'interactive'),
    ];
    await Promise.all(lanes.map((connector) => connector.check()));
    const refreshes = async () =>
      (await service.callsTo('hubspot')).filter(({ summary }) => summary === 'oauth token').length;
    const before = await refreshes();
    const fault = { vendor: 'hubspot', match: { times: 1 }, fault: { kind: 'expire_tokens' } };
    await send('POST', `${service.addresses.control}/faults`, fault);
    await Promise.all(lanes.map((connector) => connector.check()));
    expect(await refreshes()).toBe(before + 1);
  });
});
