import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applyLifecycleCommand,
  type MoveCommand,
} from '#src/operations/registrations/lifecycle/apply-command.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import {
  partnerNames,
  startCrmRegistrations,
  type CrmRegistrations,
} from '#test/operations/registrations/crm-registrations.ts';
import { addPerson } from '#test/support/people/people.ts';

let crm: CrmRegistrations;
let olga: string;
beforeAll(async () => {
  crm = await startCrmRegistrations();
  await publishProgram(
    crm.fixture.deps,
    programText(() => ({ lifecycle: 'on' })),
  );
  olga = (await addPerson(crm.fixture.deps, { name: 'Olga', role: 'ops' })).email;
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

const names = [
  'status',
  'lifecycle_state',
  'reason_code',
  'next_decider',
  'decision_due',
  'days_left',
  'extensions_used',
  'decision_refused',
  'lifecycle_version',
  'registration_link',
] as const;

async function shown(extId: string): Promise<Readonly<Record<string, string | null>>> {
  const path = `/crm/objects/2026-09/p_fairway_registration/${extId}?properties=${names.join(',')}`;
  const { properties } = await crm.fixture.call('GET', path);
  return Object.fromEntries(names.map((name) => [name, properties[name] || null]));
}

async function registered(customer: string, partner: string = partnerNames[0]): Promise<string> {
  const extId = await crm.register(customer, {}, partner);
  await crm.follow(extId);
  return extId;
}

async function decides(extId: string, command: Pick<MoveCommand, 'do' | 'via' | 'with'>) {
  const registration = await crm.idOf(extId);
  const at = Math.floor(crm.fixture.deps.sharedClock().getTime() / 1000);
  const { refused } = await applyLifecycleCommand(crm.fixture.deps, {
    at,
    by: olga,
    registration,
    ...command,
  });
  await crm.follow(extId);
  return refused;
}

describe('the record of a registration with a lifecycle shows in the CRM', () => {
  test('who decides next and by when, and after the decision its code and the days that are left', async () => {
    await registered('Marmorwerk Ost');
    const extId = await registered('Marmorwerk Ost', partnerNames[1]);
    expect(await shown(extId)).toMatchObject({
      status: 'in_review',
      lifecycle_state: 'in_review',
      reason_code: null,
      next_decider: expect.stringContaining(olga),
      decision_due: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      days_left: null,
      extensions_used: '0',
      lifecycle_version: '1',
      registration_link: `${crm.fixture.deps.config.publicUrl ?? ''}/registrations/${await crm.idOf(extId)}`,
    });
    await decides(extId, { do: 'reject', via: 'console', with: { reasonCode: 'not_certified' } });
    expect(await shown(extId)).toMatchObject({
      status: 'rejected',
      lifecycle_state: 'rejected',
      reason_code: 'not_certified',
      next_decider: null,
      decision_due: null,
      lifecycle_version: '2',
    });
  });

  test('the days that are left of its protection, counted in days of the programme’s zone', async () => {
    const extId = await registered('Quarzit Spedition');
    const [row] = await crm.fixture.deps.db.execute<{ days: number }>(
      sql`select protected_until - (now() at time zone 'UTC')::date + 1 as days from registration where id = ${await crm.idOf(extId)}`,
    );
    expect(Math.abs(Number((await shown(extId))['days_left']) - Number(row?.days))).toBeLessThanOrEqual(1);
    expect(Number((await shown(extId))['days_left'])).toBeGreaterThan(80);
  });

  test('why a decision that was made in the CRM was refused, until the next accepted one', async () => {
    const first = await registered('Schieferbruch West');
    const extId = await registered('Schieferbruch West', partnerNames[1]);
    await decides(first, { do: 'withdraw', via: 'console', with: { reasonCode: 'partner_request' } });
    expect(await decides(extId, { do: 'uphold', via: 'crm', with: {} })).toMatchObject({
      reason: 'illegal_move',
    });
    expect((await shown(extId))['decision_refused']).toBe(
      'This is not possible in the present state of the registration. (illegal_move)',
    );
    expect(await decides(extId, { do: 'approve', via: 'crm', with: {} })).toBeNull();
    expect(await shown(extId)).toMatchObject({ lifecycle_state: 'approved', decision_refused: null });
  });
});
