import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createEndpoint } from '#src/operations/notices/endpoints.ts';
import { lifecycleFixture } from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { startDeps } from '#test/support/deps.ts';
import { addPerson } from '#test/support/people/people.ts';
import { startWebhookReceiver, verifiedContent } from '#test/support/notices/webhook-receiver.ts';

const workerFile = fileURLToPath(new URL('../../../workers/main.ts', import.meta.url));

test(
  'a worker that is killed while an endpoint answers loses no webhook; the next one repeats it with the same id',
  { timeout: 240_000 },
  async () => {
    await using started = await startDeps({ queue: 'postgresql' });
    const { deps } = started;
    await using receiver = await startWebhookReceiver();
    const fixture = await lifecycleFixture(deps, '2026-06-15T08:00:00Z', { escalations: [] });
    const { id: actorId } = await addPerson(deps, { name: 'Ada', role: 'admin' });
    const { secret } = await createEndpoint(deps, {
      actorId,
      url: receiver.url,
      description: '',
      events: ['registration.submitted', 'registration.queued'],
    });
    const spawnWorker = (): ChildProcess =>
      fork(workerFile, [], {
        env: { ...process.env, ...started.env },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });

    const killed = spawnWorker();
    const gone = once(killed, 'exit');
    // The endpoint has the webhook, and the worker does not learn that.
    receiver.answer = async () => {
      killed.kill('SIGKILL');
      await gone;
      return { status: 204 };
    };
    await fixture.submits('review', '2026-06-15T08:00:00Z');
    await gone;
    const early = new Set(receiver.received.map(({ id }) => id));
    expect(early.size).toBeGreaterThan(0);
    expect(await statuses()).toEqual(['waiting', 'waiting']);

    receiver.answer = () => ({ status: 204 });
    const next = spawnWorker();
    await expect.poll(statuses, { timeout: 180_000 }).toEqual(['delivered', 'delivered']);
    next.kill('SIGTERM');
    await once(next, 'exit');

    const byId = Map.groupBy(receiver.received, ({ id }) => id);
    expect(byId.size).toBe(2);
    for (const [id, all] of byId) {
      expect(all).toHaveLength(early.has(id) ? 2 : 1);
      expect(new Set(all.map(({ body }) => body)).size).toBe(1);
      for (const one of all) verifiedContent(one, secret);
    }

    async function statuses(): Promise<readonly string[]> {
      const rows = await deps.db.execute<{ status: string }>(
        sql`select status from webhook_delivery order by id`,
      );
      return rows.map(({ status }) => status);
    }
  },
);
