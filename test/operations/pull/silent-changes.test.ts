import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import { openSecrets, sealSecrets } from '#src/db/connections/secrets.ts';
import { saveConnection } from '#src/db/connections/connection-store.ts';
import { startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

/** A HubSpot account that is connected by a service key: it gets no webhooks and no journal. */
let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
  const { deps } = world;
  const connection = await world.connection('hubspot');
  const { accessToken = '' } = openSecrets(deps.config.masterKey, connection.id, connection.secrets);
  const { appId: _app, clientId: _client, ...settings } = connection.settings;
  const { id, kind, name, createdAt } = connection;
  const secrets = sealSecrets(deps.config.masterKey, id, { accessToken });
  await saveConnection(deps.db, { id, kind, name, settings, secrets, createdAt });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

async function act(path: string, body: object): Promise<void> {
  const response = await fetch(`${world.service.addresses.hubspot}/sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

describe('changes that nothing announces', { timeout: 120_000 }, () => {
  it('are seen by the next run: a deleted registration and a deleted payout', async () => {
    const registration = await world.unusedRegistration('hubspot');
    await act('archive', { objectType: 'p_fairway_registration', id: registration.extId });
    const payouts = await world.service.countRecords('hubspot', 'payout');
    const [payout] = await world.deps.db.execute<{ ref: string }>(sql`
      select l.ext_id as ref from link l join connection c on c.id = l.connection_id
      where c.kind = 'hubspot' and l.kind = 'payout' order by 1 limit 1`);
    await act('archive', { objectType: 'p_fairway_payout', id: payout?.ref });
    await world.sync();
    expect(await world.here(registration)).toMatchObject({ deleted: true });
    expect(await world.service.countRecords('hubspot', 'payout')).toBe(payouts);
    expect((await world.sync()).hubspot).toBe(0);
  });

  it('are seen by the next run: a second partner on a registration', async () => {
    const registration = await world.unusedRegistration('hubspot');
    const [rival] = await world.deps.db.execute<{ ref: string }>(sql`
      select l.ext_id as ref from link l join account a on a.id = l.record_id join connection c on c.id = l.connection_id
      where c.kind = 'hubspot' and a.is_partner and not a.deleted
        and a.id <> (select p.account_id from registration r join partner p on p.id = r.partner_id where r.id = ${registration.id})
      limit 1`);
    await act('associate', {
      objectType: 'p_fairway_registration',
      id: registration.extId,
      toObjectType: 'companies',
      toId: rival?.ref,
    });
    await world.sync();
    const [problem] = await world.deps.db.execute(
      sql`select code from problem where ref = ${registration.extId} and status = 'open'`,
    );
    expect(problem).toEqual({ code: 'partner_ambiguous' });
  });

  it('are looked for without reading the objects again', async () => {
    const connector = requireCrm(world.deps.connectorFor(await world.connection('hubspot')));
    expect(connector.listen).toBeNull();
    const before = (await world.service.callsTo('hubspot')).length;
    await world.sync();
    const calls = (await world.service.callsTo('hubspot')).slice(before);
    const lists = calls.filter(
      ({ method, path }) => method === 'GET' && /\/crm\/objects\/2026-09\/[^/]+$/.test(path),
    );
    expect(lists).toEqual([]);
    expect(calls.some(({ path }) => path.includes('/associations/'))).toBe(true);
  });
});
