import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '#src/db/schema/people.ts';
import { buildApp } from '#src/http/app.ts';
import { type HttpTest, type Request, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http[Symbol.asyncDispose]());

const someId = '01890000-0000-7000-8000-000000000000';
const post = (url: string, payload: object = {}): Request => ({ method: 'POST', url, payload });

/** The actions each role may take. Other roles are refused. */
const guarded: readonly (readonly [Request, readonly Role[]])[] = [
  [{ url: '/api/overview' }, roles],
  [{ url: '/api/runs' }, roles],
  [{ url: '/api/registrations' }, roles],
  [{ url: '/api/mappings' }, roles],
  [{ url: '/api/payouts' }, roles],
  [{ url: '/api/connections' }, roles],
  [{ url: `/api/connections/${someId}` }, roles],
  [{ url: '/api/conflicts' }, roles],
  [{ url: '/api/records?search=x' }, roles],
  [{ url: `/api/records/account/${someId}/timeline` }, roles],
  [{ url: '/api/problems' }, roles],
  [
    post('/api/problems/answer', {
      connectionId: someId,
      ref: 'INV-1',
      answer: 'book',
      reason: 'Two companies.',
    }),
    ['admin', 'finance'],
  ],
  [post(`/api/registrations/${someId}/decision`, { decision: 'approve' }), ['admin', 'ops']],
  [post(`/api/registrations/${someId}/confirm-date`, { reason: 'Imported.' }), ['admin', 'ops']],
  [
    { ...post(`/api/registrations/${someId}`, { values: {}, expectedValues: {} }), method: 'PATCH' },
    ['admin', 'ops'],
  ],
  [post(`/api/conflicts/${someId}/answer`, { winner: 'crm' }), ['admin', 'ops']],
  [post(`/api/connections/${someId}/check`), ['admin', 'ops']],
  [{ ...post(`/api/connections/${someId}`, { removalLimitPercent: 5 }), method: 'PATCH' }, ['admin', 'ops']],
  [post(`/api/connections/${someId}/sync`), ['admin', 'ops']],
  [post(`/api/connections/${someId}/replay`), ['admin', 'ops']],
  [post(`/api/connections/${someId}/reconcile`), ['admin', 'ops']],
  [post(`/api/payouts/${someId}/submit`), ['admin', 'finance']],
  [post(`/api/payouts/${someId}/approve`), ['admin', 'finance']],
  [post(`/api/payouts/${someId}/return`), ['admin', 'finance']],
  [post(`/api/payouts/${someId}/export`), ['admin', 'finance']],
  [{ url: `/api/payouts/${someId}/csv` }, ['admin', 'finance']],
  [post(`/api/registrations/${someId}/moves`, { move: 'approve' }), ['admin', 'ops', 'viewer']],
  [post('/api/registrations/undo', { registrations: [] }), ['admin', 'ops', 'viewer']],
  [{ url: '/api/channel' }, roles],
  [{ ...post('/api/channel/people/x@vendor.test', { role: 'none' }), method: 'PUT' }, ['admin', 'ops']],
  [post('/api/channel/people/x@vendor.test/leave'), ['admin', 'ops']],
  [post('/api/channel/people/x@vendor.test/return'), ['admin', 'ops']],
  [post('/api/channel/partners', {}), ['admin', 'ops']],
  [{ url: '/api/people' }, ['admin']],
  [post('/api/people', { name: '', email: '', role: '' }), ['admin']],
  [{ ...post(`/api/people/${someId}`, { role: 'viewer' }), method: 'PATCH' }, ['admin']],
  [post(`/api/people/${someId}/let-in`, { code: '123456' }), ['admin']],
  ...['link', 'confirm', 'disable', 'enable', 'end-sessions'].map(
    (name) => [post(`/api/people/${someId}/${name}`), ['admin']] as const,
  ),
];

describe.each(guarded)('%o', (request, allowed) => {
  test('asks for a sign-in', async () => {
    const response = await (await http.as(null))(request);
    expect(response.statusCode).toBe(401);
    expect(response.json().error.code).toBe('not_signed_in');
  });

  test(`is for ${allowed.join(', ')} and refused to others`, async () => {
    for (const role of roles) {
      const response = await (await http.as(role))(request);
      if (allowed.includes(role)) expect([200, 400, 404]).toContain(response.statusCode);
      else expect(response.statusCode).toBe(403);
    }
  });
});

test('starting a run is for ops and admins', async () => {
  expect((await (await http.as('viewer'))(post('/api/runs'))).statusCode).toBe(403);
  expect((await (await http.as('finance'))(post('/api/runs'))).statusCode).toBe(403);
  expect((await (await http.as('ops'))(post('/api/runs'))).statusCode).toBe(200);
});

test('a route without a permission keeps the service from starting', async () => {
  const app = buildApp(http.deps);
  expect(() => app.get('/api/forgotten', async () => ({}))).toThrow('does not declare its access');
  await app.close();
});

