import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approvePayoutBatch, submitPayoutBatch } from '#src/operations/payouts/payout-batch.ts';
import { addPerson, enterProduction } from '#test/support/people/people.ts';
import { type PeopleWorld, startPeopleWorld, tokenIn } from './people-fixture.ts';

const hourMs = 3_600_000;

let world: PeopleWorld;
/** The cookie of the only admin. */
let mallory: string;
beforeEach(async () => {
  world = await startPeopleWorld();
  mallory = await world.fromServer('mallory@vendor.test', 'admin');
});
afterEach(() => world[Symbol.asyncDispose]());

const post = (cookie: string, url: string, payload: object = {}) =>
  world.with(cookie)({ method: 'POST', url, payload });
const batchStep = (cookie: string, name: string) => world.batchStep(cookie, name);
const invite = (cookie: string, email: string, role: string) =>
  post(cookie, '/api/people', { name: email.split('@')[0], email, role });
const idOf = async (email: string): Promise<string> => {
  const [row] = await world.http.deps.db.execute<{ id: string }>(
    sql`select id from person where email = ${email}`,
  );
  return row?.id ?? '';
};
const refusedBy = (statement: Promise<unknown>) =>
  statement.then(
    () => 'nothing',
    (error: { cause?: { constraint_name?: string; message?: string } }) =>
      error.cause?.constraint_name || error.cause?.message,
  );

describe('one admin alone', () => {
  test.each(['admin', 'finance', 'ops'])('pays nothing by inviting a second identity as %s', async (role) => {
    await batchStep(mallory, 'submit');
    const invited = (await invite(mallory, 'second@vendor.test', role)).json();
    const token = tokenIn(invited.link);
    const second = token === null ? null : (await world.enter(token)).cookie;
    if (second !== null) await batchStep(second, 'approve');
    expect(await world.batchStatus()).toBe('submitted');
    expect(invited).toMatchObject({ delivery: 'waits', link: null });
    const again = await post(mallory, `/api/people/${invited.person.id}/link`);
    expect([again.statusCode, again.json().link]).toEqual([403, undefined]);
  });

  test('gets no link for a colleague, neither by inviting them again nor by asking for a new link', async () => {
    await world.fromServer('colleague@vendor.test', 'finance');
    const again = await invite(mallory, 'Colleague@vendor.test', 'finance');
    const token = tokenIn(again.json().link);
    const cookie = token === null ? null : (await world.enter(token)).cookie;
    const me = cookie === null ? null : (await world.with(cookie)({ url: '/api/me' })).json().email;
    expect(me).toBeNull();
    expect(again.statusCode).toBe(409);
    const link = await post(mallory, `/api/people/${await idOf('colleague@vendor.test')}/link`);
    expect(link.statusCode).toBe(409);
  });

  test('pays nothing with a viewer whose link was shown, however the role and the time change later', async () => {
    const invited = (await invite(mallory, 'viewer@vendor.test', 'viewer')).json();
    expect(invited.delivery).toBe('shown');
    await world.enter(tokenIn(invited.link) ?? '');
    const { deps, pass } = world.http;
    await world.with(mallory)({
      method: 'PATCH',
      url: `/api/people/${invited.person.id}`,
      payload: { role: 'finance' },
    });
    pass(25 * hourMs);
    const [creator, created] = [await idOf('mallory@vendor.test'), invited.person.id];
    await submitPayoutBatch(deps, { batchId: world.batchId, personId: creator });
    await expect(
      approvePayoutBatch(deps, { batchId: world.batchId, personId: created }),
    ).rejects.toMatchObject({ code: 'not_allowed', detail: { blocker: 'tied' } });
  });

  test('cannot confirm whom they invited, and a confirmed person does not count for them either', async () => {
    const { person } = (await invite(mallory, 'second@vendor.test', 'admin')).json();
    expect((await post(mallory, `/api/people/${person.id}/confirm`)).statusCode).toBe(403);
    const other = await world.fromServer('other@vendor.test', 'admin');
    const link = (await post(other, `/api/people/${person.id}/link`)).json();
    const second = (await world.enter(tokenIn(link.link) ?? '')).cookie ?? '';
    await batchStep(mallory, 'submit');
    expect((await batchStep(second, 'approve')).statusCode).toBe(403);
    // The admin who was shown the link could be this person, too.
    await batchStep(mallory, 'return');
    await batchStep(other, 'submit');
    expect((await batchStep(second, 'approve')).statusCode).toBe(403);
  });

  test('is refused by the database, in both directions and through a chain of invitations', async () => {
    const { deps } = world.http;
    const [a, b, c, d] = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => (await addPerson(deps, { name, role: 'finance' })).id),
    );
    const tie = (personId?: string, tiedTo?: string) =>
      deps.db.execute(
        sql`insert into person_tie values (${personId}::uuid, ${tiedTo}::uuid, 'invited', now())`,
      );
    await tie(b, a);
    await tie(c, b);
    const approve = (maker?: string, approver?: string) =>
      refusedBy(
        deps.db.execute(
          sql`update payout_batch set status = 'approved', submitted_by = ${maker}::uuid, approved_by = ${approver}::uuid, approved_hash = content_hash, approved_at = now() where id = ${world.batchId}`,
        ),
      );
    expect(await approve(a, b)).toBe('second_person');
    expect(await approve(b, a)).toBe('second_person');
    expect(await approve(a, c)).toBe('second_person');
    expect(await approve(c, a)).toBe('second_person');
    expect(await approve(a, deps.ids())).toBe('second_person');
    expect(await refusedBy(deps.db.execute(sql`delete from person_tie`))).toMatch(/append-only/);
    expect(await refusedBy(deps.db.execute(sql`update person_tie set tied_to = ${d}::uuid`))).toMatch(
      /append-only/,
    );
    expect(await approve(a, d)).toBe('nothing');
  });

  test('makes no model and no mapping of a tied person live, in the database either', async () => {
    const { deps } = world.http;
    const [a, b] = await Promise.all(
      ['a', 'b'].map(async (name) => (await addPerson(deps, { name, role: 'ops' })).id),
    );
    await deps.db.execute(sql`insert into person_tie values (${b}::uuid, ${a}::uuid, 'invited', now())`);
    await deps.db.execute(sql`insert into match_model values ('h', 'v', '{}', now()) on conflict do nothing`);
    const adopted = deps.db.execute(
      sql`insert into match_adoption values (${deps.ids()}, 'h', ${a}::uuid, now(), ${b}::uuid, now())`,
    );
    expect(await refusedBy(adopted)).toBe('second_person');
    const live = deps.db.execute(sql`
      insert into mapping_version (id, connection_id, object, kind, version, pack, status, editors, created_by, created_at, updated_by, updated_at, submitted_by, decided_by, decided_at)
      select ${deps.ids()}, id, 'X', 'account', 9, '{"object":"X","kind":"account","version":9}', 'live', array[${a}::uuid], ${a}::uuid, now(), ${a}::uuid, now(), ${a}::uuid, ${b}::uuid, now() from connection limit 1`);
    expect(await refusedBy(live)).toBe('second_person');
  });
});

