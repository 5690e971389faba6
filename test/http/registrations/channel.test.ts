import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

/** The clock of the service. */
const now = '2026-06-15T08:00:00Z';
const cora = 'cora@vendor.test';
const olga = 'olga@vendor.test';

let http: HttpTest;
let fixture: LifecycleFixture;
let ask: Awaited<ReturnType<HttpTest['as']>>;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now, {
    approvalSteps: [{ name: 'review', anyOf: [cora, olga] }],
  });
  ask = await http.as('ops', 'olga');
});
afterAll(() => http[Symbol.asyncDispose]());

const put = (email: string, payload: object, as = ask) =>
  as({ method: 'PUT', url: `/api/channel/people/${encodeURIComponent(email)}`, payload });
const post = (path: string, payload?: object, as = ask) =>
  as({ method: 'POST', url: `/api/channel/${path}`, ...(payload && { payload }) });
const channel = async () => (await ask({ url: '/api/channel' })).json();
const personIn = async (email: string) =>
  (await channel()).people.find((one: { email: string }) => one.email === email);
const move = async (id: string, payload: object, name: string, role: 'ops' | 'viewer' = 'viewer') =>
  (await http.as(role, name))({ method: 'POST', url: `/api/registrations/${id}/moves`, payload });
const asked = async (id: string) => (await ask({ url: `/api/registrations/${id}/lifecycle` })).json().asked;
const crmField = async (id: string, field: string) => {
  const [row] = await http.deps.db.execute<{ value: string | null }>(
    sql`select crm_fields ->> ${field} as value from registration_lifecycle where registration_id = ${id}`,
  );
  return row?.value;
};

