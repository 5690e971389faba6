import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import Fastify, { type FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { saveConnection } from '#src/db/connections/connection-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { addRateLimits } from '#src/http/plugins/rate-limit.ts';
import { limitRefusals } from '#src/http/sync/webhook-refusals.ts';
import { closeWebhookAddress, openWebhookAddress } from '#src/operations/connections/webhook-address.ts';
import { auditTrail } from '#test/support/queries.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';

const publicUrl = 'https://fairway.example';
const clientSecret = 'a-client-secret';
const organizationId = '00D5g000001234ABCD';

let http: HttpTest;
let hubspot: string;
let salesforce: string;
beforeEach(async () => {
  http = await startHttp({ publicUrl });
  hubspot = await addConnection('hubspot', {}, { accessToken: 'pat-test', clientSecret });
  const settings = {
    loginUrl: 'https://login.salesforce.com',
    clientId: 'id',
    username: 'fairway@vendor.test',
    organizationId,
  };
  salesforce = await addConnection('salesforce', settings, { privateKeyPem: 'unused' });
});
afterEach(async () => {
  vi.useRealTimers();
  await http[Symbol.asyncDispose]();
});

async function addConnection(
  kind: 'hubspot' | 'salesforce',
  settings: Record<string, string>,
  secrets: Record<string, string>,
) {
  const { deps } = http;
  const id = deps.ids();
  const sealed = sealSecrets(deps.config.masterKey, id, secrets);
  await saveConnection(deps.db, { id, kind, name: kind, settings, secrets: sealed, createdAt: deps.clock() });
  return id;
}

const change = (objectId: number, objectTypeId = '0-3') => ({
  subscriptionType: 'object.propertyChange',
  objectTypeId,
  objectId,
});

function knock(
  connectionId: string,
  events: unknown,
  { ageMs = 0, secret = clientSecret, at = publicUrl, from = '203.0.113.7' } = {},
) {
  const payload = JSON.stringify(events);
  const path = `/webhooks/${connectionId}`;
  const timestamp = String(http.deps.clock().getTime() - ageMs);
  const signature = createHmac('sha256', secret)
    .update(`POST${at}${path}${payload}${timestamp}`)
    .digest('base64');
  const headers = {
    'content-type': 'application/json',
    host: 'somewhere.else',
    'x-forwarded-host': 'somewhere.else',
    'x-hubspot-signature-v3': signature,
    'x-hubspot-request-timestamp': timestamp,
  };
  return http.app.inject({ method: 'POST', url: path, headers, payload, remoteAddress: from });
}

const hints = async (deps: Deps) =>
  (
    await deps.db.execute<{ name: string }>(sql`select object || ' ' || ext_id as name from hint order by 1`)
  ).map(({ name }) => name);
const jobs = async (deps: Deps) => [...(await deps.db.execute(sql`select name, payload from job`))];

describe('POST /webhooks/:connectionId', () => {
  it('keeps what a signed request names, with one job to serve it, and answers 204', async () => {
    const answer = await knock(hubspot, [change(12), change(12), change(7, '0-2'), change(5, '0-9')]);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(await hints(http.deps)).toEqual(['companies 7', 'deals 12']);
    expect(await jobs(http.deps)).toEqual([{ name: 'process-hints', payload: { connectionId: hubspot } }]);
  });

  it('checks the signature against the configured address, for any host that the request names', async () => {
    expect((await knock(hubspot, [change(1)], { at: 'https://somewhere.else' })).statusCode).toBe(401);
  });

  it('refuses a wrong signature and an old request with the same words, and keeps nothing', async () => {
    const forged = await knock(hubspot, [change(1)], { secret: 'guessed' });
    const old = await knock(hubspot, [change(1)], { ageMs: 6 * 60_000 });
    expect([forged.statusCode, old.statusCode]).toEqual([401, 401]);
    expect(forged.json()).toEqual(old.json());
    expect([await hints(http.deps), await jobs(http.deps)]).toEqual([[], []]);
  });

  it('knows no connection that is not there, with any form of id, nor one that is disabled', async () => {
    await http.deps.db.execute(sql`update connection set status = 'disabled' where id = ${salesforce}`);
    const answers = await Promise.all(
      [http.deps.ids(), 'no-id', salesforce].map((id) => knock(id, [change(1)])),
    );
    for (const answer of answers)
      expect([answer.statusCode, answer.json()]).toEqual([
        404,
        { error: { code: 'not_found', message: 'There is nothing here.' } },
      ]);
  });

  it('takes a body of a megabyte and not more', async () => {
    expect((await knock(hubspot, 'x'.repeat(1024 * 1024 - 2), { secret: 'guessed' })).statusCode).toBe(401);
    expect((await knock(hubspot, 'x'.repeat(1024 * 1024))).statusCode).toBe(413);
  });

  it('says which setting is missing while it cannot know its own address', async () => {
    await using local = await startHttp();
    const answer = await local.app.inject({
      method: 'POST',
      url: `/webhooks/${hubspot}`,
      payload: '[]',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      503,
      expect.stringContaining('FAIRWAY_PUBLIC_URL'),
    ]);
  });
});

describe('POST /webhooks/:connectionId/:token, for a vendor that signs nothing', () => {
  const message = `<?xml version="1.0" encoding="UTF-8"?>
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
      <notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${organizationId}</OrganizationId>
      <Notification><Id>04l5g000001</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>0065g00000ABCDEAA4</sf:Id></sObject></Notification>
      </notifications></soapenv:Body></soapenv:Envelope>`;
  const open = () => openWebhookAddress(http.deps, { connectionId: salesforce });
  const deliver = (address: string, payload = message, from = '203.0.113.9') =>
    http.app.inject({
      method: 'POST',
      url: address.replace(publicUrl, ''),
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      payload,
      remoteAddress: from,
    });
  const nothingHere = [404, { error: { code: 'not_found', message: 'There is nothing here.' } }];

  it('answers a Salesforce outbound message in the words Salesforce waits for', async () => {
    const answer = await deliver(await open());
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch('text/xml');
    expect(answer.body).toContain('<Ack>true</Ack>');
    expect(await hints(http.deps)).toEqual(['Opportunity 0065g00000ABCDEAA4']);
  });

  it('accepts nothing before the address is opened, after it is closed, or at an earlier address', async () => {
    const shut = [
      await deliver(`/webhooks/${salesforce}`),
      await deliver(`/webhooks/${salesforce}/`),
      await deliver(`/webhooks/${salesforce}/guess`),
    ];
    const first = await open();
    const second = await open();
    http.pass(6_000);
    shut.push(
      await deliver(first),
      await deliver(`/webhooks/${salesforce}`),
      await deliver(`${second}x`),
      await deliver(second.slice(0, -1)),
    );
    expect((await deliver(second)).statusCode).toBe(200);
    await closeWebhookAddress(http.deps, { connectionId: salesforce });
    http.pass(6_000);
    shut.push(await deliver(second));
    for (const answer of shut) expect([answer.statusCode, answer.json()]).toEqual(nothingHere);
  });

  it('stores only a hash of the address, and puts opening and closing it on the audit trail', async () => {
    const token = (await open()).split('/').at(-1) ?? expect.fail('no token');
    await closeWebhookAddress(http.deps, { connectionId: salesforce });
    await open();
    const [stored] = await http.deps.db.execute<{ all: string }>(
      sql`select (select json_agg(c)::text from connection c) as all`,
    );
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(stored?.all).not.toContain(token);
    expect(await auditTrail(http.deps.db, 'salesforce')).toMatchObject([
      { action: 'connection.webhooks_opened', before: { open: false }, after: { open: true } },
      { action: 'connection.webhooks_closed', before: { open: true }, after: { open: false } },
      { action: 'connection.webhooks_opened', before: { open: false }, after: { open: true } },
    ]);
  });

  it('has no such address for a vendor that signs, signed or not', async () => {
    await expect(openWebhookAddress(http.deps, { connectionId: hubspot })).rejects.toThrow(
      'needs no secret address',
    );
    expect((await deliver(`/webhooks/${hubspot}/guess`)).statusCode).toBe(404);
  });

  it('goes on hearing the vendor through a flood of guesses from the same address', async () => {
    const address = await open();
    const answers: number[] = [];
    for (let n = 0; n < 62; n += 1)
      answers.push((await deliver(`/webhooks/${salesforce}/guess${n}`)).statusCode);
    expect([answers[59], answers[60], answers[61]]).toEqual([404, 429, 429]);
    expect((await deliver(address)).statusCode).toBe(200);
  });
});

describe('a flood of requests with bad signatures', () => {
  it('costs the database nothing, and is refused unread from the sixty-first on', async () => {
    await knock(hubspot, [change(1)]);
    let queries = 0;
    const watched = new Proxy(http.deps.db, {
      get(target, name) {
        queries += 1;
        return Reflect.get(target, name);
      },
    });
    const app = buildApp({ ...http.deps, db: watched });
    await app.ready();
    const headers = { 'content-type': 'application/json' };
    const flood = async () =>
      (
        await app.inject({
          method: 'POST',
          url: `/webhooks/${hubspot}`,
          payload: '[]',
          headers,
          remoteAddress: '198.51.100.1',
        })
      ).statusCode;
    const first = await flood();
    const afterFirst = queries;
    const rest: number[] = [];
    for (let n = 0; n < 99; n += 1) rest.push(await flood());
    expect([first, rest.indexOf(429), rest.at(-1)]).toEqual([401, 59, 429]);
    expect(queries - afterFirst).toBe(0);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await flood()).toBe(401);
    await app.close();
  });

  it('does not shut out the vendor behind the same proxy, although the flood came first', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 62; n += 1)
      answers.push((await knock(hubspot, [change(1)], { secret: 'guessed' })).statusCode);
    expect([answers[59], answers[60], answers[61]]).toEqual([401, 429, 429]);
    expect((await knock(hubspot, [change(2)])).statusCode).toBe(204);
    expect(await hints(http.deps)).toEqual(['deals 2']);
  });

  it('from more addresses than are counted does not limit an address that has delivered', async () => {
    await using app = Fastify();
    addRateLimits(app);
    await app.ready();
    const refusals = limitRefusals(app, http.deps);
    const from = (ip: string) => ({ ip, routeOptions: {} }) as FastifyRequest;
    for (let n = 0; n < 9_000; n += 1) await refusals.count(from(`quiet ${n}`));
    refusals.trust(from('the vendor'));
    for (let n = 0; n < 9_000; n += 1) await refusals.count(from(`flood ${n}`));
    for (let n = 0; n < 100; n += 1) await refusals.count(from('the vendor'));
    for (let n = 0; n < 60; n += 1) await refusals.count(from('another'));
    await expect(refusals.count(from('another'))).rejects.toThrow('Too many refused requests');
  });

  it('is limited again at an address that has delivered nothing valid for an hour', async () => {
    await knock(hubspot, [change(1)]);
    http.pass(60 * 60_000);
    for (let n = 0; n < 60; n += 1) await knock(hubspot, [change(1)], { secret: 'guessed' });
    expect((await knock(hubspot, [change(1)], { secret: 'guessed' })).statusCode).toBe(429);
  });

  it('remembers the ten thousand addresses that delivered last', async () => {
    await using app = Fastify();
    addRateLimits(app);
    await app.ready();
    const refusals = limitRefusals(app, http.deps);
    const from = (ip: string) => ({ ip, routeOptions: {} }) as FastifyRequest;
    refusals.trust(from('the first'));
    refusals.trust(from('the vendor'));
    for (let n = 0; n < 5_000; n += 1) refusals.trust(from(`proxy ${n}`));
    refusals.trust(from('the vendor'));
    for (let n = 5_000; n < 10_000; n += 1) refusals.trust(from(`proxy ${n}`));
    const countTo61 = async (ip: string) => {
      for (let n = 0; n < 61; n += 1) await refusals.count(from(ip));
    };
    await countTo61('the vendor');
    await expect(countTo61('the first')).rejects.toThrow('Too many refused requests');
  });

  it('does not shut out the vendor when both come through one proxy', async () => {
    expect((await knock(hubspot, [change(1)])).statusCode).toBe(204);
    for (let n = 0; n < 70; n += 1) await knock(hubspot, [change(1)], { secret: 'guessed' });
    expect((await knock(hubspot, [change(2)])).statusCode).toBe(204);
  });
});
