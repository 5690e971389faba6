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
const changeRole = async (id: string, role: string) =>
  (await http.as('admin'))({ method: 'PATCH', url: `/api/people/${id}`, payload: { role } });
const listed = async (email: string, viewer = 'admin') => {
  const { people } = (await (await http.as('admin', viewer))({ url: '/api/people' })).json();
  return people.find((one: { email: string }) => one.email === email);
};

test('an invited viewer signs in with the link that the admin is shown', async () => {
  const response = await invite({ name: 'Vi Ewer', email: 'Vi@vendor.test', role: 'viewer' });
  expect(response.statusCode).toBe(200);
  const { link, person, delivery } = response.json();
  expect(delivery).toBe('shown');
  expect(person).toMatchObject({ name: 'Vi Ewer', email: 'vi@vendor.test', role: 'viewer' });
  expect(link).toMatch(/^http:\/\/fairway\.test\/sign-in\?token=[\w-]{43}$/);
  expect(await listed('vi@vendor.test')).toMatchObject({ state: 'invited', lastSeenAt: null });
  const signedIn = await (
    await http.as(null)
  )({ method: 'POST', url: '/api/sign-in', payload: { token: new URL(link).searchParams.get('token') } });
  expect(signedIn.json()).toMatchObject({ email: 'vi@vendor.test', role: 'viewer' });
  expect(await listed('vi@vendor.test')).toMatchObject({ state: 'active' });
});

test('the link of an invited approver is shown to a second admin, which confirms the approver', async () => {
  const { person, delivery } = (
    await invite({ name: 'Fin', email: 'fin@vendor.test', role: 'finance' })
  ).json();
  expect(delivery).toBe('waits');
  expect(await listed('fin@vendor.test')).toMatchObject({
    approvesFrom: '2026-11-19T10:00:00.000Z',
    confirmBlocker: expect.stringContaining('Another person must approve'),
  });
  expect(await listed('fin@vendor.test', 'second')).toMatchObject({ confirmBlocker: null });
  const second = await http.as('admin', 'second');
  const { link } = (await second({ method: 'POST', url: `/api/people/${person.id}/link` })).json();
  expect(link).toContain('/sign-in?token=');
  expect(await listed('fin@vendor.test')).toMatchObject({ approvesFrom: null });
});

test('a person is invited once; a role is changed in the list', async () => {
  const { person } = (await invite({ name: 'Vera', email: 'vera@vendor.test', role: 'viewer' })).json();
  const again = await invite({ name: 'Vera', email: 'vera@vendor.test', role: 'ops' });
  expect(again.statusCode).toBe(409);
  expect((await changeRole(person.id, 'ops')).statusCode).toBe(200);
  expect(await listed('vera@vendor.test')).toMatchObject({ role: 'ops' });
});

test('admins cannot lock themselves out by changing their own role or disabling themselves', async () => {
  const { id } = await listed('admin@vendor.test');
  expect((await changeRole(id, 'viewer')).statusCode).toBe(409);
  const admin = await http.as('admin');
  expect((await admin({ method: 'POST', url: `/api/people/${id}/disable` })).statusCode).toBe(409);
});

test('a changed role is on the audit trail with what it was before', async () => {
  const { person } = (await invite({ name: 'Rolf', email: 'rolf@vendor.test', role: 'viewer' })).json();
  await changeRole(person.id, 'finance');
  const act = { actor: 'admin', reason: null };
  expect(await auditTrail(http.deps.db, 'Rolf')).toEqual([
    { ...act, action: 'person.invited', before: null, after: { role: 'viewer' } },
    { ...act, action: 'person.role_changed', before: { role: 'viewer' }, after: { role: 'finance' } },
  ]);
});

test('an invitation that cannot be put on the audit trail adds no person', async () => {
  await expect(
    invitePerson(http.deps, {
      email: 'atom@vendor.test',
      name: 'Atom',
      role: 'admin',
      invitedBy: 'no uuid, so the entry is refused',
    }),
  ).rejects.toMatchObject({
    cause: { message: expect.stringContaining('invalid input syntax for type uuid') },
  });
  expect(await listed('atom@vendor.test')).toBeUndefined();
});

test('every link made is on the audit trail', async () => {
  await invite({ name: 'Trail', email: 'trail@vendor.test', role: 'viewer' });
  expect((await recentActivity(http.deps.db, 1))[0]).toMatchObject({
    actor: 'admin',
    action: 'person.invited',
    subject: 'Trail',
  });
});
