import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actingPerson } from '#src/cli/mappings/acting-person.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { approvePayoutBatch, submitPayoutBatch } from '#src/operations/payouts/payout-batch.ts';
import { changeRole, disablePerson } from '#src/operations/people/change-access.ts';
import { addPerson } from '#test/support/people/people.ts';
import { type PeopleWorld, startPeopleWorld } from './people-fixture.ts';

let world: PeopleWorld;
let admin: string;
beforeAll(async () => {
  world = await startPeopleWorld();
  admin = await world.fromServer('admin@vendor.test', 'admin');
});
afterAll(() => world[Symbol.asyncDispose]());

const post = (cookie: string, url: string) => world.with(cookie)({ method: 'POST', url });
const me = async (cookie: string | null) => (await world.with(cookie ?? '')({ url: '/api/me' })).statusCode;
const idOf = async (email: string): Promise<string> => {
  const [row] = await world.http.deps.db.execute<{ id: string }>(
    sql`select id from person where email = ${email}`,
  );
  return row?.id ?? '';
};

test('a disabled person’s sessions and open links end at once, and no link is made for them', async () => {
  const cookie = await world.fromServer('leaver@vendor.test', 'finance');
  const { token } = await createLoginLink(world.http.deps, { email: 'leaver@vendor.test' });
  const id = await idOf('leaver@vendor.test');
  expect((await post(admin, `/api/people/${id}/disable`)).statusCode).toBe(200);
  expect(await me(cookie)).toBe(401);
  expect((await world.enter(token)).cookie).toBeNull();
  await expect(createLoginLink(world.http.deps, { email: 'leaver@vendor.test' })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect((await post(admin, `/api/people/${id}/link`)).statusCode).toBe(409);
  await expect(actingPerson(world.http.deps, 'leaver@vendor.test', ['finance'])).rejects.toMatchObject({
    message: expect.stringContaining('leaver@vendor.test is disabled'),
  });
  expect((await post(admin, `/api/people/${id}/enable`)).statusCode).toBe(200);
  // Enabling brings back neither the session nor the link.
  expect(await me(cookie)).toBe(401);
  expect((await world.enter(token)).cookie).toBeNull();
});

test('another role ends the sessions and links of the old one', async () => {
  const cookie = await world.fromServer('mover@vendor.test', 'admin');
  const { token } = await createLoginLink(world.http.deps, { email: 'mover@vendor.test' });
  const id = await idOf('mover@vendor.test');
  await world.with(admin)({ method: 'PATCH', url: `/api/people/${id}`, payload: { role: 'viewer' } });
  expect(await me(cookie)).toBe(401);
  expect((await world.enter(token)).cookie).toBeNull();
});

test('a person who is disabled while they approve either approves first or not at all', async () => {
  const { deps } = world.http;
  const [maker, leaver, boss] = await Promise.all([
    addPerson(deps, { name: 'maker', role: 'finance' }),
    addPerson(deps, { name: 'racer', role: 'finance' }),
    addPerson(deps, { name: 'boss', role: 'admin' }),
  ]);
  const batch = { batchId: world.batchId };
  await submitPayoutBatch(deps, { ...batch, personId: maker.id });
  const [approved] = await Promise.allSettled([
    approvePayoutBatch(deps, { ...batch, personId: leaver.id }),
    disablePerson(deps, { personId: leaver.id, actorId: boss.id }),
  ]);
  expect(await world.batchStatus()).toBe(approved.status === 'fulfilled' ? 'approved' : 'submitted');
  await deps.db.execute(
    sql`update payout_batch set status = 'submitted', approved_by = null, approved_hash = null`,
  );
  await expect(approvePayoutBatch(deps, { ...batch, personId: leaver.id })).rejects.toMatchObject({
    detail: { blocker: 'disabled' },
  });
});

test('two admins who disable or demote each other at the same moment leave one admin', async () => {
  const { deps } = world.http;
  for (let round = 0; round < 5; round += 1) {
    const [a, b] = await Promise.all(
      [`left${round}`, `right${round}`].map((name) => addPerson(deps, { name, role: 'admin' })),
    );
    const [aId, bId] = [a?.id ?? '', b?.id ?? ''];
    const results = await Promise.allSettled([
      disablePerson(deps, { personId: aId, actorId: bId }),
      changeRole(deps, { personId: bId, actorId: aId, role: 'viewer' }),
    ]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  }
});

test('one’s own sessions are listed and can be ended, those of others cannot', async () => {
  const laptop = await world.fromServer('many@vendor.test', 'ops');
  const phone = await world.fromServer('many@vendor.test', 'ops');
  const stranger = await world.fromServer('stranger@vendor.test', 'ops');
  const sessions = (await world.with(laptop)({ url: '/api/me/sessions' })).json().sessions;
  expect(sessions).toHaveLength(2);
  expect(sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
  expect(JSON.stringify(sessions)).not.toContain('tokenHash');
  const other = sessions.find((one: { current: boolean }) => !one.current).id;
  const end = (cookie: string, id: string) =>
    world.with(cookie)({ method: 'DELETE', url: `/api/me/sessions/${id}` });
  expect((await end(stranger, other)).statusCode).toBe(404);
  expect(await me(phone)).toBe(200);
  expect((await end(laptop, other)).statusCode).toBe(200);
  expect(await me(phone)).toBe(401);
  const tablet = await world.fromServer('many@vendor.test', 'ops');
  expect((await post(laptop, '/api/me/sessions/end-others')).statusCode).toBe(200);
  expect([await me(laptop), await me(tablet), await me(stranger)]).toEqual([200, 401, 200]);
});
