import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Deps } from '#src/deps.ts';
import { deliverWebhooks, scheduleWebhooks } from '#src/operations/notices/deliver-webhooks.ts';
import {
  createEndpoint,
  disableEndpoint,
  enableEndpoint,
  rotateSecret,
} from '#src/operations/notices/endpoints.ts';
import { redeliver, sendTestEvent } from '#src/operations/notices/redeliver.ts';
import { spreadNotices } from '#src/operations/notices/spread-notices.ts';
import {
  lifecycleFixture,
  terms,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { addPerson } from '#test/support/people/people.ts';
import {
  startWebhookReceiver,
  verifiedContent,
  type WebhookReceiver,
} from '#test/support/notices/webhook-receiver.ts';
import { startWorker } from '#workers/worker.ts';

const monday = '2026-06-15T08:00:00Z';
const later = '2026-06-15T09:00:00Z';

let started: TestDeps;
let deps: Deps;
let fixture: LifecycleFixture;
let receiver: WebhookReceiver;
let actorId: string;

async function start(options: Parameters<typeof startDeps>[0] = {}): Promise<void> {
  started = await startDeps({ publicUrl: 'https://fairway.test', ...options });
  deps = started.deps;
  fixture = await lifecycleFixture(deps, monday);
  receiver = await startWebhookReceiver();
  ({ id: actorId } = await addPerson(deps, { email: 'ada@vendor.test', name: 'Ada', role: 'admin' }));
}

beforeEach(() => async () => {
  await receiver[Symbol.asyncDispose]();
  await started[Symbol.asyncDispose]();
});

const endpoint = (events: readonly string[] = []) =>
  createEndpoint(deps, { actorId, url: receiver.url, description: 'Portal', events });

/** One round of a worker. */
async function work(endpointId: string): Promise<void> {
  await spreadNotices(deps);
  await deliverWebhooks(deps, { endpointId });
}

const deliveries = async () =>
  (
    await deps.db.execute<{ status: string; attempts: number; next: string | null; log: unknown }>(sql`
      select d.status, d.attempts, to_char(d.next_attempt_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as next,
        (select coalesce(jsonb_agg(jsonb_build_array(a.status_code, a.error) order by a.id), '[]') from webhook_attempt a where a.delivery_id = d.id) as log
      from webhook_delivery d order by d.id`)
  ).map((row) => ({ ...row }));

const types = (): readonly string[] =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

describe('webhooks to other systems', () => {
  test('every notice of a registration arrives once, signed, from a running worker', async () => {
    await start();
    const { secret } = await endpoint();
    const registration = await fixture.submits('review', monday);
    await fixture.does('olga', 'approve', later, registration);
    {
      await using _worker = startWorker(deps, { syncMinutes: 0 });
      await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(6);
      await expect
        .poll(async () => (await deliveries()).every(({ status }) => status === 'delivered'))
        .toBe(true);
    }
    // The worker also fires the timers of the approved registration, which are long over by now.
    expect(types().toSorted()).toEqual([
      'registration.about_to_expire',
      'registration.about_to_expire',
      'registration.approved',
      'registration.expired',
      'registration.queued',
      'registration.submitted',
    ]);
    const approved = receiver.received.find(({ body }) => body.includes('registration.approved'));
    if (approved === undefined) throw new Error('no webhook about the approval');
    expect(verifiedContent(approved, secret)).toEqual({
      type: 'registration.approved',
      timestamp: '2026-06-15T09:00:00.000Z',
      data: {
        noticeId: expect.any(String),
        registrationId: registration,
        number: registration,
        partnerId: fixture.partners['acme'],
        opportunityId: null,
        state: 'approved',
        version: 2,
        reasonCode: null,
        protectedUntil: '2026-09-13',
        programVersion: expect.any(Number),
        due: null,
        refusal: null,
        days: null,
        percent: null,
        redacted: false,
        link: `https://fairway.test/registrations/${registration}`,
        api: `/api/registrations/${registration}/lifecycle`,
      },
    });
    expect(() => verifiedContent({ ...approved, body: `${approved.body} ` }, secret)).toThrow('No matching');
    expect(await spreadNotices(deps)).toBe(0);
  });

  test('a redacted notice has no name and no number of the other partner', async () => {
    await start();
    const { id } = await endpoint(['registration.rejected']);
    const deal = deps.ids();
    const [first, second] = [deps.ids(), deps.ids()];
    await fixture.does('pat', 'submit', monday, first, { terms, deal, rules: 'clear', number: 'R-111' });
    await fixture.does('rob', 'submit', later, second, { terms, deal, rules: 'review', number: 'R-222' });
    await fixture.does('olga', 'reject', later, second, { reasonCode: 'conflict_earlier_registration' });
    const [notice] = await deps.db.execute<{ hidden: readonly string[] }>(
      sql`select must_not_contain as hidden from lifecycle_notice where redacted`,
    );
    expect(notice?.hidden).toContain('R-111');
    await work(id);
    expect(receiver.received).toHaveLength(1);
    const body = receiver.received[0]?.body ?? '';
    expect(JSON.parse(body)).toMatchObject({ data: { redacted: true, number: 'R-222' } });
    for (const hidden of notice?.hidden ?? []) expect(body).not.toContain(hidden);
  });

  test('after a rotation both secrets sign for a day, and then only the new one', async () => {
    await start({ now: new Date().toISOString() });
    const { id, secret } = await endpoint();
    const rotated = await rotateSecret(deps, { actorId, endpointId: id });
    await sendTestEvent(deps, id);
    await work(id);
    started.pass(24 * 3_600_000);
    await sendTestEvent(deps, id);
    await work(id);
    const [both, one] = receiver.received;
    if (both === undefined || one === undefined) throw new Error('two events were sent');
    expect(verifiedContent(both, secret)).toMatchObject({ type: 'fairway.test' });
    expect(verifiedContent(both, rotated.secret)).toMatchObject({ type: 'fairway.test' });
    expect(both.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(one.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    const [stored] = await deps.db.execute<{ text: string }>(
      sql`select (select string_agg(secrets::text, '') from webhook_endpoint) || (select string_agg(after::text, '') from audit_event) as text`,
    );
    for (const value of [secret, rotated.secret]) expect(stored?.text).not.toContain(value.slice(6));
  });

  test('a failing endpoint gets ten attempts at the times of the standard, is disabled, and an admin learns of it', async () => {
    await start({ now: '2026-06-16T00:00:00Z' });
    await deps.db.execute(sql`insert into connection (id, kind, name, settings, secrets, created_at)
      values (gen_random_uuid(), 'salesforce', 'Salesforce', '{}', '{}', now())`);
    const { id } = await endpoint();
    receiver.answer = () => ({ status: 500, body: 'x'.repeat(100_000) });
    await sendTestEvent(deps, id);
    const waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (const seconds of waits) {
      await work(id);
      const count = receiver.received.length;
      started.pass(seconds * 1_000 - 1);
      await work(id);
      expect(receiver.received).toHaveLength(count);
      started.pass(1);
    }
    expect(receiver.received).toHaveLength(9);
    await work(id);
    expect(receiver.received).toHaveLength(10);
    expect(new Set(receiver.received.map((one) => `${one.id} ${one.body}`)).size).toBe(1);
    expect(await deliveries()).toEqual([
      {
        status: 'failed',
        attempts: 10,
        next: null,
        log: waits.concat(0).map(() => [500, 'answered with status 500']),
      },
    ]);
    const [row] = await deps.db.execute(sql`select is_active, disabled_because from webhook_endpoint`);
    expect(row).toEqual({ is_active: false, disabled_because: 'failing' });
    const [alert] = await deps.db.execute(sql`select state, message from alert`);
    expect(alert).toMatchObject({ state: 'webhook', message: expect.stringContaining('127.0.0.1') });
  });

  test('410 Gone disables at once; later events are not lost and can be redelivered', async () => {
    await start({ now: '2026-06-16T00:00:00Z' });
    const { id } = await endpoint();
    receiver.answer = () => ({ status: 410 });
    await sendTestEvent(deps, id);
    await work(id);
    await fixture.submits('review', monday);
    await work(id);
    expect(types()).toEqual(['fairway.test']);
    await expect(redeliver(deps, id, { since: new Date(0) })).rejects.toThrow('disabled');
    receiver.answer = () => ({ status: 200 });
    await enableEndpoint(deps, { actorId, endpointId: id });
    expect(await redeliver(deps, id, { since: new Date('2026-06-16T00:00:00Z') })).toBe(3);
    await work(id);
    expect(types().toSorted()).toEqual([
      'fairway.test',
      'fairway.test',
      'registration.queued',
      'registration.submitted',
    ]);
    expect(receiver.received[0]?.id).toBe(
      receiver.received.find(({ body }, n) => n > 0 && body.includes('fairway.test'))?.id,
    );
  });

  test('Retry-After of 429 and 503 holds back every delivery to the endpoint, in seconds and as a date', async () => {
    await start({ now: '2026-06-16T00:00:00Z' });
    const { id } = await endpoint();
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
    await sendTestEvent(deps, id);
    await work(id);
    receiver.answer = () => ({
      status: 503,
      headers: { 'retry-after': 'Tue, 16 Jun 2026 01:00:00 GMT' },
    });
    await sendTestEvent(deps, id);
    started.pass(119_999);
    await scheduleWebhooks(deps);
    await work(id);
    expect(receiver.received).toHaveLength(1);
    started.pass(1);
    await work(id);
    expect((await deliveries()).map(({ next }) => next)).toEqual([
      '2026-06-16T01:00:00Z',
      '2026-06-16T01:00:00Z',
    ]);
    // Other answers with the header follow the schedule.
    started.pass(3_480_000);
    receiver.answer = () => ({ status: 500, headers: { 'retry-after': '86400' } });
    await work(id);
    expect((await deliveries()).map(({ next }) => next ?? '').toSorted()).toEqual([
      '2026-06-16T01:05:00Z',
      '2026-06-16T01:30:00Z',
    ]);
  });

  test('a redirect is not followed, and an address of a private network is refused', async () => {
    await start();
    const { id } = await endpoint();
    receiver.answer = () => ({ status: 302, headers: { location: receiver.url } });
    await sendTestEvent(deps, id);
    await work(id);
    expect(receiver.received).toHaveLength(1);
    expect((await deliveries())[0]?.log).toEqual([[302, 'answered with status 302']]);
    const guarded = { ...deps, config: { ...deps.config, privateHosts: [] } };
    for (const url of [
      'http://example.com/hook',
      'https://user:secret@example.com/',
      'ftp://example.com',
      'https://169.254.169.254/latest/meta-data',
      'https://[::1]/',
      'not an address',
    ])
      await expect(
        createEndpoint(guarded, { actorId, url, description: '', events: [] }),
      ).rejects.toMatchObject({ code: 'bad_request' });
    await expect(
      createEndpoint(deps, { actorId, url: receiver.url, description: '', events: ['registration.no'] }),
    ).rejects.toThrow('registration.no');
  });

  test('an address that becomes private is not called, and the log does not repeat the address', async () => {
    await start();
    const { id } = await endpoint();
    await deps.db.execute(sql`update webhook_endpoint set url = 'https://10.0.0.1/secret-part'`);
    await sendTestEvent(deps, id);
    await work(id);
    const [{ log } = {}] = await deliveries();
    expect(JSON.stringify(log)).toContain('not on the internet');
    expect(JSON.stringify(log)).not.toContain('secret-part');
  });

  test('a disabled endpoint receives nothing, and one that asks for some events gets only these', async () => {
    await start();
    const { id } = await endpoint(['registration.queued']);
    await fixture.submits('review', monday);
    await work(id);
    expect(types()).toEqual(['registration.queued']);
    await disableEndpoint(deps, { actorId, endpointId: id });
    await fixture.submits('review', monday);
    await work(id);
    expect(types()).toEqual(['registration.queued']);
    await expect(sendTestEvent(deps, id)).rejects.toThrow('disabled');
  });

  test('two workers at the same time add the deliveries of a notice once', async () => {
    await start();
    await endpoint();
    for (let n = 0; n < 5; n += 1) await fixture.submits('review', monday);
    await Promise.all([spreadNotices(deps), spreadNotices(deps), spreadNotices(deps)]);
    expect(await deliveries()).toHaveLength(10);
  });
});
