import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '#src/deps.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { startWorker } from '#workers/worker.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, readEverything, startHintsFixture, type HintsFixture } from './hints-fixture.ts';

/** Known bugs of other products in handling webhooks. */
const deals = 12;
let fixture: HintsFixture;
let deps: Deps;
let dealIds: readonly string[];
beforeAll(async () => {
  fixture = await startHintsFixture(sampleWith(deals));
  deps = fixture.deps;
  dealIds = (
    await deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'deals' order by ext_id`,
    )
  ).map((row) => row.ext_id);
  await fixture.subscribe();
}, 60_000);
afterEach(() =>
  fixture.control('PATCH', '/settings', {
    webhookOrder: 'occurred',
    webhookDuplicates: false,
    webhooksPaused: false,
  }),
);
afterAll(() => fixture[Symbol.asyncDispose]());

const rename = (id: string, dealname: string) =>
  fixture.control('POST', '/edit', { objectType: 'deals', id, properties: { dealname }, userId: 7 });
const names = async () =>
  (
    await deps.db.execute<{ name: string }>(
      sql`select o.name from opportunity o join link l on l.record_id = o.id order by l.ext_id`,
    )
  ).map((row) => row.name);
const hints = async () =>
  Number((await deps.db.execute<{ count: string }>(sql`select count(*) from hint`))[0]?.count);
const recorded = async () =>
  Number(
    (await deps.db.execute<{ count: string }>(sql`select coalesce(sum(times), 0) as count from hint`))[0]
      ?.count,
  );
const serve = () => processHints(deps, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);

/** All data from the CRM and all writes to it. */
async function state(): Promise<string> {
  const rows = await deps.db.execute(sql`
    select 'opportunity' as kind, to_jsonb(o) - 'id' as body from opportunity o
    union all select 'registration', to_jsonb(r) - array['id', 'decided_at'] from registration r
    union all select 'account', to_jsonb(a) - 'id' from account a
    union all select 'open write', to_jsonb(w.fields) from write_intent w where status = 'pending'
    order by 1, 2`);
  return JSON.stringify([...rows]);
}

describe('a webhook', () => {
  it('ten times, shuffled, makes the same final state', async () => {
    await fixture.control('PATCH', '/settings', {
      webhooksPaused: true,
      webhookOrder: 'reversed',
      webhookDuplicates: true,
    });
    for (const round of [1, 2, 3, 4, 5])
      for (const [n, id] of dealIds.entries()) await rename(id, `Deal ${n}, ${round}`);
    await fixture.control('PATCH', '/settings', { webhooksPaused: false });
    await expect.poll(recorded, { timeout: 10_000 }).toBeGreaterThanOrEqual(dealIds.length * 2);
    await serve();
    const once = await state();
    expect(await names()).toEqual(dealIds.map((_, n) => `Deal ${n}, 5`));
    const events = dealIds.map((id) => ({
      subscriptionType: 'object.propertyChange',
      objectTypeId: '0-3',
      objectId: Number(id),
    }));
    for (let time = 0; time < 10; time += 1) {
      for (const event of shuffled(events, time)) expect(await post([event], 0)).toBe(204);
      if (time % 3 === 0) await serve();
    }
    await serve();
    expect([await state(), await hints()]).toEqual([once, 0]);
  });

  it('that is old is rejected: an old webhook is not a new change', async () => {
    const event = {
      subscriptionType: 'object.propertyChange',
      objectTypeId: '0-3',
      objectId: Number(dealIds[0]),
    };
    expect(await post([event], 6 * 60_000)).toBe(401);
    expect(await post([event], -6 * 60_000)).toBe(401);
    expect(await hints()).toBe(0);
  });

  it('is not undone by a page that was asked for before it (Nango: a stale poll does not overwrite a fresher webhook)', async () => {
    const [id = ''] = dealIds;
    await rename(id, 'As the poll saw it');
    const stale = pausedPull(deps);
    const polling = readEverything(stale.deps, fixture.connection);
    await stale.reached;
    await rename(id, 'As the webhook told it');
    await expect.poll(hints, { timeout: 5_000 }).toBeGreaterThan(0);
    await serve();
    stale.release();
    await polling;
    expect((await names())[0]).toBe('As the webhook told it');
  });

  it('shows in the CRM what follows from it within seconds', async () => {
    await using _worker = startWorker(deps, { syncMinutes: 0 });
    const properties = {
      number: 'DR-2026-0900',
      customer_name: 'Quiet Harbour',
      product_family: 'Pumps',
      deal_type: 'new',
      submitted_at: new Date().toISOString(),
    };
    const { id } = await fixture.control('POST', '/edit', {
      objectType: 'p_fairway_registration',
      properties,
      userId: 7,
    });
    const [partner] = await deps.db.execute<{ ext_id: string }>(
      sql`select l.ext_id from link l join account a on a.id = l.record_id where a.is_partner`,
    );
    await fixture.control('POST', '/associate', {
      objectType: 'p_fairway_registration',
      id,
      toObjectType: 'companies',
      toId: partner?.ext_id,
      userId: 7,
    });
    const status = async () =>
      (await fixture.call('GET', `/crm/objects/2026-09/p_fairway_registration/${id}?properties=status`))
        .properties.status;
    await expect.poll(status, { timeout: 10_000, interval: 50 }).toBe('approved');
  });
});

function shuffled<T>(values: readonly T[], seed: number): T[] {
  return values
    .map((value, n) => ({ value, turn: (n * 7919 + seed * 104_729) % 1009 }))
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ value }) => value);
}

async function post(events: readonly unknown[], ageMs: number): Promise<number> {
  const body = JSON.stringify(events);
  const timestamp = String(Date.now() - ageMs);
  const signature = createHmac('sha256', fixture.clientSecret)
    .update(`POST${fixture.webhookUrl}${body}${timestamp}`)
    .digest('base64');
  const headers = {
    'content-type': 'application/json',
    'x-hubspot-signature-v3': signature,
    'x-hubspot-request-timestamp': timestamp,
  };
  return (await fetch(fixture.webhookUrl, { method: 'POST', headers, body })).status;
}

/** A poll of deals whose answer is on its way until it is released. */
function pausedPull(real: Deps): {
  readonly deps: Deps;
  readonly reached: Promise<void>;
  readonly release: () => void;
} {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const connectorFor: Deps['connectorFor'] = (...args) => {
    const connector = real.connectorFor(...args);
    return {
      ...connector,
      async *pull(request) {
        for await (const page of connector.pull(request)) {
          if (request.object === 'deals') {
            reached.resolve();
            await gate.promise;
          }
          yield page;
        }
      },
    };
  };
  return { deps: { ...real, connectorFor }, reached: reached.promise, release: gate.resolve };
}
