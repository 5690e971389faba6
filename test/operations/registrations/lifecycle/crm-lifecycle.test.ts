import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
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

const now = (): number => Math.floor(crm.fixture.deps.sharedClock().getTime() / 1000);

async function registered(customer: string, values = {}, partner: string = partnerNames[0]): Promise<string> {
  const extId = await crm.register(customer, values, partner);
  await crm.follow(extId);
  return extId;
}

async function lifecycle(extId: string) {
  const id = await crm.idOf(extId);
  const shown = await showLifecycle(crm.fixture.deps, id, { at: now() });
  const events = await registrationEvents(crm.fixture.deps.db, id);
  return {
    id,
    state: shown?.registration.state,
    terms: shown?.registration.terms,
    clock: shown?.decisionClock?.state,
    moves: events.map(({ event }) => `${event.move} ${event.via ?? ''}`.trim()),
  };
}

async function decides(extId: string, move: Move, values: LifecycleCommand['with'] = {}) {
  const registration = await crm.idOf(extId);
  const command = { at: now(), by: olga, via: 'console', do: move, registration, with: values } as const;
  const { refused } = await applyLifecycleCommand(crm.fixture.deps, command);
  expect(refused).toBeNull();
  await crm.follow(extId);
}

describe('a registration of the CRM, with a programme whose lifecycle is on', () => {
  test('is submitted once and decided by the rules, and the CRM shows it', async () => {
    const extId = await registered('Erika Aluminium');
    expect(await lifecycle(extId)).toMatchObject({
      state: 'approved',
      clock: 'met',
      moves: ['submit crm'],
      terms: { customerName: 'Erika Aluminium', amount: '10000.00', currency: 'EUR' },
    });
    expect(await crm.read(extId)).toMatchObject({ status: 'approved', crm: { status: 'approved' } });
    await crm.follow(extId);
    expect((await lifecycle(extId)).moves).toEqual(['submit crm']);
  });

  test('for the customer of another partner waits for the people of the programme, who decide in steps', async () => {
    await registered('Marmorwerk Süd');
    const extId = await registered('Marmorwerk Süd', {}, partnerNames[1]);
    expect(await crm.read(extId)).toMatchObject({
      status: 'in_review',
      crm: { status: 'in_review' },
      reviewer: [expect.stringContaining('earlier_registration review')],
    });
    await decides(extId, 'reject', { reasonCode: 'conflict_earlier_registration' });
    expect(await crm.read(extId)).toMatchObject({
      status: 'rejected',
      crm: { status: 'rejected', reason: 'The deal was registered earlier', protected_until: null },
    });
  });

  test('twice by one partner is rejected as its own duplicate', async () => {
    await registered('Sandstein Archiv');
    const extId = await registered('Sandstein Archiv');
    const [row] = await crm.fixture.deps.db.execute(
      sql`select body ->> 'reasonCode' as code, state from registration_lifecycle where registration_id = ${await crm.idOf(extId)}`,
    );
    expect(row).toEqual({ code: 'duplicate_own', state: 'rejected' });
  });

  test('without a customer’s name asks the partner; the name that is entered then answers, with new evidence', async () => {
    await registered('Kalkstein Brauerei');
    const extId = await registered('Test customer 2', {}, partnerNames[1]);
    expect(await lifecycle(extId)).toMatchObject({ state: 'info_requested', clock: 'paused' });
    expect((await crm.read(extId)).crm['status']).toBe('information_needed');
    await crm.edit(extId, { customer_name: 'Kalkstein Brauerei' });
    await crm.follow(extId);
    expect(await lifecycle(extId)).toMatchObject({
      state: 'in_review',
      clock: 'running',
      moves: ['submit crm', 'crm.edited'],
      terms: { customerName: 'Kalkstein Brauerei' },
    });
    expect(await crm.read(extId)).toMatchObject({
      crm: { status: 'in_review' },
      reviewer: [expect.stringContaining('earlier_registration review')],
    });
  });

  test('without a product family is submitted when it is entered, and says so until then', async () => {
    const extId = await registered('Basalt Bahnhof', { product_family: '' });
    expect((await lifecycle(extId)).state).toBeUndefined();
    expect((await crm.read(extId)).crm).toMatchObject({
      status: 'information_needed',
      reason: 'Enter the product family. The registration is submitted then.',
    });
    await crm.edit(extId, { product_family: 'Pumps' });
    await crm.follow(extId);
    expect(await lifecycle(extId)).toMatchObject({ state: 'approved', moves: ['submit crm'] });
  });

  test('that is edited after approval keeps it for other terms, and is decided again for another customer', async () => {
    const extId = await registered('Quarzwerk Nord');
    await crm.edit(extId, { amount: '12000' });
    await crm.follow(extId);
    expect(await lifecycle(extId)).toMatchObject({ state: 'approved', terms: { amount: '12000.00' } });
    await crm.edit(extId, { customer_name: 'Tonwerk Nord' });
    await crm.follow(extId);
    expect(await lifecycle(extId)).toMatchObject({
      state: 'in_review',
      terms: { customerName: 'Tonwerk Nord' },
    });
    expect((await crm.read(extId)).crm).toMatchObject({
      status: 'in_review',
      reason: 'The record in the CRM has changed',
    });
    await decides(extId, 'approve');
    expect(await crm.read(extId)).toMatchObject({ status: 'approved', crm: { status: 'approved' } });
  });
});