describe('people of the channel', () => {
  test('a channel account manager who signs in as a viewer decides over HTTP, and a viewer without a role does not', async () => {
    const id = await fixture.submits('review', now);
    expect((await move(id, { move: 'approve' }, 'cora')).json()).toMatchObject({
      error: { code: 'not_allowed', detail: { reason: 'role' } },
    });
    expect((await put(cora, { role: 'cam' })).statusCode).toBe(200);
    expect(await personIn(cora)).toMatchObject({ role: 'cam', signInRole: 'viewer', partner: null });
    expect(await asked(id)).toEqual([cora, olga]);
    const approved = await move(id, { move: 'approve' }, 'cora');
    expect(approved.json()).toMatchObject({ state: 'approved' });
  });

  test('a channel account manager can undo a decision as everybody can', async () => {
    await put(cora, { role: 'cam' });
    const id = await fixture.submits('review', now);
    const deferred = await move(id, { move: 'reject', reasonCode: 'not_certified', undoSeconds: 10 }, 'cora');
    expect(deferred.json()).toMatchObject({ deferred: { by: cora } });
    const as = await http.as('viewer', 'cora');
    const undone = await as({
      method: 'POST',
      url: '/api/registrations/undo',
      payload: { registrations: [id] },
    });
    expect([undone.statusCode, undone.json()]).toEqual([200, { decided: [{ id, refused: null }] }]);
    expect(await asked(id)).toEqual([cora, olga]);
  });

  test('somebody who leaves is asked no more, also in the CRM, and is when the return is entered', async () => {
    await put(cora, { role: 'cam' });
    const id = await fixture.submits('review', now);
    expect(await crmField(id, 'nextDecider')).toBe(`${cora}, ${olga}`);
    expect((await post(`people/${cora}/leave`)).statusCode).toBe(200);
    expect(await asked(id)).toEqual([olga]);
    expect(await crmField(id, 'nextDecider')).toBe(olga);
    expect(await personIn(cora)).toMatchObject({ leftAt: now.replace('Z', '.000Z') });
    expect((await move(id, { move: 'approve' }, 'cora')).statusCode).toBe(403);
    await post(`people/${cora}/return`);
    expect(await crmField(id, 'nextDecider')).toBe(`${cora}, ${olga}`);
  });

  test('a delegate is asked while somebody is away, until the absence is ended', async () => {
    await put(cora, { role: 'cam' });
    await http.as('ops', 'dora');
    const id = await fixture.submits('review', now);
    const absence = { from: now, to: '2026-06-20T08:00:00Z', delegate: 'dora@vendor.test' };
    const as = await http.as('viewer', 'cora');
    expect((await post(`people/${cora}/absences`, absence, as)).statusCode).toBe(200);
    expect(await asked(id)).toEqual(['dora@vendor.test', olga]);
    expect(await crmField(id, 'nextDecider')).toBe(`dora@vendor.test, ${olga}`);
    const { absences } = await personIn(cora);
    expect(absences).toMatchObject([{ delegate: 'dora@vendor.test' }]);
    const url = `/api/channel/absences/${absences[0].id}`;
    expect((await (await http.as('viewer', 'vera'))({ method: 'DELETE', url })).statusCode).toBe(403);
    expect((await as({ method: 'DELETE', url })).statusCode).toBe(200);
    expect(await crmField(id, 'nextDecider')).toBe(`${cora}, ${olga}`);
    expect((await personIn(cora)).absences).toEqual([]);
  });

  test('a person whose sign-in is disabled is asked no more, also in the CRM', async () => {
    const admin = await http.as('admin', 'ada');
    await put(cora, { role: 'cam' });
    const id = await fixture.submits('review', now);
    const { people } = (await admin({ url: '/api/people' })).json();
    const url = `/api/people/${people.find((one: { email: string }) => one.email === cora).id}`;
    expect((await admin({ method: 'POST', url: `${url}/disable` })).statusCode).toBe(200);
    expect(await crmField(id, 'nextDecider')).toBe(olga);
    expect((await admin({ method: 'POST', url: `${url}/enable` })).statusCode).toBe(200);
    expect(await crmField(id, 'nextDecider')).toBe(`${cora}, ${olga}`);
  });

  test('who had a role and then signs in as operations decides as operations', async () => {
    const admin = await http.as('admin', 'ada');
    await http.as('viewer', 'rolf');
    await put('rolf@vendor.test', { role: 'partner', partner: fixture.partners['bolt'] });
    const { people } = (await admin({ url: '/api/people' })).json();
    const url = `/api/people/${people.find((one: { email: string }) => one.email === 'rolf@vendor.test').id}`;
    const changed = await admin({ method: 'PATCH', url, payload: { role: 'ops' } });
    expect(changed.statusCode).toBe(200);
    expect(await personIn('rolf@vendor.test')).toMatchObject({ role: 'ops', partner: null });
    const id = await fixture.submits('review', now);
    const question = { move: 'request_info', reasonCode: 'missing_contact', question: 'Who signs?' };
    expect((await move(id, question, 'rolf', 'ops')).json()).toMatchObject({ state: 'info_requested' });
  });

  test.each([
    ['no address', 'cora', { role: 'cam' }, 400, /e-mail address/],
    ['an unknown role', 'x@vendor.test', { role: 'ops' }, 400, /role/],
    ['a partner’s person without a partner', 'x@vendor.test', { role: 'partner' }, 400, /partner: Write/],
    ['an unknown partner', 'x@vendor.test', { role: 'partner', partner: 'P-?' }, 400, /partner: There is no/],
    ['a rep of a partner', 'x@vendor.test', { role: 'rep', partner: 'acme' }, 400, /partner: Leave it out/],
    ['operations', olga, { role: 'cam' }, 409, /signs in as ops/],
  ])('%s is refused by name', async (_, email, payload, status, message) => {
    const partner = 'partner' in payload && payload.partner === 'acme' ? fixture.partners['acme'] : undefined;
    const answer = await put(email, partner === undefined ? payload : { ...payload, partner });
    expect([answer.statusCode, JSON.stringify(answer.json())]).toEqual([
      status,
      expect.stringMatching(message),
    ]);
  });

  test.each([
    ['an end before the start', { from: '2026-07-02T00:00:00Z', to: '2026-07-01T00:00:00Z' }, 'to'],
    ['one that is over', { from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' }, 'to'],
    ['one without an end in a year', { from: now, to: '2028-01-01T00:00:00Z' }, 'to'],
    ['oneself as delegate', { from: now, to: '2026-06-16T00:00:00Z', delegate: cora }, 'delegate'],
    [
      'a stranger as delegate',
      { from: now, to: '2026-06-16T00:00:00Z', delegate: 'no@vendor.test' },
      'delegate',
    ],
  ])('an absence with %s is refused by name', async (_, payload, field) => {
    await put(cora, { role: 'cam' });
    const answer = await post(`people/${cora}/absences`, { delegate: olga, ...payload });
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      400,
      expect.stringMatching(new RegExp(`^${field}: .*`)),
    ]);
  });

  test('viewers change nobody, and every change is in the audit trail', async () => {
    const viewer = await http.as('viewer', 'vera');
    expect((await put(cora, { role: 'rep' }, viewer)).statusCode).toBe(403);
    const absence = { from: now, to: '2026-06-16T00:00:00Z', delegate: olga };
    expect((await post(`people/${cora}/absences`, absence, viewer)).statusCode).toBe(403);
    await put('pia@acme.test', { role: 'partner', partner: fixture.partners['acme'] });
    expect(await personIn('pia@acme.test')).toMatchObject({
      role: 'partner',
      partner: { id: fixture.partners['acme'] },
    });
    const [entry] = await http.deps.db.execute(sql`
      select e.after, p.email from audit_event e join person p on p.id = e.actor_id
      join lifecycle_person l on l.id = e.subject_id and l.name = 'pia@acme.test' where e.action = 'channel.role_given'`);
    expect(entry).toEqual({ email: olga, after: { role: 'partner', partnerId: fixture.partners['acme'] } });
  });
});

