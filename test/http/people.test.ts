import { afterAll, beforeAll, expect, test } from 'vitest';
import { recentActivity } from '#src/db/overview-view.ts';
import { type HttpTest, startHttp } from './http-test.ts';

let http: HttpTest;
beforeAll(async () => {
  http = await startHttp({ publicUrl: 'http://fairway.test' });
});
afterAll(() => http[Symbol.asyncDispose]());

const invite = async (payload: object) => (await http.as('admin'))({ method: 'POST', url: '/api/people', payload });

test('an invited person signs in with the link and has the role they were given', async () => {
  const response = await invite({ name: 'Fin Ance', email: 'Fin@vendor.test', role: 'finance' });
  expect(response.statusCode).toBe(200);
  const { link, person } = response.json();
  expect(person).toMatchObject({ name: 'Fin Ance', email: 'fin@vendor.test', role: 'finance' });
  expect(link).toMatch(/^http:\/\/fairway\.test\/sign-in\?token=[\w-]{43}$/);
  const signedIn = await (
    await http.as(null)
  )({ method: 'POST', url: '/api/sign-in', payload: { token: new URL(link).searchParams.get('token') } });
  expect(signedIn.json()).toMatchObject({ email: 'fin@vendor.test', role: 'finance' });
});

test('inviting somebody again gives a new link and changes the role, without a second person', async () => {
  await invite({ name: 'Vera', email: 'vera@vendor.test', role: 'viewer' });
  await invite({ name: 'Vera', email: 'vera@vendor.test', role: 'ops' });
  const { people } = (await (await http.as('admin'))({ url: '/api/people' })).json();
  expect(people.filter((one: { email: string }) => one.email === 'vera@vendor.test')).toMatchObject([{ role: 'ops' }]);
});

test('admins cannot lock themselves out by changing their own role', async () => {
  expect((await invite({ name: 'admin', email: 'admin@vendor.test', role: 'viewer' })).statusCode).toBe(409);
});

test('every link made is on the audit trail', async () => {
  await invite({ name: 'Trail', email: 'trail@vendor.test', role: 'viewer' });
  expect((await recentActivity(http.deps.db, 1))[0]).toMatchObject({ actor: 'admin', action: 'person.invited', subject: 'Trail' });
});