describe('a mutation', () => {
  const withHeaders = async (headers: Record<string, string>) => {
    const admin = await http.as('admin');
    return admin({ method: 'POST', url: '/api/people', payload: {}, headers });
  };

  test('from a page of another site is refused even with the session and the header', async () => {
    expect((await withHeaders({ origin: 'https://evil.example' })).statusCode).toBe(403);
  });

  test('from our own page goes through', async () => {
    expect((await withHeaders({ origin: 'http://localhost:80', host: 'localhost:80' })).statusCode).toBe(400);
  });

  test('from our own page is refused without the header that no form can send', async () => {
    const { statusCode } = await http.app.inject({
      method: 'POST',
      url: '/api/sign-out',
      headers: { origin: 'http://localhost:80', host: 'localhost:80' },
    });
    expect(statusCode).toBe(403);
  });

  test.each(['cross-site', 'same-site'])('that the browser calls %s is refused', async (site) => {
    expect((await withHeaders({ 'sec-fetch-site': site })).statusCode).toBe(403);
  });

  test('without an origin needs the header that no form can send', async () => {
    const { cookies } = await http.app.inject({ url: '/healthz' });
    expect(cookies).toEqual([]);
    expect((await http.app.inject({ method: 'POST', url: '/api/sign-out' })).statusCode).toBe(403);
    expect(
      (await http.app.inject({ method: 'POST', url: '/api/sign-out', headers: { 'x-fairway': '1' } }))
        .statusCode,
    ).toBe(200);
  });
});

test.each(['/api/me', '/api/nothing', '/registrations', '/healthz'])(
  '%s is answered with headers that forbid framing, sniffing and foreign content',
  async (url) => {
    const { headers, statusCode } = await (await http.as('viewer'))({ url });
    expect(String(headers['content-security-policy']).split(';').toSorted()).toEqual([
      "base-uri 'none'",
      "default-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "object-src 'none'",
      "style-src 'self' 'unsafe-inline'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['strict-transport-security']).toBeUndefined();
    // Only a page of the console, once it is built, may be stored, and is checked again each time.
    const isPage = url === '/registrations' && statusCode !== 503;
    expect(headers['cache-control']).toBe(isPage ? 'no-cache' : 'no-store');
  },
);

test('a request with wrong values is refused with a sentence for each field', async () => {
  const response = await (
    await http.as('admin')
  )(post('/api/people', { name: 'A'.repeat(121), email: 'no address', role: 'ops' }));
  expect(response.statusCode).toBe(400);
  expect(response.json()).toEqual({
    error: {
      code: 'bad_request',
      message: 'Name: use at most 120 characters. E-mail: use an e-mail address such as name@example.com.',
      fields: {
        name: 'Use at most 120 characters.',
        email: 'Use an e-mail address such as name@example.com.',
      },
    },
  });
});

test('a body that is not JSON is refused in plain words', async () => {
  const response = await http.app.inject({
    method: 'POST',
    url: '/api/sign-in',
    headers: { 'x-fairway': '1', 'content-type': 'application/json' },
    payload: '{',
  });
  expect([response.statusCode, response.json().error]).toEqual([
    400,
    { code: 'bad_request', message: 'The request’s body is not valid JSON.' },
  ]);
});

test('a failure of ours has a general message and its detail only in the log', async () => {
  await using broken = await startHttp();
  const app = buildApp({ ...broken.deps, packs: null } as unknown as typeof broken.deps);
  const cookies = await broken.cookiesOf('viewer');
  const response = await app.inject({ url: '/api/mappings', cookies });
  await app.close();
  expect(response.statusCode).toBe(500);
  expect(response.json()).toEqual({
    error: { code: 'internal', message: expect.not.stringContaining('null') },
  });
});

test('/healthz says whether the database answers, without a sign-in', async () => {
  expect((await http.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  const failing = new Proxy(http.deps.db, {
    get: (db, name) => (name === 'execute' ? () => Promise.reject(new Error('down')) : Reflect.get(db, name)),
  });
  const app = buildApp({ ...http.deps, db: failing });
  const response = await app.inject({ url: '/healthz' });
  await app.close();
  expect(response.statusCode).toBe(503);
});

test('/metrics answers this machine only, and not through a proxy', async () => {
  const local = await http.app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' });
  expect(local.statusCode).toBe(200);
  expect(local.body).toContain('fairway_registrations_waiting{promise="past"} 0');
  expect((await http.app.inject({ url: '/metrics', remoteAddress: '10.0.0.7' })).statusCode).toBe(404);
  expect(
    (await http.app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '8.8.8.8' } })).statusCode,
  ).toBe(404);
});

test('an unknown address of the API is an error in the API’s words, not a page', async () => {
  const response = await (await http.as('viewer'))({ url: '/api/nothing' });
  expect(response.statusCode).toBe(404);
  expect(response.json().error.code).toBe('not_found');
});