describe('partners', () => {
  const partnerOf = (code: string) => fixture.partners[code] ?? '';
  const change = (code: string, payload: object) =>
    post('partners', { partner: partnerOf(code), ...payload });
  const suspendInCrm = async (code: string, isSuspended: boolean) => {
    await http.deps.db.execute(sql`
      update account set partner_suspended = ${isSuspended} where id = (select account_id from partner where id = ${partnerOf(code)})`);
    await evaluateRegistrations(http.deps, async () => {});
  };
  const stateOf = async (id: string) => {
    const { state, clock, reasonCode } = (await ask({ url: `/api/registrations/${id}/lifecycle` })).json();
    return { state, clock, reasonCode };
  };

  test('that are suspended cannot be approved, and their time waits', async () => {
    const id = await fixture.submits('review', now);
    expect((await change('acme', { change: 'suspend', reason: 'Unpaid invoices.' })).statusCode).toBe(200);
    expect(await stateOf(id)).toMatchObject({ state: 'in_review', clock: 'paused' });
    const refused = await move(id, { move: 'approve' }, 'olga', 'ops');
    expect(refused.json()).toMatchObject({ error: { detail: { reason: 'partner_suspended' } } });
    expect((await channel()).partners).toMatchObject([
      { id: partnerOf('acme'), status: 'suspended', setBy: olga },
    ]);
    // The CRM says nothing about it, and does not end it.
    await suspendInCrm('acme', false);
    expect(await stateOf(id)).toMatchObject({ clock: 'paused' });
    const again = await change('acme', { change: 'suspend', reason: 'Again.' });
    expect([again.statusCode, again.json().error.message]).toEqual([
      409,
      expect.stringMatching(/suspended already/),
    ]);
    await change('acme', { change: 'reinstate', reason: 'Paid.' });
    expect(await stateOf(id)).toMatchObject({ clock: 'running' });
    expect((await channel()).partners).toEqual([]);
  });

  test('that the CRM suspends are suspended until it ends there', async () => {
    const id = await fixture.submits('review', now);
    await suspendInCrm('acme', true);
    expect(await stateOf(id)).toMatchObject({ state: 'in_review', clock: 'paused' });
    const refused = await change('acme', { change: 'reinstate', reason: 'We like them.' });
    expect([refused.statusCode, refused.json().error.message]).toEqual([
      409,
      expect.stringMatching(/The CRM says .* End the suspension there/),
    ]);
    await suspendInCrm('acme', false);
    expect(await stateOf(id)).toMatchObject({ clock: 'running' });
  });

  test('that leave lose what waits and what is protected, and submit nothing', async () => {
    const waits = await fixture.submits('review', now);
    const isProtected = await fixture.submits('clear', now);
    expect((await change('acme', { change: 'terminate', reason: 'Contract ended.' })).statusCode).toBe(200);
    expect(await stateOf(waits)).toMatchObject({
      state: 'rejected',
      reasonCode: 'partner_not_in_good_standing',
    });
    expect(await stateOf(isProtected)).toMatchObject({
      state: 'withdrawn',
      reasonCode: 'partner_terminated',
    });
    const suspended = await change('acme', { change: 'suspend', reason: 'Too late.' });
    expect(suspended.statusCode).toBe(409);
    expect((await change('acme', { change: 'reinstate', reason: 'Back.' })).statusCode).toBe(200);
    expect(await stateOf(waits)).toMatchObject({ state: 'rejected' });
  });
});
