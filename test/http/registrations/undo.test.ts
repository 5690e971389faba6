import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyDeferredDecisions } from '#src/operations/registrations/deferred/apply-deferred-decisions.ts';
import { fireDueTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

const now = '2026-06-15T08:00:00Z';
const olga = 'olga@vendor.test';
const oscar = 'oscar@vendor.test';

let http: HttpTest;
let fixture: LifecycleFixture;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now, {
    approvalSteps: [{ name: 'review', anyOf: [olga, oscar] }],
  });
  await http.as('ops', 'olga');
  await http.as('ops', 'oscar');
});
afterAll(() => http[Symbol.asyncDispose]());

const present = () => http.deps.sharedClock().toISOString();
const post = async (url: string, payload: object, name = 'olga') =>
  (await http.as('ops', name))({ method: 'POST', url, payload });
const move = (id: string, payload: object, name = 'olga') =>
  post(`/api/registrations/${id}/moves`, payload, name);
const undo = async (ids: readonly string[], name = 'olga') =>
  (await post('/api/registrations/undo', { registrations: ids }, name)).json<{
    decided: { id: string; refused: string | null }[];
  }>().decided;
const read = async (id: string) =>
  (await (await http.as('ops', 'olga'))({ url: `/api/registrations/${id}/lifecycle` })).json<{
    state: string;
    version: number;
    legalMoves: string[];
    decisionDue: string | null;
    deferred: object | null;
    notApplied: object | null;
    events: { move: string; actor: string | null; refusal: string | null; at: string; after: object }[];
  }>();
/** Everything that leaves Fairway because of a registration. */
const sent = async (id: string) => {
  const [row] = await http.deps.db.execute<{ notices: string[]; crm: unknown }>(sql`
    select (select coalesce(jsonb_agg(event order by at, id), '[]') from lifecycle_notice where registration_id = ${id}) as notices,
      (select crm_fields from registration_lifecycle where registration_id = ${id}) as crm`);
  return row;
};
const reject = { move: 'reject', reasonCode: 'not_certified', undoSeconds: 10 };
/** After the time to undo, one round of a worker. */
const passTheTime = async () => {
  http.pass(10_000);
  await applyDeferredDecisions(http.deps);
};

