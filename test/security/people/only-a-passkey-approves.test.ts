import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { submitPayoutBatch } from '#src/operations/payouts/payout-batch.ts';
import { addPerson, enterProduction } from '#test/support/people/people.ts';
import { Authenticator } from '#test/support/people/authenticator.ts';
import { type PeopleWorld, startPeopleWorld } from './people-fixture.ts';

const origin = 'http://localhost:4700';
const hourMs = 3_600_000;

let world: PeopleWorld;
beforeEach(async () => {
  world = await startPeopleWorld({ publicUrl: origin });
  await enterProduction(world.http.deps);
  // Two admins, so that payouts may be released at all.
  await addPerson(world.http.deps, { name: 'first', role: 'admin' });
  await addPerson(world.http.deps, { name: 'second', role: 'admin' });
});
afterEach(() => world[Symbol.asyncDispose]());

const post = (cookie: string, url: string, payload: object = {}) =>
  world.with(cookie)({ method: 'POST', url, payload });
const optionsOf = async (cookie: string, url: string, payload: object = {}) =>
  (await post(cookie, url, payload)).json().options;

/** A person of the command line who has added a passkey with the link. */
async function enrolled(email: string, role: 'finance' | 'admin' | 'ops') {
  const cookie = await world.fromServer(email, role);
  const key = new Authenticator(origin);
  const response = key.register(await optionsOf(cookie, '/api/me/passkeys/options'));
  const added = await post(cookie, '/api/me/passkeys', { name: 'Laptop', response });
  expect(added.statusCode).toBe(200);
  return { cookie, key };
}

async function signInBy(key: Authenticator, from = origin): Promise<string | null> {
  const response = key.answer(await optionsOf('', '/api/sign-in/passkey/options'), from);
  const signedIn = await post('', '/api/sign-in/passkey', { response });
  return signedIn.cookies[0]?.value ?? null;
}

async function confirm(cookie: string, key: Authenticator, action: string) {
  const options = await optionsOf(cookie, '/api/me/confirm/options', { action });
  return post(cookie, '/api/me/confirm', { action, response: key.answer(options) });
}

const approveUrl = () => `/api/payouts/${world.batchId}/approve`;
const submitAs = async (name: string) => {
  const { id } = await addPerson(world.http.deps, { name, role: 'finance' });
  await submitPayoutBatch(world.http.deps, { batchId: world.batchId, personId: id });
};

describe('in production', () => {
  test('a link only adds a passkey, and every other route refuses it', async () => {
    const cookie = await world.fromServer('fin@vendor.test', 'finance');
    expect((await world.with(cookie)({ url: '/api/me' })).json()).toMatchObject({ needsPasskey: true });
    for (const url of ['/api/payouts', '/api/overview', '/api/me/sessions', '/api/records?search=x'])
      expect((await world.with(cookie)({ url })).json().error.code).toBe('passkey_needed');
    const { cookie: other } = await enrolled('ops@vendor.test', 'ops');
    expect((await world.with(other)({ url: '/api/payouts' })).statusCode).toBe(200);
  });

  test('an approval needs the passkey’s confirmation of exactly this request, once', async () => {
    const { cookie, key } = await enrolled('fin@vendor.test', 'finance');
    world.http.pass(25 * hourMs);
    const session = (await signInBy(key)) ?? cookie;
    await submitAs('maker');
    const refused = await world.batchStep(session, 'approve');
    expect([refused.statusCode, refused.json().error.code]).toEqual([403, 'confirmation_needed']);
    // A confirmation of something else, and one that is five minutes old, are of no use.
    await confirm(session, key, `POST /api/payouts/${world.batchId}/export`);
    expect((await world.batchStep(session, 'approve')).json().error.code).toBe('confirmation_needed');
    await confirm(session, key, `POST ${approveUrl()}`);
    world.http.pass(6 * 60_000);
    expect((await world.batchStep(session, 'approve')).json().error.code).toBe('confirmation_needed');
    expect(await world.batchStatus()).toBe('submitted');
    expect((await confirm(session, key, `POST ${approveUrl()}`)).statusCode).toBe(200);
    expect((await world.batchStep(session, 'approve')).statusCode).toBe(200);
    await world.batchStep(session, 'return');
    await submitAs('maker');
    expect((await world.batchStep(session, 'approve')).json().error.code).toBe('confirmation_needed');
  });

  test('a passkey that a link added confirms no approval for 24 hours', async () => {
    const { id } = await addPerson(world.http.deps, { name: 'fin', role: 'finance' });
    const { cookie, key } = await enrolled('fin@vendor.test', 'finance');
    await submitAs('maker');
    await confirm(cookie, key, `POST ${approveUrl()}`);
    const early = await world.batchStep(cookie, 'approve');
    expect(early.json().error.message).toContain('This passkey is new');
    expect(await world.batchStatus()).toBe('submitted');
    // A second admin confirms the person, and the passkey with them.
    const boss = await enrolled('boss@vendor.test', 'admin');
    world.http.pass(25 * hourMs);
    const bossSession = (await signInBy(boss.key)) ?? '';
    const fresh = await enrolled('fin@vendor.test', 'finance');
    await confirm(bossSession, boss.key, `POST /api/people/${id}/confirm`);
    expect((await post(bossSession, `/api/people/${id}/confirm`)).statusCode).toBe(200);
    await confirm(fresh.cookie, fresh.key, `POST ${approveUrl()}`);
    expect((await world.batchStep(fresh.cookie, 'approve')).statusCode).toBe(200);
  });

  test('adding, removing and managing people need a confirmation as well', async () => {
    const { cookie, key } = await enrolled('boss@vendor.test', 'admin');
    const requests = [
      ['POST', '/api/people', { name: 'X', email: 'x@vendor.test', role: 'viewer' }],
      ['POST', `/api/people/${world.batchId}/disable`, {}],
      ['PATCH', `/api/people/${world.batchId}`, { role: 'viewer' }],
      ['DELETE', `/api/me/passkeys/${world.batchId}`, {}],
    ] as const;
    for (const [method, url, payload] of requests)
      expect((await world.with(cookie)({ method, url, payload })).json().error.code).toBe(
        'confirmation_needed',
      );
    const second = new Authenticator(origin);
    const response = second.register(await optionsOf(cookie, '/api/me/passkeys/options'));
    const add = () => post(cookie, '/api/me/passkeys', { name: 'Phone', response });
    expect((await add()).json().error.code).toBe('confirmation_needed');
    await confirm(cookie, key, 'POST /api/me/passkeys');
    expect((await add()).statusCode).toBe(200);
    expect(await signInBy(second)).not.toBeNull();
  });
});

