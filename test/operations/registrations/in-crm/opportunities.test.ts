/** The opportunity of a registration in the CRM: linked, moved, won, lost, reopened and deleted there. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registrationEvents } from '#src/db/registrations/lifecycle/event-store.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { fireDueTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { people, type CrmKind } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';
import { crmDealsFor, type DealsInCrm } from './deals-in-crm.ts';

const day = 86_400_000;
const noProgress = async (): Promise<void> => {};

describe.each<CrmKind>(['salesforce', 'hubspot'])('an opportunity of %s', { timeout: 90_000 }, (kind) => {
  let crm: DecidingCrm;
  let deals: DealsInCrm;
  beforeAll(async () => {
    crm = await startDecidingCrm(kind);
    deals = crmDealsFor(kind, crm);
  }, 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());

  const customers = [
    'Auerbach Kupfer',
    'Birkenau Textil',
    'Cadolzburg Holz',
    'Dornach Medizin',
    'Ebersberg Glas',
    'Freising Stahl',
    'Garching Optik',
    'Herrsching Boote',
    'Isen Papier',
    'Jettingen Farben',
  ].values();

  async function approved(): Promise<string> {
    const extId = await crm.register(customers.next().value ?? '');
    await crm.follow(extId);
    expect(await crm.show(extId)).toMatchObject({ lifecycleState: 'approved' });
    return extId;
  }

  async function converted() {
    const registration = await approved();
    const deal = await deals.create(`Deal of ${registration}`);
    await deals.link(registration, deal);
    await deals.follow({ deals: [deal], registrations: [registration] });
    return { registration, deal };
  }

  async function moves(extId: string): Promise<readonly string[]> {
    const all = await registrationEvents(crm.deps.db, await crm.idOf(extId));
    return all.map(({ event: { move } }) => move).filter((move) => move.startsWith('opportunity.'));
  }

  async function noticesOf(extId: string, event: string): Promise<number> {
    const rows = await crm.deps.db.execute(
      sql`select 1 from lifecycle_notice where registration_id = ${await crm.idOf(extId)} and event = ${event}`,
    );
    return rows.length;
  }

  test('that the record of an approved registration names converts it, once', async () => {
    const { registration, deal } = await converted();
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'converted', status: 'approved' });
    await deals.follow({ deals: [deal], registrations: [registration] });
    await evaluateRegistrations(crm.deps, noProgress);
    expect(await moves(registration)).toEqual(['opportunity.linked']);
  });

  test('that is won, reopened and lost there takes the registration along, also when it is read twice', async () => {
    const { registration, deal } = await converted();
    for (const [stage, state] of [
      ['won', 'won'],
      ['later', 'converted'],
      ['lost', 'lost'],
    ] as const) {
      await deals.move(deal, stage, stage === 'lost' ? 'Lost to competitor' : undefined);
      await deals.follow({ deals: [deal] });
      await deals.follow({ deals: [deal] });
      await crm.follow(registration);
      expect(await crm.show(registration)).toMatchObject({ lifecycleState: state });
    }
    expect(await crm.show(registration)).toMatchObject({
      reasonCode: kind === 'hubspot' ? 'lost_to_competitor' : 'other',
    });
    expect(await moves(registration)).toEqual([
      'opportunity.linked',
      'opportunity.won',
      'opportunity.reopened',
      'opportunity.lost',
    ]);
  });

  test('whose lost reason no list has is lost for another reason, in the words of the CRM', async () => {
    const { registration, deal } = await converted();
    await deals.move(deal, 'lost', 'They moved to the moon');
    await deals.follow({ deals: [deal] });
    await crm.follow(registration);
    expect(await crm.show(registration)).toMatchObject({
      lifecycleState: 'lost',
      reasonCode: 'other',
      ...(kind === 'hubspot' ? { reason: 'They moved to the moon' } : {}),
    });
  });

  test('that is deleted gives the approval back, and converts again when it is restored', async () => {
    const { registration, deal } = await converted();
    await deals.remove(deal);
    await deals.follow({ deals: [deal] });
    await crm.follow(registration);
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'approved' });
    expect(await noticesOf(registration, 'opportunity_gone')).toBe(1);
    await deals.follow({ deals: [deal], registrations: [registration] });
    expect(await noticesOf(registration, 'opportunity_gone')).toBe(1);
    await deals.restore(deal);
    await deals.link(registration, deal);
    await deals.follow({ deals: [deal], registrations: [registration] });
    await crm.follow(registration);
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'converted' });
  });

  test('that a person takes off the record gives the approval back', async () => {
    const { registration, deal } = await converted();
    await deals.unlink(registration, deal);
    await deals.follow({ registrations: [registration] });
    await crm.follow(registration);
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'approved' });
    expect(await moves(registration)).toEqual(['opportunity.linked', 'opportunity.deleted']);
  });

  test('that a person names in Fairway is named on the record, and is one link', async () => {
    const registration = await approved();
    const deal = await deals.create('Named in Fairway');
    await deals.follow({ deals: [deal] });
    const [row] = await crm.deps.db.execute<{ id: string }>(
      sql`select record_id as id from link where object = ${deals.object} and ext_id = ${deal}`,
    );
    const { refused } = await applyLifecycleCommand(crm.deps, {
      at: Math.floor(crm.deps.clock().getTime() / 1000),
      by: people.aisha.email,
      via: 'api',
      do: 'convert',
      registration: await crm.idOf(registration),
      with: { opportunity: row?.id },
    });
    expect(refused).toBeNull();
    await crm.follow(registration);
    await deals.follow({ deals: [deal], registrations: [registration] });
    expect(await deals.named(registration)).toBe(deal);
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'converted' });
    expect(await moves(registration)).toEqual([]);
    await deals.unlink(registration, deal);
    await deals.follow({ registrations: [registration] });
    await crm.follow(registration);
    expect(await deals.named(registration)).toBeNull();
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'approved' });
  });

  test('that changes its stage is activity, so that the registration does not lapse', async () => {
    const { registration, deal } = await converted();
    const activity = async (): Promise<number> => {
      const [row] = await crm.deps.db.execute<{ at: number }>(
        sql`select (body ->> 'lastActivityAt')::int as at from registration_lifecycle where registration_id = ${await crm.idOf(registration)}`,
      );
      return row?.at ?? 0;
    };
    const before = await activity();
    crm.pass(20 * day);
    await deals.move(deal, 'later');
    await deals.follow({ deals: [deal] });
    expect((await activity()) - before).toBeGreaterThan(19 * 86_400);
    const after = await activity();
    crm.pass(day);
    await deals.follow({ deals: [deal] });
    await evaluateRegistrations(crm.deps, noProgress);
    expect(await activity()).toBe(after);
  });

  test('whose news two workers read at once moves the registration once', async () => {
    const { registration, deal } = await converted();
    await deals.move(deal, 'won');
    const read = () => deals.follow({ deals: [deal] });
    await Promise.all([read(), read(), evaluateRegistrations(crm.deps, noProgress)]);
    await evaluateRegistrations(crm.deps, noProgress);
    await crm.follow(registration);
    expect(await moves(registration)).toEqual(['opportunity.linked', 'opportunity.won']);
  });

  test('that was won before the record named it is won at once', async () => {
    const registration = await approved();
    const deal = await deals.create('Won early');
    await deals.move(deal, 'won');
    await deals.link(registration, deal);
    await deals.follow({ registrations: [registration], deals: [deal] });
    expect(await moves(registration)).toEqual(['opportunity.linked', 'opportunity.won']);
  });

  test('that is won after the protection has ended changes nothing and gives one notice', async () => {
    const { registration, deal } = await converted();
    crm.pass(200 * day);
    await fireDueTimers(crm.deps);
    await deals.move(deal, 'won');
    await deals.follow({ deals: [deal] });
    await evaluateRegistrations(crm.deps, noProgress);
    await crm.follow(registration);
    expect(await crm.show(registration)).toMatchObject({ lifecycleState: 'expired' });
    expect(await noticesOf(registration, 'won_after_expiry')).toBe(1);
  });
});
