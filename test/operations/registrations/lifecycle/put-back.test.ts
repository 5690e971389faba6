import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { noProgress } from '#test/operations/hints/hints-fixture.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import {
  startCrmRegistrations,
  type CrmRegistrations,
} from '#test/operations/registrations/crm-registrations.ts';

let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
  const text = programText(({ engagement }) => ({
    lifecycle: 'on',
    engagement: { ...engagement, afterApproval: 'put_back' as const },
  }));
  await publishProgram(crm.fixture.deps, text);
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

async function approved(customer: string): Promise<string> {
  const extId = await crm.register(customer);
  await crm.follow(extId);
  expect((await lifecycle(extId)).state).toBe('approved');
  return extId;
}

async function lifecycle(extId: string) {
  const id = await crm.idOf(extId);
  const at = Math.floor(crm.fixture.deps.sharedClock().getTime() / 1000);
  const shown = await showLifecycle(crm.fixture.deps, id, { at });
  const events = await registrationEvents(crm.fixture.deps.db, id);
  const notices = await crm.fixture.deps.db.execute<{ event: string; recipients: string[] }>(
    sql`select event, recipients from lifecycle_notice where registration_id = ${id} order by at, event`,
  );
  return {
    state: shown?.registration.state,
    terms: shown?.registration.terms,
    refusal: shown?.registration.crmRefusal,
    lead: shown?.registration.programme.lead,
    last: events.at(-1),
    notices: [...notices],
  };
}

async function edited(extId: string, values: Readonly<Record<string, string>>): Promise<void> {
  await crm.edit(extId, values);
  await crm.follow(extId);
  const { deps, connection } = crm.fixture;
  const scope = { registrationIds: [await crm.idOf(extId)] };
  await planWrites(deps, { runId: null, scope }, noProgress);
  await pushConnection(deps, { connectionId: connection.id, runId: null }, noProgress);
  await crm.follow(extId);
}

async function inCrm(extId: string, ...names: readonly string[]) {
  const path = `/crm/objects/2026-09/p_fairway_registration/${extId}?properties=${names.join(',')}`;
  const { properties } = await crm.fixture.call('GET', path);
  return names.map((name) => properties[name]);
}

test('another customer in the CRM after the approval is put back, and the lead and the record learn why', async () => {
  const extId = await approved('Alabaster Museum');
  await edited(extId, { customer_name: 'Onyx Museum', amount: '12000' });
  expect(await inCrm(extId, 'customer_name', 'amount')).toEqual(['Alabaster Museum', '12000']);
  const { state, terms, refusal, lead, last, notices } = await lifecycle(extId);
  expect({ state, terms, refusal }).toMatchObject({
    state: 'approved',
    terms: { customerName: 'Alabaster Museum', amount: '12000.00' },
    refusal: 'field_locked',
  });
  expect(notices).toContainEqual({ event: 'crm_refused', recipients: expect.arrayContaining([lead]) });
  const events = await registrationEvents(crm.fixture.deps.db, await crm.idOf(extId));
  const putBack = events.find(({ event }) => event.move === 'crm.put_back');
  expect(putBack?.evidence?.given).toMatchObject({ fields: ['customerName'] });
  expect(last?.event.move).toBe('crm.edited');
});

test('a crash while an edit is put back loses neither the value nor the news', async () => {
  const { db } = crm.fixture.deps;
  const extId = await approved('Basalt Museum');
  await db.execute(sql`
    create function refuse_put_back() returns trigger language plpgsql as $$ begin raise 'the process ends here'; end $$`);
  await db.execute(sql`
    create trigger refuse_put_back before insert on registration_event for each row
    when (new.move = 'crm.put_back') execute function refuse_put_back()`);
  await expect(edited(extId, { customer_name: 'Schist Museum' })).rejects.toThrow(/registration_event/);
  await db.execute(sql`drop function refuse_put_back cascade`);
  await crm.follow(extId);
  const { refusal, notices } = await lifecycle(extId);
  expect(refusal).toBe('field_locked');
  expect(notices.filter(({ event }) => event === 'crm_refused')).toHaveLength(1);
});