describe('a passkey’s answer', () => {
  test('signs in once', async () => {
    const { key } = await enrolled('fin@vendor.test', 'finance');
    const response = key.answer(await optionsOf('', '/api/sign-in/passkey/options'));
    const use = async () => (await post('', '/api/sign-in/passkey', { response })).statusCode;
    const both = await Promise.all([use(), use()]);
    expect(both.toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect(await use()).toBe(401);
  });

  test('is refused after five minutes, from another site, from a copy, and for a made-up challenge', async () => {
    const { key } = await enrolled('fin@vendor.test', 'finance');
    const options = await optionsOf('', '/api/sign-in/passkey/options');
    world.http.pass(5 * 60_000);
    const send = async (response: object) =>
      (await post('', '/api/sign-in/passkey', { response })).statusCode;
    expect(await send(key.answer(options))).toBe(401);
    expect(await signInBy(key, 'http://localhost:6666')).toBeNull();
    expect(await signInBy(key, 'https://evil.test')).toBeNull();
    expect(await signInBy(key)).not.toBeNull();
    key.counter -= 2;
    expect(await signInBy(key)).toBeNull();
    key.counter += 2;
    expect(await send(key.answer({ challenge: Buffer.alloc(56, 7).toString('base64url') }))).toBe(401);
    expect(await send(new Authenticator(origin).answer(options))).toBe(401);
  });

  test('to the challenge of another person, session or purpose confirms nothing', async () => {
    const fin = await enrolled('fin@vendor.test', 'finance');
    const eve = await enrolled('eve@vendor.test', 'finance');
    world.http.pass(25 * hourMs);
    const [one, two] = [await signInBy(fin.key), await signInBy(fin.key)];
    const [finCookie, otherCookie, eveCookie] = [one ?? '', two ?? '', (await signInBy(eve.key)) ?? ''];
    const action = `POST ${approveUrl()}`;
    const refusals = [
      // Eve's passkey in Fin's session.
      eve.key.answer(await optionsOf(finCookie, '/api/me/confirm/options', { action })),
      // A challenge of another session of Fin, of Eve's session, of a sign-in, of another action.
      fin.key.answer(await optionsOf(otherCookie, '/api/me/confirm/options', { action })),
      fin.key.answer(await optionsOf(eveCookie, '/api/me/confirm/options', { action })),
      fin.key.answer(await optionsOf('', '/api/sign-in/passkey/options')),
      fin.key.answer(await optionsOf(finCookie, '/api/me/confirm/options', { action: 'POST /api/sign-out' })),
    ];
    for (const response of refusals)
      expect((await post(finCookie, '/api/me/confirm', { action, response })).statusCode).toBe(403);
    await submitAs('maker');
    expect((await world.batchStep(finCookie, 'approve')).json().error.code).toBe('confirmation_needed');
  });

  test('of a removed passkey or a disabled person does not sign in, and its sessions end', async () => {
    const { cookie, key } = await enrolled('fin@vendor.test', 'finance');
    const session = (await signInBy(key)) ?? '';
    const { passkeys } = (await world.with(cookie)({ url: '/api/me/passkeys' })).json();
    const url = `/api/me/passkeys/${passkeys[0].id}`;
    await confirm(cookie, key, `DELETE ${url}`);
    expect((await world.with(cookie)({ method: 'DELETE', url })).statusCode).toBe(200);
    expect(await signInBy(key)).toBeNull();
    expect((await world.with(session)({ url: '/api/me' })).statusCode).toBe(401);
    const gone = await enrolled('gone@vendor.test', 'ops');
    await world.http.deps.db.execute(
      sql`update person set disabled_at = now() where email = 'gone@vendor.test'`,
    );
    expect(await signInBy(gone.key)).toBeNull();
  });
});

describe('a person who cannot sign in', () => {
  const ask = async (email: string) => (await post('', '/api/recovery', { email })).json();
  const agedAdmin = async () => {
    const { key } = await enrolled('boss@vendor.test', 'admin');
    world.http.pass(25 * hourMs);
    return { session: (await signInBy(key)) ?? '', key };
  };
  const letIn = async (
    { session, key }: Awaited<ReturnType<typeof agedAdmin>>,
    email: string,
    code: string,
  ) => {
    const [row] = await world.http.deps.db.execute<{ id: string }>(
      sql`select id from person where email = ${email}`,
    );
    const url = `/api/people/${row?.id}/let-in`;
    await confirm(session, key, `POST ${url}`);
    return post(session, url, { code });
  };

  test('is let in again in the browser that asked, with the code, once, by an admin who is somebody else', async () => {
    await enrolled('fin@vendor.test', 'finance');
    const boss = await agedAdmin();
    const { code, token } = await ask('fin@vendor.test');
    const use = async () => (await post('', '/api/recovery/use', { token })).statusCode;
    expect(await use()).toBe(409);
    expect((await letIn(boss, 'fin@vendor.test', code === '000000' ? '000001' : '000000')).statusCode).toBe(
      409,
    );
    const again = await ask('fin@vendor.test');
    expect((await letIn(boss, 'fin@vendor.test', again.code)).statusCode).toBe(200);
    // The request with the other code is gone: the admin agreed to one browser only.
    expect(await use()).toBe(409);
    const entered = await post('', '/api/recovery/use', { token: again.token });
    expect(entered.json()).toMatchObject({ email: 'fin@vendor.test', needsPasskey: true });
    expect((await post('', '/api/recovery/use', { token: again.token })).statusCode).toBe(409);
    // The admin could have asked: the two no longer count as two people.
    const ties = await world.http.deps.db.execute(
      sql`select a.email, t.reason from person_tie t join person a on a.id = t.tied_to`,
    );
    expect([...ties]).toEqual([{ email: 'boss@vendor.test', reason: 'let_in_again' }]);
  });

  test('learns nothing about who has an account', async () => {
    const [known, unknown] = [await ask('first@vendor.test'), await ask('nobody@vendor.test')];
    expect(Object.keys(known)).toEqual(Object.keys(unknown));
    expect([known.code, unknown.code]).toEqual([
      expect.stringMatching(/^\d{6}$/),
      expect.stringMatching(/^\d{6}$/),
    ]);
  });
});

test('a link that the command line makes is shown to every admin', async () => {
  const boss = await enrolled('boss@vendor.test', 'admin');
  await createLoginLink(world.http.deps, { email: 'first@vendor.test' });
  const { notices } = (await world.with(boss.cookie)({ url: '/api/me' })).json();
  expect(notices).toContainEqual({
    kind: 'link',
    text: expect.stringMatching(/^A sign-in link for first .* was made on the server at/),
  });
});

test('with one admin, every page says so', async () => {
  await world.http.deps.db.execute(sql`update person set role = 'viewer' where email = 'second@vendor.test'`);
  const { cookie } = await enrolled('fin@vendor.test', 'finance');
  const { notices } = (await world.with(cookie)({ url: '/api/me' })).json();
  expect(notices).toContainEqual({ kind: 'solo', text: expect.stringContaining('only one admin') });
});

test('where browsers have no passkeys, the refusal names the fix', async () => {
  await using plain = await startPeopleWorld({ publicUrl: 'http://fairway.internal' });
  const response = await plain.with('')({ method: 'POST', url: '/api/sign-in/passkey/options' });
  expect([response.statusCode, response.json().error.message]).toEqual([
    409,
    expect.stringContaining('set FAIRWAY_PUBLIC_URL to its https:// address'),
  ]);
});
