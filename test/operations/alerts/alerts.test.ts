import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { asc } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectorError } from '#connectors/contract/failures.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { insertRun, updateRun } from '#src/db/runs/run-store.ts';
import { alert, connection } from '#src/db/schema/connection.ts';
import { job, run } from '#src/db/schema/work.ts';
import type { Deps } from '#src/deps.ts';
import { withConnection } from '#src/operations/connections/use-connection.ts';
import { raiseAlert, reportHealthOfAll } from '#src/operations/alerts/raise-alert.ts';
import { sendAlert } from '#src/operations/alerts/send-alert.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { addConnection, fakeVendor, refusal, type FakeVendor } from '#test/operations/failing-vendor.ts';

describe('alerts', () => {
  let test: TestDeps;
  let deps: Deps;
  let vendor: FakeVendor;
  let hubspot: Connection;
  let receiver: Server;
  let status = 200;
  const received: { readonly body: Record<string, unknown>; readonly type: string | undefined }[] = [];

  beforeAll(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z', publicUrl: 'https://fairway.example.com' });
    receiver = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        received.push({ body: JSON.parse(text), type: request.headers['content-type'] });
        response.writeHead(status, { location: '/elsewhere' }).end('ok');
      });
    }).listen(0, '127.0.0.1');
    await new Promise((done) => receiver.once('listening', done));
    const alertWebhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    deps = { ...test.deps, config: { ...test.deps.config, alertWebhookUrl } };
  });
  afterAll(async () => {
    receiver.close();
    await test[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    for (const table of [run, job, connection]) await deps.db.delete(table);
    received.length = 0;
    status = 200;
    vendor = fakeVendor(deps);
    hubspot = await addConnection(deps);
  });

  async function errand(answer: ConnectorError | null, about = 'companies'): Promise<void> {
    vendor.answer = answer;
    // Alerts are distinguished by their time.
    test.pass(1_000);
    const work = withConnection(
      vendor.deps,
      { connectionId: hubspot.id, runId: null, about },
      async (_, connector) => connector.fetch('companies', ['1'], []),
    );
    await work.catch((error: unknown) => expect(error).toBe(answer));
  }
  const alerts = async () => deps.db.select().from(alert).orderBy(asc(alert.at), asc(alert.id));
  const states = async () => (await alerts()).map(({ state }) => state);
  const alertJobs = async () => (await deps.db.select().from(job)).filter(({ name }) => name === 'alert');

  it('are raised once for each change of a connection’s health', async () => {
    await errand(null);
    expect(await states()).toEqual([]);
    await errand(refusal('permission'));
    await errand(refusal('permission'), 'deals');
    expect(await states()).toEqual(['failing']);
    await errand(null);
    expect(await states()).toEqual(['failing']);
    await errand(null, 'deals');
    await errand(null);
    expect(await states()).toEqual(['failing', 'recovered']);
    await errand(refusal('throttle', 3_600_000));
    expect(await states()).toEqual(['failing', 'recovered', 'paused']);
    expect(await alertJobs()).toHaveLength(3);
    expect((await alerts())[2]?.message).toContain('until 2026-11-18T11:');
  });

  it('are one for a connection that fails and works by turns within a run, and give the state at its end', async () => {
    const runId = deps.ids();
    await insertRun(deps.db, { id: runId, trigger: 'person', stage: 'push', startedAt: deps.clock() });
    for (let n = 0; n < 3; n += 1) {
      await errand(refusal('permission'));
      await errand(null);
    }
    expect(await states()).toEqual(['failing']);
    await deps.db.transaction(async (tx) => {
      await updateRun(tx, runId, { status: 'done' });
      await reportHealthOfAll(deps, tx);
    });
    expect(await states()).toEqual(['failing', 'recovered']);
  });

  it('are not stored when the change they report is not', async () => {
    const lost = deps.db.transaction(async (tx) => {
      await raiseAlert(deps, tx, {
        connectionId: hubspot.id,
        state: 'mass_deletion',
        message: 'A fifth is gone.',
      });
      throw new Error('no');
    });
    await expect(lost).rejects.toThrow('no');
    expect([await states(), await alertJobs()]).toEqual([[], []]);
  });

  it('add no job when there is no receiver', async () => {
    vendor = fakeVendor(test.deps);
    await errand(refusal('permission'));
    expect(await states()).toEqual(['failing']);
    expect(await alertJobs()).toEqual([]);
  });

  it('are posted as JSON that chat services show, with the words and where to look', async () => {
    await errand(refusal('permission'));
    const [raised] = await alerts();
    await sendAlert(deps, { alertId: raised?.id ?? '' });
    const url = `https://fairway.example.com/connections/${hubspot.id}`;
    const message = 'HubSpot does not work: The vendor answers permission. Mend it.';
    expect(received).toEqual([
      {
        type: 'application/json',
        body: {
          text: `A connection has stopped working: ${message}\n${url}`,
          connection: 'HubSpot',
          state: 'failing',
          message,
          at: raised?.at.toISOString(),
          url,
        },
      },
    ]);
    expect((await alerts())[0]?.sentAt).toEqual(deps.clock());
  });

  it('are sent once, also when two processes do it at the same time', async () => {
    await errand(refusal('permission'));
    const alertId = (await alerts())[0]?.id ?? '';
    await Promise.all([sendAlert(deps, { alertId }), sendAlert(deps, { alertId })]);
    await sendAlert(deps, { alertId });
    expect(received).toHaveLength(1);
  });

  it.each([301, 500])('are sent again after the receiver answered %i', async (refused) => {
    await errand(refusal('permission'));
    const alertId = (await alerts())[0]?.id ?? '';
    status = refused;
    await expect(sendAlert(deps, { alertId })).rejects.toThrow(String(refused));
    expect((await alerts())[0]?.sentAt).toBeNull();
    status = 200;
    await sendAlert(deps, { alertId });
    await wait(0);
    expect(received).toHaveLength(2);
  });
});
