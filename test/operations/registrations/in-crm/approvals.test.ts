import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { people } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';

type Kind = 'flow' | 'process';

describe('an approval of Salesforce about a registration', { timeout: 60_000 }, () => {
  let crm: DecidingCrm;
  let lena = '';
  let marco = '';
  let robot = '';
  const customers = ['Aurora', 'Borealis', 'Cassini', 'Delphi', 'Eridani', 'Fornax', 'Gemini', 'Hydra'];

  beforeAll(async () => {
    crm = await startDecidingCrm('salesforce');
    const user = async (lastName: string, email: string, rest = {}): Promise<string> =>
      (await crm.control('/users', { username: `${lastName}@approvals.example`, lastName, email, ...rest }))
        .id;
    lena = await user('lena', people.lena.email);
    marco = await user('marco', people.marco.email);
    robot = await user('robot', people.lena.email, { userType: 'AutomatedProcess' });
  }, 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());

  const waiting = (): Promise<string> => crm.waiting(`${customers.shift() ?? expect.fail()} Glaswerk`);
  async function approve(kind: Kind, recordId: string, by: string, more = {}): Promise<string> {
    crm.pass(2_000);
    const approval = { kind, recordId, decision: 'Approved', assignedToId: by, reviewedById: by, ...more };
    const { id } = await crm.control('/approvals', approval);
    crm.pass(2_000);
    return id;
  }
  async function shown(extId: string): Promise<string> {
    await crm.follow(extId);
    const { lifecycleState, decisionRefused } = await crm.show(extId);
    return [lifecycleState, /\((\w+)\)$/.exec(decisionRefused ?? '')?.[1]].filter(Boolean).join(' ');
  }

  test('is the decision of the person who reviewed it, by flow and by process', async () => {
    for (const [kind, by, email] of [
      ['flow', lena, people.lena.email],
      ['process', marco, people.marco.email],
    ] as const) {
      const extId = await waiting();
      await approve(kind, extId, by);
      expect(await shown(extId)).toBe('approved');
      const events = await registrationEvents(crm.deps.db, await crm.idOf(extId));
      expect(events.map(({ event }) => `${event.move} ${event.via} ${event.actor}`)).toContain(
        `approve crm ${email}`,
      );
    }
  });

  test('is refused on the record when a delegate, an automation or a later change made it', async () => {
    const extId = await waiting();
    for (const kind of ['flow', 'process'] as const) {
      await approve(kind, extId, marco, { assignedToId: lena });
      expect(await shown(extId)).toBe('in_review decided_for_another');
      await approve(kind, extId, robot);
      expect(await shown(extId)).toBe('in_review author_not_proven');
    }
    await approve('flow', extId, lena, { autoReviewed: true });
    expect(await shown(extId)).toBe('in_review author_not_proven');
    const id = await approve('flow', extId, lena, { decision: 'Rejected' });
    await crm.call('integration', 'PATCH', `/ApprovalWorkItem/${id}`, { Status: 'Approved' });
    expect(await shown(extId)).toBe('in_review decision_changed');
  });

  test('counts for the version that the record showed, and not when it changed since', async () => {
    const extId = await waiting();
    await approve('process', extId, lena);
    const at = Math.floor(crm.deps.clock().getTime() / 1000);
    const registration = await crm.idOf(extId);
    for (const [by, move, given] of [
      [people.marco.email, 'request_info', { reasonCode: 'unclear_customer', question: 'Who?' }],
      [people.aisha.email, 'answer_info', { answer: 'Them.' }],
    ] as const)
      await applyLifecycleCommand(crm.deps, { at, by, via: 'api', do: move, registration, with: given });
    expect(await shown(extId)).toBe('in_review stale_version');
  });

  test('from before the connection was made is left out', async () => {
    const extId = await waiting();
    for (const kind of ['flow', 'process'] as const) await approve(kind, extId, marco);
    crm.pass(2_000);
    const now = crm.deps.clock().toISOString();
    const ids = await crm.deps.db.execute(
      sql`update connection set created_at = ${now}::timestamptz where id = ${crm.connection.id} returning id`,
    );
    expect(ids).toHaveLength(1);
    expect(await shown(extId)).toBe('in_review');
    await approve('flow', extId, marco);
    expect(await shown(extId)).toBe('approved');
  });

  test('rejects with its comments as the text, and needs them', async () => {
    const extId = await waiting();
    await approve('flow', extId, lena, { decision: 'Rejected' });
    expect(await shown(extId)).toBe('in_review reason_required');
    await approve('process', extId, lena, { decision: 'Rejected', comments: 'No stock.' });
    expect(await shown(extId)).toBe('rejected');
    expect((await crm.show(extId))['reason']).toContain('No stock.');
  });

  test('is left out where the org has none, and decision records count', async () => {
    const hidden = ['ApprovalWorkItem', 'ProcessInstance', 'ProcessInstanceStep'];
    const settings = `${String(crm.connection.settings['loginUrl'])}/sandbox/settings`;
    const changed = await fetch(settings, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ hidden }),
    });
    expect(changed.ok).toBe(true);
    const extId = await waiting();
    await crm.decide(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
    expect(await shown(extId)).toBe('approved');
  });
});
