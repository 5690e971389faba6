import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import {
  resumeAutomaticApproval,
  showAutomaticApproval,
} from '#src/operations/registrations/automatic/stop-automatic-approval.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import {
  startCrmRegistrations,
  type CrmRegistrations,
} from '#test/operations/registrations/crm-registrations.ts';
import { addPerson } from '#test/support/people/people.ts';

let crm: CrmRegistrations;
let olga: string;
let admin: string;
beforeAll(async () => {
  crm = await startCrmRegistrations();
  olga = (await addPerson(crm.fixture.deps, { name: 'Olga', role: 'ops' })).email;
  admin = (await addPerson(crm.fixture.deps, { name: 'Ada', role: 'admin' })).id;
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

const publish = (automatic: ProgramDocument['approval']['automatic']) =>
  publishProgram(
    crm.fixture.deps,
    programText(({ approval }) => ({ lifecycle: 'on', approval: { ...approval, automatic } })),
  );

async function registered(customer: string): Promise<string> {
  const extId = await crm.register(customer);
  await crm.follow(extId);
  return extId;
}

async function reopen(extId: string): Promise<void> {
  const { deps } = crm.fixture;
  const command: LifecycleCommand = {
    at: Math.floor(deps.sharedClock().getTime() / 1000),
    by: olga,
    via: 'console',
    do: 'reopen',
    registration: await crm.idOf(extId),
    with: { reasonCode: 'decided_in_error' },
  };
  const { refused } = await applyLifecycleCommand(deps, { ...command, do: 'reopen' });
  expect(refused).toBeNull();
}

const alerts = async () =>
  (
    await crm.fixture.deps.db.execute<{ message: string }>(
      sql`select message from alert where state = 'automatic_approval'`,
    )
  ).map(({ message }) => message);

const audited = async () =>
  (
    await crm.fixture.deps.db.execute<{ action: string; reason: string | null; actor: string | null }>(
      sql`select action, reason, actor_id as actor from audit_event where action like 'program.automatic%' order by id`,
    )
  ).map((row) => ({ ...row }));

describe('automatic approval', { timeout: 60_000 }, () => {
  test('stops above the share that the programme allows, says so, and goes on when an admin switches it on', async () => {
    const { deps } = crm.fixture;
    const limit = { percent: 30, ofLast: 10, atLeast: 3 };
    await publish({ enabled: true, stopWhenOverturned: limit });
    const [first, second] = [await registered('Alpha Werke'), await registered('Beta Mills')];
    await reopen(first);
    // One of two is more than 30 %, but two are fewer than three.
    expect(await showAutomaticApproval(deps)).toMatchObject({
      limit,
      measured: { decided: 2, overturned: 1 },
      stop: null,
    });
    const third = await registered('Gamma Foundry');
    expect((await crm.read(second)).status).toBe('approved');
    expect((await crm.read(third)).status).toBe('approved');
    const stop = { decided: 3, overturned: 1 };
    expect(await showAutomaticApproval(deps)).toMatchObject({ measured: stop, stop });
    expect(await alerts()).toEqual([
      expect.stringContaining('1 of the last 3 automatic approvals were overturned'),
    ]);

    const fourth = await crm.read(await registered('Delta Presses'));
    expect(fourth.status).toBe('in_review');
    expect(fourth.reviewer).toEqual([
      expect.stringMatching(
        /^automatic_approval review: No conflict was found\. Automatic approval has stopped on .*1 of 3/,
      ),
    ]);
    const partnerText = 'No conflict was found. A person checks the registration before it is approved.';
    expect(fourth.crm).toMatchObject({ status: 'in_review', conflict_summary: partnerText });

    await resumeAutomaticApproval(deps, { personId: admin, reason: 'The product list was wrong.' });
    expect(await showAutomaticApproval(deps)).toMatchObject({
      measured: { decided: 0, overturned: 0 },
      stop: null,
    });
    expect(await audited()).toEqual([
      { action: 'program.automatic_approval_stopped', reason: null, actor: null },
      {
        action: 'program.automatic_approval_resumed',
        reason: 'The product list was wrong.',
        actor: admin,
      },
    ]);
    await expect(resumeAutomaticApproval(deps, { personId: admin, reason: 'Again' })).rejects.toThrow(
      'has not stopped',
    );
    expect((await crm.read(await registered('Epsilon Castings'))).status).toBe('approved');
    expect(await alerts()).toHaveLength(1);
  });

  test('can be off in a programme, so that a person approves every registration', async () => {
    await publish({ enabled: false, stopWhenOverturned: null });
    const { status, reviewer } = await crm.read(await registered('Zeta Bearings'));
    expect(status).toBe('in_review');
    expect(reviewer).toEqual([
      'automatic_approval review: No conflict was found. Automatic approval is off in the programme, so a person approves it.',
    ]);
  });
});