describe('a decision that can be undone', () => {
  test('writes and sends nothing before its time is over, and is then applied as of the click', async () => {
    const id = await fixture.submits('review', present());
    const before = await sent(id);
    const clicked = present();
    const answer = await move(id, { ...reject, ifVersion: 1 });
    expect(answer.json()).toMatchObject({
      state: 'in_review',
      version: 1,
      legalMoves: [],
      deferred: { move: 'reject', by: olga },
    });
    http.pass(9_000);
    await applyDeferredDecisions(http.deps);
    expect(await read(id)).toMatchObject({ state: 'in_review', version: 1 });
    expect(await sent(id)).toEqual(before);
    http.pass(1_000);
    await applyDeferredDecisions(http.deps);
    await applyDeferredDecisions(http.deps);
    const shown = await read(id);
    expect(shown).toMatchObject({ state: 'rejected', version: 2, deferred: null, notApplied: null });
    expect(shown.events.map((event) => [event.move, event.actor])).toEqual([
      ['submit', 'pat@scenario.example'],
      ['defer', olga],
      ['reject', olga],
    ]);
    expect(shown.events.at(-1)?.after).toMatchObject({
      decidedAt: Date.parse(clicked) / 1000,
      decisionClock: { stop: { at: Date.parse(clicked) / 1000 } },
    });
    expect((await sent(id))?.notices).toContain('rejected');
  });

  test('is as if it was never made when it is undone, and the events say both', async () => {
    const id = await fixture.submits('review', present());
    const before = [await read(id), await sent(id)] as const;
    await move(id, reject);
    http.pass(5_000);
    expect(await undo([id], 'oscar')).toEqual([
      { id, refused: 'Only the person who made the decision can undo it.' },
    ]);
    expect(await undo([id])).toEqual([{ id, refused: null }]);
    await passTheTime();
    const { events, ...after } = await read(id);
    const { events: eventsBefore, ...registrationBefore } = before[0];
    expect(after).toEqual(registrationBefore);
    expect(await sent(id)).toEqual(before[1]);
    expect(events.slice(eventsBefore.length).map((event) => event.move)).toEqual(['defer', 'undo']);
    // The same person decides again, and this time it is applied.
    await move(id, { ...reject, ifVersion: 1 });
    await passTheTime();
    expect(await read(id)).toMatchObject({ state: 'rejected' });
    expect(await undo([id])).toEqual([{ id, refused: expect.stringContaining('is applied already') }]);
  });

  test('refuses another person meanwhile with the reason, and yields to the partner who withdraws', async () => {
    const id = await fixture.submits('review', present());
    await move(id, reject);
    const refused = await move(id, { move: 'approve' }, 'oscar');
    expect([refused.statusCode, refused.json()]).toMatchObject([
      409,
      {
        error: {
          detail: { reason: 'decision_deferred' },
          message: `${olga} has decided it and can still undo that. Read it again in some seconds.`,
        },
      },
    ]);
    await fixture.does('pat', 'withdraw', present(), id, { reasonCode: 'customer_declined' });
    await passTheTime();
    expect(await read(id)).toMatchObject({
      state: 'withdrawn',
      deferred: null,
      notApplied: { move: 'reject', by: olga, message: expect.stringMatching(/\.$/) },
      events: expect.arrayContaining([expect.objectContaining({ move: 'reject', refusal: 'illegal_move' })]),
    });
  });

  test('is refused at the click when it would be refused, and needs a decision to undo', async () => {
    const id = await fixture.submits('review', present());
    expect((await move(id, { ...reject, ifVersion: 7 })).json()).toMatchObject({
      error: { detail: { reason: 'stale_version' } },
    });
    const convert = await move(id, { move: 'convert', undoSeconds: 10 });
    expect(convert.json()).toMatchObject({
      error: { message: expect.stringMatching(/^undoSeconds: leave it out/) },
    });
    expect(await read(id)).toMatchObject({ state: 'in_review', deferred: null });
  });

  test('is not late when its promised time ends after the click', async () => {
    const id = await fixture.submits('review', present());
    const due = Date.parse((await read(id)).decisionDue ?? '');
    http.pass(due - 4_000 - http.deps.sharedClock().getTime());
    await fireDueTimers(http.deps);
    await move(id, reject);
    http.pass(8_000);
    await fireDueTimers(http.deps);
    await passTheTime();
    await fireDueTimers(http.deps);
    const { notices } = (await sent(id)) ?? { notices: [] };
    expect(notices).toContain('rejected');
    expect(notices).not.toContain('breached');
  });

  test('is late when it is undone after the promised time', async () => {
    const id = await fixture.submits('review', present());
    const due = Date.parse((await read(id)).decisionDue ?? '');
    http.pass(due - 4_000 - http.deps.sharedClock().getTime());
    await move(id, reject);
    http.pass(8_000);
    await undo([id]);
    const { events } = await read(id);
    expect((await sent(id))?.notices).toContain('breached');
    expect(events.at(-1)).toMatchObject({ move: 'escalate_100', at: new Date(due).toISOString() });
  });

  test('several are undone together, each with its outcome', async () => {
    const [first, second] = [
      await fixture.submits('review', present()),
      await fixture.submits('review', present()),
    ];
    const registrations = [first, second].map((id) => ({ id, version: 1 }));
    const { undoSeconds, ...rejection } = reject;
    const answer = await post('/api/registrations/moves', { ...rejection, undoSeconds, registrations });
    expect(answer.json()).toEqual({
      decided: [
        { id: first, refused: null },
        { id: second, refused: null },
      ],
    });
    const list = await (await http.as('ops', 'olga'))({ url: '/api/registrations?status=waiting&limit=200' });
    const { registrations: rows } = list.json<{ registrations: { id: string; deferred: object | null }[] }>();
    expect(rows.find(({ id }) => id === first)).toMatchObject({ deferred: { move: 'reject', by: olga } });
    expect(await undo([first])).toEqual([{ id: first, refused: null }]);
    await passTheTime();
    expect([(await read(first)).state, (await read(second)).state]).toEqual(['in_review', 'rejected']);
  });

  test('is applied once or undone, never both, when workers and its author meet', async () => {
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push(await fixture.submits('review', present()));
    for (const id of ids) await move(id, reject);
    http.pass(10_000);
    const [undone] = await Promise.all([
      undo(ids),
      applyDeferredDecisions(http.deps),
      applyDeferredDecisions(http.deps),
    ]);
    for (const { id, refused } of undone) {
      const { state, events, deferred } = await read(id);
      expect(deferred).toBeNull();
      expect([state, events.at(-1)?.move]).toEqual(
        refused === null ? ['in_review', 'undo'] : ['rejected', 'reject'],
      );
      expect(events.map((event) => event.move).filter((one) => one === 'reject').length).toBeLessThan(2);
    }
  });

  test('of two rivals, the second approval says that the first one is almost in force', async () => {
    const terms = { customerName: 'Zwillingswerk AG', customerCountry: 'DE', productFamily: 'Network' };
    const ids: string[] = [];
    for (const code of ['acme', 'bolt']) {
      const { result } = await submitRegistration(http.deps, {
        by: 'hub@scenario.example',
        via: 'api',
        with: { partner: fixture.partners[code], key: `twin ${code}`, terms },
      });
      if (result === null || !('created' in result)) throw new Error('it was not submitted');
      ids.push(result.created);
    }
    const [first = '', second = ''] = ids;
    if ((await read(first)).state === 'approved')
      await move(first, { move: 'reopen', reasonCode: 'other', text: 'x' });
    expect((await read(first)).state).toBe('in_review');
    expect((await move(first, { move: 'approve', undoSeconds: 10 })).json()).toMatchObject({
      deferred: { move: 'approve' },
    });
    expect((await move(second, { move: 'approve', undoSeconds: 10 })).json()).toMatchObject({
      error: { detail: { reason: 'rival_in_force', rivals: [{ id: first }] } },
    });
    await passTheTime();
    expect((await read(first)).state).toBe('approved');
  });
});
