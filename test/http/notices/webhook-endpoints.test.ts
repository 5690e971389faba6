import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliverWebhooks } from '#src/operations/notices/deliver-webhooks.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  startWebhookReceiver,
  verifiedContent,
  type WebhookReceiver,
} from '#test/support/notices/webhook-receiver.ts';

const path = '/api/webhook-endpoints';
let http: HttpTest;
let receiver: WebhookReceiver;
let admin: Awaited<ReturnType<HttpTest['as']>>;
beforeAll(async () => {
  http = await startHttp({ now: new Date().toISOString() });
  receiver = await startWebhookReceiver();
  admin = await http.as('admin');
});
afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await http[Symbol.asyncDispose]();
});

const create = async (): Promise<{ readonly id: string; readonly secret: string }> => {
  const response = await admin({ method: 'POST', url: path, payload: { url: receiver.url } });
  expect(response.statusCode).toBe(200);
  return response.json();
};

test('an admin creates, tests, changes, rotates, disables and redelivers; the secret is shown once', async () => {
  const { id, secret } = await create();
  const listed = await admin({ url: path });
  expect(listed.json().endpoints).toMatchObject([{ id, url: receiver.url, isActive: true, failed: 0 }]);
  expect(listed.json().eventTypes).toContain('registration.approved');
  expect(listed.body).not.toContain(secret);

  const test1 = await admin({ method: 'POST', url: `${path}/${id}/test` });
  await deliverWebhooks(http.deps, { endpointId: id });
  const [sent] = receiver.received;
  if (sent === undefined) throw new Error('nothing was sent');
  expect(verifiedContent(sent, secret)).toMatchObject({ type: 'fairway.test', data: { endpointId: id } });
  const log = (await admin({ url: `${path}/${id}/deliveries` })).json();
  expect(log).toMatchObject({
    deliveries: [
      {
        id: test1.json().deliveryId,
        messageId: sent.id,
        type: 'fairway.test',
        status: 'delivered',
        attempts: [{ statusCode: 204, error: null, durationMs: expect.any(Number) }],
      },
    ],
    next: null,
  });

  const again = { deliveryId: log.deliveries[0].id };
  const repeated = await admin({ method: 'POST', url: `${path}/${id}/redeliver`, payload: again });
  expect(repeated.json()).toEqual({ count: 1 });
  await deliverWebhooks(http.deps, { endpointId: id });
  expect(receiver.received.map((one) => one.id)).toEqual([sent.id, sent.id]);

  const rotated = (await admin({ method: 'POST', url: `${path}/${id}/rotate` })).json();
  expect(rotated.secret).toMatch(/^whsec_/);
  expect(rotated.secret).not.toBe(secret);
  const changes = { description: 'Portal', events: ['registration.won'], isActive: false };
  expect((await admin({ method: 'PATCH', url: `${path}/${id}`, payload: changes })).statusCode).toBe(200);
  expect((await admin({ url: path })).json().endpoints).toMatchObject([
    { ...changes, disabledBecause: 'person', previousSecretUntil: expect.any(String) },
  ]);
  const refused = await admin({ method: 'POST', url: `${path}/${id}/test` });
  expect([refused.statusCode, refused.json().error.message]).toEqual([
    409,
    'The endpoint is disabled. Enable it first.',
  ]);
});

test('operations read and change nothing; finance and viewers see nothing', async () => {
  const { id } = await create();
  const ops = await http.as('ops');
  expect((await ops({ url: path })).statusCode).toBe(200);
  expect((await ops({ url: `${path}/${id}/deliveries` })).statusCode).toBe(200);
  const changes = [
    { method: 'POST', url: path, payload: { url: receiver.url } },
    { method: 'PATCH', url: `${path}/${id}`, payload: { isActive: false } },
    { method: 'POST', url: `${path}/${id}/rotate` },
    { method: 'POST', url: `${path}/${id}/test` },
    { method: 'POST', url: `${path}/${id}/redeliver`, payload: { since: '2026-01-01T00:00:00Z' } },
  ] as const;
  for (const request of changes) expect((await ops(request)).statusCode).toBe(403);
  for (const role of ['finance', 'viewer'] as const)
    expect((await (await http.as(role))({ url: path })).statusCode).toBe(403);
});

test('a wrong address or event is refused with the field', async () => {
  const post = async (payload: object) => (await admin({ method: 'POST', url: path, payload })).json().error;
  expect(await post({ url: 'https://10.1.2.3/hook' })).toMatchObject({
    code: 'bad_request',
    fields: { url: expect.stringContaining('PRIVATE_HOSTS') },
  });
  expect(await post({ url: 'http://example.com/' })).toMatchObject({
    fields: { url: expect.stringContaining('use https') },
  });
  expect(await post({ url: receiver.url, events: ['registration.eaten'] })).toMatchObject({
    fields: { events: 'There is no event registration.eaten.' },
  });
});
