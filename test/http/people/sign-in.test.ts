import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let http: HttpTest;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(async () => {
  vi.useRealTimers();
  await http[Symbol.asyncDispose]();
});

/** Moves the clock of the sessions and that of the rate limit. */
function pass(ms: number): void {
  http.pass(ms);
  vi.setSystemTime(Date.now() + ms);
}

const linkFor = async (email: string): Promise<string> =>
  (await createLoginLink(http.deps, { email, role: 'ops' })).token;

async function signInWith(token: string) {
  const nobody = await http.as(null);
  // Each test its own minute, so that one does not use up the attempts of the next.
  pass(minuteMs);
  return nobody({ method: 'POST', url: '/api/sign-in', payload: { token } });
}

async function sessionCookie(email: string): Promise<string> {
  const response = await signInWith(await linkFor(email));
  return response.cookies.find((cookie) => cookie.name === 'fairway_session')?.value ?? '';
}

const me = (cookie: string) => http.app.inject({ url: '/api/me', cookies: { fairway_session: cookie } });

describe('a login link', () => {
  test('signs in and says who one is and what one may do', async () => {
    const response = await signInWith(await linkFor('ops@vendor.test'));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      email: 'ops@vendor.test',
      role: 'ops',
      permissions: [
        'read',
        'submit_registrations',
        'move_registrations',
        'decide_registrations',
        'manage_channel',
        'edit_records',
        'start_runs',
        'check_connections',
        'manage_connections',
        'draft_mappings',
        'approve_mappings',
        'draft_programs',
        'approve_programs',
        'read_webhooks',
      ],
    });
  });

  test('works once', async () => {
    const token = await linkFor('once@vendor.test');
    expect((await signInWith(token)).statusCode).toBe(200);
    const again = await signInWith(token);
    expect(again.statusCode).toBe(401);
    expect(again.json().error.message).toContain('npm run fairway -- login');
  });

  test('works for one of two who use it at the same moment', async () => {
    const token = await linkFor('race@vendor.test');
    const both = await Promise.all([signInWith(token), signInWith(token)]);
    expect(both.map((response) => response.statusCode).toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  test('is refused after 30 minutes', async () => {
    const token = await linkFor('late@vendor.test');
    pass(30 * minuteMs);
    expect((await signInWith(token)).statusCode).toBe(401);
  });

  test('is stored as a hash only, and so is the session', async () => {
    const token = await linkFor('hash@vendor.test');
    const cookie = (await signInWith(token)).cookies[0]?.value ?? '';
    const [stored] = await http.deps.db.execute(
      'select (select jsonb_agg(l) from login_link l)::text || (select jsonb_agg(s) from session s)::text as everything',
    );
    expect(stored?.['everything']).not.toContain(token);
    expect(stored?.['everything']).not.toContain(cookie);
  });

  test('makes the very first person an admin and later ones viewers, unless a role is given', async () => {
    await using fresh = await startHttp();
    expect((await createLoginLink(fresh.deps, { email: 'First@Vendor.test' })).person).toMatchObject({
      email: 'first@vendor.test',
      name: 'first',
      role: 'admin',
    });
    expect((await createLoginLink(fresh.deps, { email: 'second@vendor.test' })).person.role).toBe('viewer');
    expect((await createLoginLink(fresh.deps, { email: 'first@vendor.test' })).person.role).toBe('admin');
  });
});

describe('a session', () => {
  test('is a cookie that scripts cannot read and other sites do not send', async () => {
    const response = await signInWith(await linkFor('cookie@vendor.test'));
    expect(response.cookies[0]).toMatchObject({
      name: 'fairway_session',
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    });
  });

  test('over https is bound to the host and never sent in the clear', async () => {
    await using secure = await startHttp({ publicUrl: 'https://fairway.example.com' });
    const { token } = await createLoginLink(secure.deps, { email: 'a@vendor.test' });
    const response = await (
      await secure.as(null)
    )({ method: 'POST', url: '/api/sign-in', payload: { token } });
    expect(response.cookies[0]).toMatchObject({ name: '__Host-fairway_session', secure: true, path: '/' });
    expect(response.headers['strict-transport-security']).toBeDefined();
  });

  test('ends after 12 hours without use, and lives on with use', async () => {
    const used = await sessionCookie('used@vendor.test');
    const idle = await sessionCookie('idle@vendor.test');
    pass(11 * hourMs);
    expect((await me(used)).statusCode).toBe(200);
    pass(2 * hourMs);
    expect((await me(used)).statusCode).toBe(200);
    expect((await me(idle)).statusCode).toBe(401);
  });

  test('ends after a week in every case', async () => {
    const cookie = await sessionCookie('week@vendor.test');
    for (let passed = 0; passed < 7 * 24; passed += 8) {
      expect((await me(cookie)).statusCode).toBe(200);
      pass(8 * hourMs);
    }
    expect((await me(cookie)).statusCode).toBe(401);
  });

  test('is over once signed out, also for a copy of the cookie', async () => {
    const cookie = await sessionCookie('out@vendor.test');
    await http.app.inject({
      method: 'POST',
      url: '/api/sign-out',
      headers: { 'x-fairway': '1' },
      cookies: { fairway_session: cookie },
    });
    expect((await me(cookie)).statusCode).toBe(401);
  });
});

test('an address may try to sign in ten times a minute', async () => {
  const nobody = await http.as(null);
  pass(minuteMs);
  const attempt = () => nobody({ method: 'POST', url: '/api/sign-in', payload: { token: 'x'.repeat(43) } });
  for (let tries = 0; tries < 10; tries += 1) expect((await attempt()).statusCode).toBe(401);
  expect((await attempt()).statusCode).toBe(429);
  pass(minuteMs);
  expect((await attempt()).statusCode).toBe(401);
});
