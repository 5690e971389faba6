import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startLinks } from '#src/operations/people/start-links.ts';
import { approvePayoutBatch, submitPayoutBatch } from '#src/operations/payouts/payout-batch.ts';
import { addPerson, enterProduction } from '#test/support/people/people.ts';
import { startPeopleWorld } from './people-fixture.ts';

test('the demo person approves in the sandbox, and neither signs in nor approves once a real CRM is connected', async () => {
  await using world = await startPeopleWorld();
  const { deps } = world.http;
  const [admin, demo] = await startLinks(deps);
  expect([admin?.name, demo?.name]).toEqual(['Administrator', 'Demo approver']);
  const [first, second] = [await world.enter(admin?.token ?? ''), await world.enter(demo?.token ?? '')];
  const post = (cookie: string | null, name: string) => world.batchStep(cookie ?? '', name);
  await post(first.cookie, 'submit');
  expect((await post(second.cookie, 'approve')).statusCode).toBe(200);

  const [, later] = await startLinks(deps);
  await enterProduction(deps);
  expect((await world.with(second.cookie ?? '')({ url: '/api/me' })).statusCode).toBe(401);
  expect(await world.enter(later?.token ?? '')).toMatchObject({
    cookie: null,
    refusal: expect.stringContaining('demo person has ended'),
  });
  expect(await startLinks(deps)).toEqual([]);

  const olga = await addPerson(deps, { name: 'olga', role: 'admin' });
  await addPerson(deps, { name: 'piet', role: 'admin' });
  await deps.db.execute(
    sql`update payout_batch set status = 'draft', approved_by = null, approved_hash = null`,
  );
  await submitPayoutBatch(deps, { batchId: world.batchId, personId: olga.id });
  const [row] = await deps.db.execute<{ id: string }>(sql`select id from person where is_demo`);
  await expect(
    approvePayoutBatch(deps, { batchId: world.batchId, personId: row?.id ?? '' }),
  ).rejects.toMatchObject({ detail: { blocker: 'demo' } });
});

test('a start changes no role and enables no disabled person', async () => {
  await using world = await startPeopleWorld();
  const { deps } = world.http;
  await startLinks(deps);
  await deps.db.execute(
    sql`update person set role = 'viewer', name = 'Anna' where email = 'admin@localhost'`,
  );
  await startLinks(deps);
  const rows = () =>
    deps.db.execute(
      sql`select name, role from person where email = 'admin@localhost' and disabled_at is null`,
    );
  expect([...(await rows())]).toEqual([{ name: 'Anna', role: 'viewer' }]);
  await deps.db.execute(sql`update person set disabled_at = now() where email = 'admin@localhost'`);
  expect((await startLinks(deps)).map((one) => one.name)).toEqual(['Demo approver']);
});