describe('a new approver', () => {
  test('waits 24 hours, unless a second admin who did not invite them confirms', async () => {
    const olga = await world.fromServer('olga@vendor.test', 'admin');
    const { person } = (await invite(mallory, 'new@vendor.test', 'viewer')).json();
    const patched = await world.with(mallory)({
      method: 'PATCH',
      url: `/api/people/${person.id}`,
      payload: { role: 'finance' },
    });
    expect(patched.statusCode).toBe(200);
    const { deps, pass } = world.http;
    const batch = { batchId: world.batchId };
    await submitPayoutBatch(deps, { ...batch, personId: await idOf('olga@vendor.test') });
    const approve = () => approvePayoutBatch(deps, { ...batch, personId: person.id });
    await expect(approve()).rejects.toMatchObject({
      message: expect.stringContaining('you may approve from 2026-11-19 10:00 UTC on'),
    });
    expect((await post(olga, `/api/people/${person.id}/confirm`)).statusCode).toBe(200);
    expect((await approve()).status).toBe('approved');
    const other = (await invite(mallory, 'patient@vendor.test', 'finance')).json().person.id;
    await batchStep(olga, 'return');
    await batchStep(olga, 'submit');
    const later = () => approvePayoutBatch(deps, { ...batch, personId: other });
    pass(24 * hourMs - 60_000);
    await expect(later()).rejects.toMatchObject({ detail: { blocker: 'waiting' } });
    pass(60_000);
    expect((await later()).status).toBe('approved');
  });
});

describe('in production', () => {
  beforeEach(() => enterProduction(world.http.deps));

  test('nothing is approved or released with one admin, in the database either', async () => {
    const { deps } = world.http;
    const [finance, ben] = [
      await addPerson(deps, { name: 'fin', role: 'finance' }),
      await addPerson(deps, { name: 'ben', role: 'finance' }),
    ];
    const batch = { batchId: world.batchId };
    await submitPayoutBatch(deps, { ...batch, personId: finance.id });
    const approve = () => approvePayoutBatch(deps, { ...batch, personId: ben.id });
    await expect(approve()).rejects.toMatchObject({ message: expect.stringContaining('only one admin') });
    const directly = (status: string) =>
      refusedBy(
        deps.db.execute(
          sql`update payout_batch set status = ${status}, approved_by = ${ben.id}, approved_hash = content_hash, approved_at = ${deps.clock().toISOString()} where id = ${world.batchId}`,
        ),
      );
    expect(await directly('approved')).toBe('two_admins');
    await addPerson(deps, { name: 'second', role: 'admin' });
    expect((await approve()).status).toBe('approved');
    await deps.db.execute(sql`update person set disabled_at = now() where name = 'second'`);
    expect(await directly('exported')).toBe('two_admins');
  });

  test('a person whom the command line makes waits as well, and the link is on the audit trail', async () => {
    await world.fromServer('backdoor@vendor.test', 'finance');
    const { deps } = world.http;
    await addPerson(deps, { name: 'second', role: 'admin' });
    await submitPayoutBatch(deps, { batchId: world.batchId, personId: await idOf('mallory@vendor.test') });
    const id = await idOf('backdoor@vendor.test');
    await expect(approvePayoutBatch(deps, { batchId: world.batchId, personId: id })).rejects.toMatchObject({
      detail: { blocker: 'waiting' },
    });
    const trail = await deps.db.execute(
      sql`select action, reason from audit_event where subject_id = ${id}::uuid order by id`,
    );
    expect([...trail]).toEqual([
      { action: 'person.invited', reason: 'command line' },
      { action: 'access.signed_in', reason: null },
    ]);
  });
});
