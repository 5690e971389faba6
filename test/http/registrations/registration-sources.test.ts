import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

const now = '2026-06-15T08:00:00Z';

let http: HttpTest;
let fixture: LifecycleFixture;
let secret: string;
let olaf: Awaited<ReturnType<HttpTest['as']>>;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now);
  for (const code of ['acme', 'bolt'])
    await http.deps.db.execute(
      sql`update partner set code = ${`P-${code}`} where id = ${fixture.partners[code] ?? ''}`,
    );
  olaf = await http.as('ops', 'olaf');
  secret = (await create({ name: 'portal' })).json().secret;
});
afterAll(() => http[Symbol.asyncDispose]());

const create = (payload: object) => olaf({ method: 'POST', url: '/api/registration-sources', payload });
const change = (name: string, what: object) =>
  olaf({ method: 'PATCH', url: `/api/registration-sources/${name}`, payload: what });
const refusals = async (name = 'portal') =>
  (await olaf({ url: `/api/registration-sources/${name}/refusals` })).json().refusals;
const terms = (customerName: string) => ({ customerName, customerCountry: 'DE', productFamily: 'Network' });
const message = (data: object) => JSON.stringify({ type: 'registration.submit', timestamp: now, data });

/** Signs with the library that senders use. */
const send = (
  id: string,
  body: string,
  { with: key = secret, at = http.deps.sharedClock(), to = 'portal', sent = body, headers = {} } = {},
) =>
  http.app.inject({
    method: 'POST',
    url: `/api/hooks/registrations/${to}`,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(key).sign(id, at, body),
      ...headers,
    },
    payload: sent,
  });

describe('a signed webhook', () => {
  test('submits a registration once, however often it is sent', async () => {
    const body = message({ partner: 'P-acme', terms: terms('Nordwind Logistik GmbH') });
    const first = await send('msg_1', body);
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ result: 'created' });
    const { id } = first.json();
    http.pass(200_000);
    expect((await send('msg_1', body)).json()).toEqual({ result: 'same', id });
    const other = message({ partner: 'P-acme', key: 'msg_1', terms: terms('Another GmbH') });
    expect((await send('msg_2', other)).json()).toEqual({ result: 'same', id });
    const both = await Promise.all(
      [3, 3].map((n) => send(`msg_${n}`, message({ partner: 'P-bolt', terms: terms('Ostwind GmbH') }))),
    );
    expect(new Set(both.map((answer) => answer.json().id)).size).toBe(1);
    const events = await http.deps.db.execute(
      sql`select actor, via, role from registration_event where registration_id = ${id}`,
    );
    expect([...events]).toEqual([{ actor: 'source portal', via: 'webhook', role: 'service' }]);
  });

  test('that is not signed now with the secret is refused and on the log, and nothing is stored', async () => {
    const before = await http.deps.db.execute(sql`select count(*) from registration`);
    const body = message({ partner: 'P-acme', terms: terms('Seehafen Spedition GmbH') });
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const late = new Date(http.deps.sharedClock().getTime() - 301_000);
    const early = new Date(http.deps.sharedClock().getTime() + 301_000);
    const answers = [
      await send('bad_1', body, { with: other }),
      await send('bad_2', body, { sent: body.replace('Seehafen', 'Seehofen') }),
      await send('bad_3', body, { at: late }),
      await send('bad_4', body, { at: early }),
      await send('bad_5', body, { headers: { 'webhook-id': 'bad_6' } }),
      await send('bad_7', body, { headers: { 'webhook-signature': '' } }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401, 401]);
    expect(await http.deps.db.execute(sql`select count(*) from registration`)).toEqual(before);
    const log = await refusals();
    expect(log.slice(0, 6).map(({ messageId }: { messageId: string }) => messageId)).toEqual([
      'bad_7',
      'bad_6',
      'bad_4',
      'bad_3',
      'bad_2',
      'bad_1',
    ]);
    expect(log[3].reason).toContain('more than five minutes');
    expect(JSON.stringify(log)).not.toContain(secret.slice(6));
    expect((await send('bad_8', body, { to: 'nobody' })).statusCode).toBe(404);
  });

  test('with wrong values is refused with all problems, and can be sent again corrected', async () => {
    const wrong = await send(
      'msg_9',
      message({ partner: 'P-acme', terms: { productFamily: '', amount: '1.000,00', currency: 'EUR' } }),
    );
    expect(wrong.statusCode).toBe(400);
    expect(Object.keys(wrong.json().error.fields)).toEqual(['customerName', 'productFamily', 'amount']);
    expect((await refusals())[0]).toMatchObject({
      messageId: 'msg_9',
      reason: expect.stringContaining('Customer is required'),
    });
    const unknown = await send('msg_9', message({ partner: 'P-none', terms: terms('Alpenblick Hotels AG') }));
    expect(unknown.json().error.fields.partner).toContain('There is no partner with the code "P-none"');
    expect((await send('msg_9', '{"type":"registration.submit"}')).json().error.message).toContain(
      'Correct data.',
    );
    expect((await send('msg_9', 'not json')).statusCode).toBe(400);
    const right = await send('msg_9', message({ partner: 'P-acme', terms: terms('Alpenblick Hotels AG') }));
    expect(right.json()).toMatchObject({ result: 'created' });
    expect(
      (await send('msg_10', message({ partner: 'P-acme', terms: { customerName: 'x'.repeat(70_000) } })))
        .statusCode,
    ).toBe(413);
  });

  test('accepts the old secret for a day after a rotation, and none while the source is disabled', async () => {
    const body = message({ partner: 'P-bolt', terms: terms('Talbrücke Energie GmbH') });
    const rotated = await olaf({ method: 'POST', url: '/api/registration-sources/portal/rotate' });
    const next = rotated.json().secret;
    expect((await send('rot_1', body)).statusCode).toBe(200);
    expect((await send('rot_2', body, { with: next })).statusCode).toBe(200);
    expect((await change('portal', { isActive: false })).statusCode).toBe(200);
    expect((await send('rot_3', body, { with: next })).statusCode).toBe(403);
    expect((await change('portal', { isActive: true })).statusCode).toBe(200);
    http.pass(25 * 3_600_000);
    expect((await send('rot_4', body)).statusCode).toBe(401);
    expect((await send('rot_5', body, { with: next })).statusCode).toBe(200);
    secret = next;
    const [stored] = await http.deps.db.execute(sql`select secrets::text as sealed from registration_source`);
    expect(String(stored?.['sealed'])).not.toContain(next.slice(6, 20));
  });

  test('of a source for one partner registers for no other one', async () => {
    // The session of before has ended.
    olaf = await http.as('ops', 'olaf');
    const acme = (await create({ name: 'acme-portal', partner: 'P-acme' })).json().secret;
    const to = { with: acme, to: 'acme-portal' };
    expect(
      (await send('one_1', message({ partner: 'P-bolt', terms: terms('Bergmann AG') }), to)).statusCode,
    ).toBe(404);
    const without = await send('one_2', message({ terms: terms('Bergmann Maschinenbau AG') }), to);
    expect(without.json()).toMatchObject({ result: 'created' });
    expect((await create({ name: 'acme-portal' })).statusCode).toBe(409);
    expect((await create({ name: 'x', partner: 'P-none' })).json().error.fields.partner).toContain('P-none');
    const vera = await http.as('viewer', 'vera');
    expect((await vera({ url: '/api/registration-sources' })).statusCode).toBe(403);
    const listed = (await olaf({ url: '/api/registration-sources' })).json().sources;
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['acme-portal', 'portal']);
    expect(JSON.stringify(listed)).not.toContain('whsec_');
  });
});

