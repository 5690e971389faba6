import { afterAll, beforeAll, expect, test } from 'vitest';
import { recentActivity } from '#src/db/runs/overview-view.ts';
import { invitePerson } from '#src/operations/people/invite-person.ts';
import { auditTrail } from '#test/support/queries.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
beforeAll(async () => {
  http = await startHttp({ publicUrl: 'http://fairway.test' });
});
afterAll(() => http[Symbol.asyncDispose]());

const invite = async (payload: object) =>
  (await http.as('admin'))({ method: 'POST', url: '/api/people', payload });

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
  expect(people.filter((one: { email: string }) => one.email === 'vera@vendor.test')).toMatchObject([
    { role: 'ops' },
  ]);
});

test('admins cannot lock themselves out by changing their own role', async () => {
  expect((await invite({ name: 'admin', email: 'admin@vendor.test', role: 'viewer' })).statusCode).toBe(409);
});

test('a changed role is on the audit trail with what it was before', async () => {
  await invite({ name: 'Rolf', email: 'rolf@vendor.test', role: 'viewer' });
  await invite({ name: 'Rolf', email: 'rolf@vendor.test', role: 'finance' });
  const trail = await auditTrail(http.deps.db, 'Rolf');
  expect(trail).toEqual([
    { action: 'person.invited', actor: 'admin', before: null, after: { role: 'viewer' }, reason: null },
    {
      action: 'person.invited',
      actor: 'admin',
      before: { role: 'viewer' },
      after: { role: 'finance' },
      reason: null,
    },
  ]);
});

test('a link that cannot be put on the audit trail is not made, and changes no role', async () => {
  await invite({ name: 'Atom', email: 'atom@vendor.test', role: 'viewer' });
  await expect(
    invitePerson(http.deps, {
      email: 'atom@vendor.test',
      name: 'Atom',
      role: 'admin',
      invitedBy: { id: 'no uuid, so the entry is refused', email: 'x@vendor.test', role: 'admin' },
    }),
  ).rejects.toMatchObject({
    cause: { message: expect.stringContaining('invalid input syntax for type uuid') },
  });
  const { people } = (await (await http.as('admin'))({ url: '/api/people' })).json();
  expect(people.find((one: { email: string }) => one.email === 'atom@vendor.test')).toMatchObject({
    role: 'viewer',
  });
});

test('every link made is on the audit trail', async () => {
  await invite({ name: 'Trail', email: 'trail@vendor.test', role: 'viewer' });
  expect((await recentActivity(http.deps.db, 1))[0]).toMatchObject({
    actor: 'admin',
    action: 'person.invited',
    subject: 'Trail',
  });
});
