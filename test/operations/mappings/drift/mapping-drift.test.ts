import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MappedField } from '#mappings/engine/pack/pack.ts';
import { mappingDrift } from '#src/operations/mappings/drift/mapping-drift-shown.ts';
import {
  accountsOf,
  addAccountField,
  addedField,
  draftOf,
  publish,
  writeAccount,
} from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const cityField = { salesforce: 'BillingCity', hubspot: 'city' } as const;
const statusField = {
  salesforce: 'Fairway_Registration_Status__c',
  hubspot: 'fairway_registration_status',
} as const;
const opportunities = { salesforce: 'Opportunity', hubspot: 'deals' } as const;

describe.each(['salesforce', 'hubspot'] as const)('fields that change in %s', { timeout: 120_000 }, (crm) => {
  it('stop alone when they are deleted: all others flow on, what was known stays, and it is reported once', async () => {
    await addAccountField(world, crm);
    const field = addedField[crm];
    const note: MappedField = { local: 'extra.note', remote: field, direction: 'in' };
    const draft = await draftOf(world, crm, 'account', (fields) => [...fields, note], {
      extra: [{ name: 'note', label: 'Note', type: 'text' }],
    });
    await publish(world, draft);
    const [one = '', other = ''] = await accountsOf(world, crm);
    await writeAccount(world, crm, one, { [field]: 'Ours since 2019' });
    await world.sync();
    expect(await ours(crm, one)).toMatchObject({ note: 'Ours since 2019' });

    await deleteField(crm, field);
    await writeAccount(world, crm, one, { [cityField[crm]]: 'Moved Here' });
    await writeAccount(world, crm, other, { [cityField[crm]]: 'Moved There' });
    await expire();
    await world.sync();
    expect(await ours(crm, one)).toEqual({ city: 'Moved Here', note: 'Ours since 2019' });
    expect(await ours(crm, other)).toMatchObject({ city: 'Moved There' });
    const [drift] = await mappingDrift(world.deps, draft.connectionId);
    expect(drift).toMatchObject({
      object: draft.object,
      version: draft.version,
      findings: [
        { change: 'deleted', remote: field, locals: ['extra.note'], stopsSync: true, renamedTo: null },
      ],
    });
    expect(drift?.findings[0]?.message).toContain('All other fields are still synced.');
    expect(await alerts(crm)).toBe(1);
    expect((await world.connection(crm)).status).toBe('active');

    await expire();
    await world.sync();
    expect(await alerts(crm)).toBe(1);

    // It comes back under another name, with the label it had.
    await addAccountField(world, crm, 'partnerRemark');
    await expire();
    await world.sync();
    const [renamed] = (await mappingDrift(world.deps, draft.connectionId))[0]?.findings ?? [];
    expect(renamed).toMatchObject({
      change: 'renamed',
      remote: field,
      renamedTo: field.replace(/note/i, (word) => (word === 'note' ? 'remark' : 'Remark')),
    });
    expect(await alerts(crm)).toBe(2);

    const mended = await draftOf(world, crm, 'account', (fields) =>
      fields.filter(({ local }) => local !== 'extra.note'),
    );
    await publish(world, mended);
    await world.sync();
    expect(await mappingDrift(world.deps, draft.connectionId)).toEqual([]);
  });

  it('are reported when a value is no longer offered, with what follows', async () => {
    const { id: connectionId } = await world.connection(crm);
    const before = await alerts(crm);
    await retireValue(crm, 'withdrawn');
    await expire();
    await world.sync();
    const drift = (await mappingDrift(world.deps, connectionId)).find(
      ({ object }) => object === opportunities[crm],
    );
    expect(drift?.findings).toMatchObject([
      { change: 'value_retired', remote: statusField[crm], locals: ['registrationStatus'], stopsSync: false },
    ]);
    expect(drift?.findings[0]?.message).toContain('"withdrawn"');
    expect(await alerts(crm)).toBe(before + 1);
  });
});

/** As if the hour were over for which a description is believed. */
async function expire(): Promise<void> {
  await world.deps.db.execute(
    sql`update object_description set described_at = described_at - interval '2 hours' where described_at > to_timestamp(0)`,
  );
}

async function ours(crm: CrmKind, extId: string) {
  const [row] = await world.deps.db.execute<{ city: string; note: string }>(sql`
    select a.city, a.extra ->> 'note' as note from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and l.ext_id = ${extId}`);
  return row;
}

async function alerts(crm: CrmKind): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(sql`
    select count(*)::int as count from alert a join connection c on c.id = a.connection_id where c.kind = ${crm} and a.state = 'drift'`);
  return row?.count ?? 0;
}

const deleteField = (crm: CrmKind, field: string) =>
  crm === 'salesforce'
    ? admin(crm, 'fields/delete', { object: 'Account', field })
    : admin(crm, 'properties/delete', { objectType: 'companies', property: field });

const retireValue = (crm: CrmKind, value: string) =>
  crm === 'salesforce'
    ? admin(crm, 'fields/retire-value', { object: 'Opportunity', field: statusField.salesforce, value })
    : admin(crm, 'properties/retire-value', { objectType: 'deals', property: statusField.hubspot, value });

/** A change by the CRM's administrator. */
async function admin(crm: CrmKind, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${world.service.addresses[crm]}/sandbox/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}
