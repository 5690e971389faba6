import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';

let direct: HttpTest;
let proxied: HttpTest;
beforeAll(async () => {
  direct = await startHttp();
  proxied = await startHttp({
    publicUrl: 'https://fairway.example.com',
    env: { TRUSTED_PROXIES: '10.0.0.0/24' },
  });
});
afterAll(async () => {
  await direct[Symbol.asyncDispose]();
  await proxied[Symbol.asyncDispose]();
});

interface Attempt {
  readonly token?: string;
  readonly from?: string;
  readonly forwardedFor?: string;
}
const attempt = async (
  { app }: HttpTest,
  { token = 'x'.repeat(43), from = '192.0.2.1', forwardedFor }: Attempt,
) =>
  (
    await app.inject({
      method: 'POST',
      url: '/api/sign-in',
      remoteAddress: from,
      headers: {
        'x-fairway': '1',
        ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
      },
      payload: { token },
    })
  ).statusCode;
const guess = (n: number) => `guess ${n}`.padEnd(43, 'x');

test('a stranger who guesses does not lock out others at the same address', async () => {
  for (let n = 0; n < 10; n += 1) expect(await attempt(direct, { token: guess(n) })).toBe(401);
  expect(await attempt(direct, { token: guess(11) })).toBe(429);
  const { token } = await createLoginLink(direct.deps, { email: 'honest@vendor.test', role: 'ops' });
  expect(await attempt(direct, { token })).toBe(200);
});

test('a link is limited for guesses from any address', async () => {
  const token = guess(99);
  for (let n = 0; n < 10; n += 1) expect(await attempt(direct, { token, from: `198.51.100.${n}` })).toBe(401);
  expect(await attempt(direct, { token, from: '198.51.100.77' })).toBe(429);
});

test('a header does not give a client another address, unless a declared proxy sent it', async () => {
  for (let n = 0; n < 10; n += 1)
    await attempt(proxied, { token: guess(n), from: '192.0.2.9', forwardedFor: `203.0.113.${n}` });
  expect(await attempt(proxied, { token: guess(50), from: '192.0.2.9', forwardedFor: '203.0.113.50' })).toBe(
    429,
  );
  for (let n = 0; n < 10; n += 1)
    await attempt(proxied, { token: guess(100 + n), from: '10.0.0.7', forwardedFor: '203.0.113.1' });
  expect(await attempt(proxied, { token: guess(150), from: '10.0.0.7', forwardedFor: '203.0.113.1' })).toBe(
    429,
  );
  expect(await attempt(proxied, { token: guess(151), from: '10.0.0.7', forwardedFor: '203.0.113.2' })).toBe(
    401,
  );
});

test('over https the session cookie is bound to the host, secure and strict, and the browser stays on https', async () => {
  const { token } = await createLoginLink(proxied.deps, { email: 'a@vendor.test' });
  const response = await proxied.app.inject({
    method: 'POST',
    url: '/api/sign-in',
    headers: { 'x-fairway': '1' },
    payload: { token },
  });
  expect(response.cookies[0]).toMatchObject({
    name: '__Host-fairway_session',
    secure: true,
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
  });
  expect(response.cookies[0]).not.toHaveProperty('domain');
  expect(response.headers['strict-transport-security']).toBe('max-age=31536000');
});