describe('a signed webhook about a registration', () => {
  const moveMessage = (data: object) => JSON.stringify({ type: 'registration.move', timestamp: now, data });
  const stateOf = async (id: string) =>
    (await (await http.as('ops', 'olaf'))({ url: `/api/registrations/${id}/lifecycle` })).json().state;

  test('moves it once, by its id or the key of its submission', async () => {
    const sent = await send('deal_1', message({ partner: 'P-acme', terms: terms('Fjord Reederei GmbH') }));
    const { id } = sent.json();
    const withdraw = moveMessage({ registration: 'deal_1', move: 'withdraw', reasonCode: 'partner_request' });
    const both = await Promise.all([send('move_1', withdraw), send('move_1', withdraw)]);
    expect(both.map((one) => one.json()).toSorted((a, b) => (a.result < b.result ? -1 : 1))).toEqual([
      { result: 'moved', id },
      { result: 'same', id },
    ]);
    expect(await stateOf(id)).toBe('withdrawn');
    const events = await http.deps.db.execute(
      sql`select actor, via from registration_event where registration_id = ${id} and move = 'withdraw'`,
    );
    expect([...events]).toEqual([{ actor: 'source portal', via: 'webhook' }]);
    const again = await send(
      'move_2',
      moveMessage({ registration: id, move: 'resubmit', terms: terms('Fjord Reederei GmbH') }),
    );
    expect(again.json()).toEqual({ result: 'moved', id });
    expect(await stateOf(id)).not.toBe('withdrawn');
    expect((await send('move_1', withdraw)).json()).toEqual({ result: 'same', id });
    expect(await stateOf(id)).not.toBe('withdrawn');
  });

  test('that is not possible is refused, on the log, and can be sent again', async () => {
    await send('deal_2', message({ partner: 'P-acme', terms: terms('Moorland Kliniken GmbH') }));
    const answer = moveMessage({ registration: 'deal_2', move: 'answer_info', answer: 'It is Anna.' });
    const refused = await send('move_3', answer);
    expect([refused.statusCode, refused.json().error.detail]).toMatchObject([
      409,
      { reason: 'illegal_move' },
    ]);
    expect((await refusals())[0]).toMatchObject({ messageId: 'move_3' });
    expect((await send('move_3', moveMessage({ registration: 'deal_2', move: 'approve' }))).statusCode).toBe(
      400,
    );
    expect(
      (await send('move_4', moveMessage({ registration: 'deal_none', move: 'withdraw' }))).statusCode,
    ).toBe(404);
    const bolt = (await create({ name: 'bolt-portal', partner: 'P-bolt' })).json().secret;
    const [row] = await http.deps.db.execute<{ id: string }>(
      sql`select registration_id as id from submission_key where key = 'deal_2'`,
    );
    const foreign = moveMessage({ registration: row?.id, move: 'withdraw', reasonCode: 'partner_request' });
    expect((await send('move_5', foreign, { with: bolt, to: 'bolt-portal' })).statusCode).toBe(404);
    expect(await stateOf(row?.id ?? '')).not.toBe('withdrawn');
  });
});
