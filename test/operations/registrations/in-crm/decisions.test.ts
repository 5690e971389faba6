import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { decideFromCrm } from '#src/operations/registrations/lifecycle/decide-from-crm.ts';
import { fireDueTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { readDecisions } from '#src/operations/pull/read-decisions.ts';
import { followDecisions } from '#src/operations/refresh/follow-decisions.ts';
import { partnerNames } from '#test/operations/registrations/crm-registrations.ts';
import { people, type CrmKind } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';

const day = 86_400_000;

describe.each<CrmKind>(['salesforce', 'hubspot'])('a registration of %s', { timeout: 90_000 }, (kind) => {
  let crm: DecidingCrm;
  beforeAll(async () => {
    crm = await startDecidingCrm(kind);
  }, 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());

  let customers = 0;
  async function waiting(): Promise<string> {
    customers += 1;
    const customer = `${['Aurora', 'Borealis', 'Cassini', 'Delphi', 'Eridani', 'Fornax', 'Gemini', 'Hydra', 'Indus', 'Juno', 'Kepler', 'Lyra', 'Mensa', 'Norma', 'Orion'][customers]} Glaswerk`;
    return crm.waiting(customer);
  }

  async function decided(extId: string, deciding: Parameters<DecidingCrm['decide']>[1]) {
    await crm.decide(extId, deciding);
    await crm.follow(extId);
    return crm.show(extId);
  }

  async function byApi(extId: string, by: string, move: Move, values: LifecycleCommand['with'] = {}) {
    const at = Math.floor(crm.deps.clock().getTime() / 1000);
    const registration = await crm.idOf(extId);
    const command = { at, by, via: 'api', do: move, registration, with: values } as const;
    expect((await applyLifecycleCommand(crm.deps, command)).refused).toBeNull();
    await crm.follow(extId);
  }

  async function events(extId: string): Promise<readonly string[]> {
    const all = await registrationEvents(crm.deps.db, await crm.idOf(extId));
    return all.map(({ event: { move, actor, via, refusal } }) =>
      [move, via, actor, refusal].filter(Boolean).join(' '),
    );
  }

  async function noticesOf(extId: string, event: string) {
    return crm.deps.db.execute(
      sql`select recipients from lifecycle_notice where registration_id = ${await crm.idOf(extId)} and event = ${event}`,
    );
  }

  test('is decided in the CRM as the decision of the person who made it there', async () => {
    const extId = await waiting();
    expect(await decided(extId, { by: 'lena', decision: 'approve', seenVersion: 1 })).toMatchObject({
      status: 'approved',
      lifecycleState: 'approved',
      lifecycleVersion: '2',
      decisionRefused: null,
    });
    expect(await events(extId)).toContainEqual(`approve crm ${people.lena.email}`);
  });

  test('is refused in the CRM beside a registration in force, which needs a reason', async () => {
    const first = await crm.register('Zenit Porzellan');
    await crm.follow(first);
    const extId = await crm.register('Zenit Porzellan', partnerNames[1]);
    await crm.follow(extId);
    expect(await decided(extId, { by: 'lena', decision: 'approve', seenVersion: 1 })).toMatchObject({
      lifecycleState: 'in_review',
      decisionRefused: expect.stringContaining('(rival_in_force)'),
    });
  });

  test('is rejected in the CRM with the reason that the person chose, in words', async () => {
    const extId = await waiting();
    const deciding = {
      by: 'marco',
      decision: 'reject',
      reasonCode: 'other',
      text: 'No stock.',
      seenVersion: 1,
    } as const;
    expect(await decided(extId, deciding)).toMatchObject({
      lifecycleState: 'rejected',
      reasonCode: 'other',
      reason: expect.stringContaining('No stock.'),
    });
  });

  test('refuses a decision without its reason and about an older version, and says so on the record', async () => {
    const extId = await waiting();
    expect(await decided(extId, { by: 'lena', decision: 'reject', seenVersion: 1 })).toMatchObject({
      lifecycleState: 'in_review',
      decisionRefused: 'Choose a reason. (reason_required)',
    });
    expect(await noticesOf(extId, 'crm_refused')).toEqual([{ recipients: [people.lena.email] }]);
    await byApi(extId, people.marco.email, 'request_info', {
      reasonCode: 'unclear_customer',
      question: 'Who?',
    });
    await byApi(extId, people.aisha.email, 'answer_info', { answer: 'Them.' });
    const stale = await decided(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
    expect(stale).toMatchObject({
      lifecycleState: 'in_review',
      decisionRefused: expect.stringContaining('(stale_version)'),
    });
    expect(await decided(extId, { by: 'lena', decision: 'approve', seenVersion: 3 })).toMatchObject({
      lifecycleState: 'approved',
      decisionRefused: null,
    });
  });

  test('refuses a user whom Fairway does not know, and a program, and tells the lead', async () => {
    const extId = await waiting();
    const bySam = await decided(extId, { by: 'sam', decision: 'approve', seenVersion: 1 });
    const expected = kind === 'salesforce' ? 'unknown_person' : 'author_not_proven';
    expect(bySam).toMatchObject({
      lifecycleState: 'in_review',
      decisionRefused: expect.stringContaining(`(${expected})`),
    });
    const byProgram = await decided(extId, { by: 'integration', decision: 'approve', seenVersion: 1 });
    expect(byProgram).toMatchObject({
      lifecycleState: 'in_review',
      decisionRefused: expect.stringContaining('(author_not_proven)'),
    });
    expect(await noticesOf(extId, 'crm_refused')).toHaveLength(2);
  });

  test('that was decided over the API refuses a second decision in the CRM', async () => {
    const extId = await waiting();
    await crm.decide(extId, { by: 'lena', decision: 'reject', reasonCode: 'not_certified', seenVersion: 1 });
    await byApi(extId, people.marco.email, 'approve');
    expect(await crm.show(extId)).toMatchObject({
      lifecycleState: 'approved',
      decisionRefused: expect.stringContaining('(already_decided)'),
    });
  });

  test('asks the partner in the CRM, is answered there, and goes on', async () => {
    const extId = await waiting();
    const ask = {
      decision: 'request_info',
      reasonCode: 'unclear_customer',
      text: 'Which site?',
    } as const;
    expect(await decided(extId, { by: 'lena', ...ask, seenVersion: 1 })).toMatchObject({
      status: 'information_needed',
      lifecycleState: 'info_requested',
      decisionDue: null,
    });
    const answer = {
      by: 'aisha',
      decision: 'answer_info',
      text: 'The one in Lyon.',
      seenVersion: 2,
    } as const;
    expect(await decided(extId, answer)).toMatchObject({
      lifecycleState: 'in_review',
      lifecycleVersion: '3',
    });
  });

  test('is appealed over the API, and the appeal is decided in the CRM by a person who had no part in it', async () => {
    const extId = await waiting();
    await decided(extId, { by: 'lena', decision: 'reject', reasonCode: 'not_certified', seenVersion: 1 });
    const [row] = await crm.deps.db.execute<{ service: string }>(
      sql`select name as service from lifecycle_person where role = 'service' limit 1`,
    );
    await byApi(extId, row?.service ?? '', 'appeal', { text: 'We are certified.' });
    const deciding = { decision: 'overturn', reasonCode: 'rule_misapplied', seenVersion: 3 } as const;
    expect(await decided(extId, { by: 'lena', ...deciding })).toMatchObject({
      lifecycleState: 'appealed',
      decisionRefused: expect.stringContaining('(same_reviewer)'),
    });
    expect(await decided(extId, { by: 'marco', ...deciding })).toMatchObject({ lifecycleState: 'approved' });
  });

  test('without a version counts only for the version that Fairway wrote to the record before', async () => {
    const extId = await waiting();
    expect(await decided(extId, { by: 'lena', decision: 'approve' })).toMatchObject({
      lifecycleState: 'approved',
    });
    const changed = await waiting();
    await crm.decide(changed, { by: 'lena', decision: 'approve' });
    // It changes before Fairway reads the decision.
    await byApi(changed, people.marco.email, 'request_info', {
      reasonCode: 'unclear_customer',
      question: '?',
    });
    expect(await crm.show(changed)).toMatchObject({
      lifecycleState: 'info_requested',
      decisionRefused: expect.stringMatching(/stale_version|illegal_move/),
    });
  });

  test('is decided once by a decision that two workers read, and by one whose worker stopped after reading', async () => {
    const extId = await waiting();
    await crm.decide(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
    const connectionId = crm.connection.id;
    await readDecisions(crm.deps, { connectionId, runId: null, registrations: [extId] });
    const input = { connectionId, versionField: null };
    const handled = await Promise.all([decideFromCrm(crm.deps, input), decideFromCrm(crm.deps, input)]);
    expect(handled.toSorted((a, b) => a - b)).toEqual([0, 1]);
    await followDecisions(crm.deps, { connectionId, runId: null, registrations: [extId] });
    await crm.follow(extId);
    expect((await events(extId)).filter((event) => event.includes(people.lena.email))).toEqual([
      `approve crm ${people.lena.email}`,
    ]);
    expect(await crm.show(extId)).toMatchObject({ lifecycleState: 'approved', decisionRefused: null });
  });

  test('shows its extension, its end and a missed deadline when the time comes', async () => {
    const late = await waiting();
    const extId = await waiting();
    await decided(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
    const until = (await crm.show(extId))['protectedUntil'] ?? '';
    crm.pass(80 * day);
    await fireDueTimers(crm.deps);
    await crm.follow(extId, late);
    expect(await events(late)).toContainEqual(expect.stringMatching(/^escalate_100/));
    const [row] = await crm.deps.db.execute<{ service: string }>(
      sql`select name as service from lifecycle_person where role = 'service' limit 1`,
    );
    await byApi(extId, row?.service ?? '', 'request_extension');
    const version = Number((await crm.show(extId))['lifecycleVersion']);
    const extended = await decided(extId, { by: 'marco', decision: 'grant_extension', seenVersion: version });
    expect(extended).toMatchObject({ extensionsUsed: '1', lifecycleState: 'approved' });
    expect((extended['protectedUntil'] ?? '') > until).toBe(true);
    crm.pass(60 * day);
    await fireDueTimers(crm.deps);
    await crm.follow(extId);
    expect(await crm.show(extId)).toMatchObject({ lifecycleState: 'expired', daysLeft: null });
  });
});
