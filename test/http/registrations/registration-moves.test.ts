import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

/** The clock of the service. */
const now = '2026-06-15T08:00:00Z';
const olga = 'olga@vendor.test';

let http: HttpTest;
let fixture: LifecycleFixture;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now, {
    approvalSteps: [{ name: 'review', anyOf: [olga, 'oscar@vendor.test'] }],
  });
});
afterAll(() => http[Symbol.asyncDispose]());

const move = async (id: string, payload: object, name = 'olga', role: 'ops' | 'admin' | 'viewer' = 'ops') =>
  (await http.as(role, name))({ method: 'POST', url: `/api/registrations/${id}/moves`, payload });
const read = async (id: string, name: string, role: 'ops' | 'viewer' = 'ops') =>
  (await http.as(role, name))({ url: `/api/registrations/${id}/lifecycle` });

describe('moves over HTTP', () => {
  test('the page shows a person their moves, and an accepted move its event', async () => {
    await http.as('ops', 'olga');
    const id = await fixture.submits('review', now);
    expect((await read(id, 'olga')).json()).toMatchObject({
      state: 'in_review',
      version: 1,
      mayDecide: [olga],
      legalMoves: ['approve', 'reject', 'request_info', 'supersede', 'withdraw'],
      decisionDue: '2026-06-17T08:00:00.000Z',
      reasons: { reject: expect.arrayContaining([{ code: 'other', text: 'Another reason' }]) },
    });
    const page = await (await http.as('ops', 'olga'))({ url: `/api/registrations/${id}` });
    expect(page.json()).toMatchObject({ hasLifecycle: true });
    expect((await read(id, 'vera', 'viewer')).json()).toMatchObject({ legalMoves: [], editableFields: [] });
    const answer = await move(id, { move: 'reject', ifVersion: 1, reasonCode: 'not_certified' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      state: 'rejected',
      version: 2,
      reasonCode: 'not_certified',
      legalMoves: ['reopen'],
      events: [
        { move: 'submit', actor: 'pat@scenario.example', role: 'partner', version: 1 },
        {
          move: 'reject',
          actor: olga,
          role: 'ops',
          via: 'api',
          reasonCode: 'not_certified',
          before: { state: 'in_review' },
          after: { state: 'rejected' },
          version: 2,
        },
      ],
    });
  });

  test.each([
    [
      'a state',
      { move: 'uphold', reasonCode: 'decision_confirmed' },
      'olga',
      409,
      { reason: 'illegal_move' },
    ],
    [
      'a page that is out of date',
      { move: 'approve', ifVersion: 7 },
      'olga',
      409,
      { reason: 'stale_version' },
    ],
    ['a person who is no approver', { move: 'approve' }, 'other', 403, { reason: 'not_an_approver' }],
    ['a missing reason', { move: 'reject' }, 'olga', 400, { reason: 'reason_required' }],
    ['a locked field', { move: 'edit', fields: { number: '1' } }, 'olga', 409, { reason: 'field_locked' }],
  ])('a refusal because of %s names it', async (_, payload, name, status, detail) => {
    await http.as('ops', 'olga');
    const id = await fixture.submits('review', now);
    const answer = await move(id, payload, name);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error: { detail, message: expect.stringMatching(/\.$/) } });
    expect((await read(id, 'olga')).json()).toMatchObject({ state: 'in_review', version: 1 });
  });

  test('the list names who decides next until when, and shows an appeal among those that wait', async () => {
    const ask = await http.as('ops', 'olga');
    const id = await fixture.submits('review', now);
    const listed = async () => {
      const { registrations, waiting } = (
        await ask({ url: '/api/registrations?status=waiting&limit=200' })
      ).json<{
        registrations: { id: string }[];
        waiting: number;
      }>();
      const { registrations: onOverview } = (await ask({ url: '/api/overview' })).json<{
        registrations: { waiting: number };
      }>();
      expect(onOverview.waiting).toBe(waiting);
      return { row: registrations.find((one) => one.id === id), waiting };
    };
    const before = await listed();
    expect(before.row).toMatchObject({
      state: 'in_review',
      nextDecider: olga,
      answerDueAt: '2026-06-17T08:00:00.000Z',
      overdue: false,
    });
    const mine = async (name: string) => {
      const answer = await (await http.as('ops', name))({ url: '/api/registrations?decider=me&limit=200' });
      return answer.json<{ registrations: { id: string }[] }>().registrations.some((one) => one.id === id);
    };
    expect([await mine('olga'), await mine('oscar'), await mine('ol')]).toEqual([true, false, false]);
    await move(id, { move: 'reject', reasonCode: 'not_certified' });
    expect(await mine('olga')).toBe(false);
    expect(await listed()).toEqual({ row: undefined, waiting: before.waiting - 1 });
    const appeal = await applyLifecycleCommand(http.deps, {
      at: Date.parse(now) / 1000,
      by: 'pat@scenario.example',
      via: 'api',
      do: 'appeal',
      registration: id,
      with: { text: 'We are certified since May.' },
    });
    expect(appeal.refused).toBeNull();
    const after = await listed();
    expect(after.row).toMatchObject({ state: 'appealed', status: 'rejected', overdue: false });
    expect(after.waiting).toBe(before.waiting);
  });

  test('a viewer may not move, and an unknown registration is not found', async () => {
    const id = await fixture.submits('review', now);
    expect((await move(id, { move: 'approve' }, 'vera', 'viewer')).statusCode).toBe(403);
    const unknown = http.deps.ids();
    expect((await read(unknown, 'olga')).statusCode).toBe(404);
    const answer = await move(unknown, { move: 'approve' });
    expect(answer.json()).toMatchObject({
      error: { code: 'not_found', detail: { reason: 'no_such_registration' } },
    });
  });

  test('the same reason decides several, and each one answers for itself', async () => {
    const ask = await http.as('ops', 'olga');
    const ids = [];
    for (let count = 0; count < 4; count += 1) ids.push(await fixture.submits('review', now));
    const [first = '', second = '', stale = '', done = ''] = ids;
    await move(done, { move: 'reject', reasonCode: 'not_certified' });
    const payload = {
      move: 'reject',
      reasonCode: 'other',
      text: 'The quarter is over.',
      registrations: [
        { id: first, version: 1 },
        { id: stale, version: 3 },
        { id: done, version: 2 },
        { id: second, version: 1 },
      ],
    };
    const send = (body: object) => ask({ method: 'POST', url: '/api/registrations/moves', payload: body });
    expect((await send(payload)).json()).toEqual({
      decided: [
        { id: first, refused: null },
        { id: stale, refused: expect.stringMatching(/has changed since/) },
        { id: done, refused: expect.stringMatching(/decided already|present state/) },
        { id: second, refused: null },
      ],
    });
    const states = await Promise.all(ids.map(async (id) => (await read(id, 'olga')).json().state));
    expect(states).toEqual(['rejected', 'rejected', 'in_review', 'rejected']);
    const again = (await send(payload)).json<{ decided: { refused: string | null }[] }>();
    expect(again.decided.every(({ refused }) => refused !== null)).toBe(true);
    expect((await read(first, 'olga')).json().events).toHaveLength(2);

    const denied = await (
      await http.as('viewer', 'vera')
    )({
      method: 'POST',
      url: '/api/registrations/moves',
      payload,
    });
    // A viewer without a role in the channel has no moves.
    expect(
      denied.json<{ decided: { refused: string | null }[] }>().decided.map(({ refused }) => refused),
    ).toEqual(ids.map(() => expect.stringMatching(/role/)));
    expect((await send({ ...payload, registrations: [] })).statusCode).toBe(400);
    expect(
      (await send({ ...payload, registrations: [{ id: stale, version: 1 }], text: undefined })).json(),
    ).toEqual({
      decided: [{ id: stale, refused: 'Explain the reason “other”.' }],
    });
  });
});
