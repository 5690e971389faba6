import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount();
});
afterEach(() => account.close());

const objects = '/crm/objects/2026-09';
const create = async (type: string, properties: Record<string, unknown>): Promise<string> =>
  (await account.call('POST', `${objects}/${type}`, { properties })).body.id;
const merge = async (type: string, primaryObjectId: string, objectIdToMerge: string) =>
  account.call('POST', `${objects}/${type}/merge`, { primaryObjectId, objectIdToMerge });
const ids = (results: readonly { id: string }[]): string[] => results.map((record) => record.id);
const associated = async (from: string, to: string, id: string): Promise<string[]> => {
  const { body } = await account.call('POST', `/crm/associations/2026-09/${from}/${to}/batch/read`, {
    inputs: [{ id }],
  });
  return (body.results[0]?.to ?? []).map((other: { toObjectId: string }) => other.toObjectId);
};
const associate = async (from: string, to: string, fromId: string, toId: string) =>
  account.call('POST', `/crm/associations/2026-09/${from}/${to}/batch/associate/default`, {
    inputs: [{ from: { id: fromId }, to: { id: toId } }],
  });
const everything = { after: '0', limit: 100, properties: [], sorts: [], filterGroups: [] };

describe('HubSpot sandbox: archiving', () => {
  it('lists an archived record with its time only among the archived, and never finds it', async () => {
    const [present, deleted] = [
      await create('companies', { name: 'Kept' }),
      await create('companies', { name: 'Gone' }),
    ];
    account.forward(60_000);
    await account.call('DELETE', `${objects}/companies/${deleted}`);
    expect(ids((await account.call('GET', `${objects}/companies`)).body.results)).toEqual([present]);
    const archived = await account.call('GET', `${objects}/companies?archived=true&properties=name`);
    expect(archived.body.results).toMatchObject([
      { id: deleted, archived: true, archivedAt: '2026-11-20T08:01:00.250Z', properties: { name: 'Gone' } },
    ]);
    expect(ids((await account.call('POST', `${objects}/companies/search`, everything)).body.results)).toEqual(
      [present],
    );
    expect((await account.call('GET', `${objects}/companies/${deleted}`)).status).toBe(404);
    expect((await account.call('GET', `${objects}/companies/${deleted}?archived=true`)).body.archived).toBe(
      true,
    );
  });

  it('restores a record with its values and associations', async () => {
    const [company, deal] = [
      await create('companies', { name: 'Back' }),
      await create('deals', { dealname: 'One' }),
    ];
    await associate('deals', 'companies', deal, company);
    await account.call('DELETE', `${objects}/companies/${company}`);
    expect(await associated('deals', 'companies', deal)).toEqual([]);
    const restored = await account.control('POST', '/restore', { objectType: 'companies', id: company });
    expect(restored.body).toMatchObject({ id: company, archived: false, properties: { name: 'Back' } });
    expect(restored.body).not.toHaveProperty('archivedAt');
    expect(await associated('deals', 'companies', deal)).toEqual([company]);
  });

  it('does not restore a record whose unique value another has taken meanwhile', async () => {
    const first = await create('contacts', { email: 'ada@example.com' });
    await account.call('DELETE', `${objects}/contacts/${first}`);
    const second = await create('contacts', { email: 'ada@example.com' });
    const refused = await account.control('POST', '/restore', { objectType: 'contacts', id: first });
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringContaining(`${second} already has that value`),
    ]);
  });
});

describe('HubSpot sandbox: merging', () => {
  it('gives every other survivor a new id', async () => {
    const made = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => create('companies', { name: `Company ${n}` })),
    );
    const renewed: boolean[] = [];
    for (const at of [0, 2, 4, 6]) {
      const { body } = await merge('companies', made[at] ?? '', made[at + 1] ?? '');
      renewed.push(!made.includes(body.id));
    }
    expect(renewed).toEqual([true, false, true, false]);
  });

  it.each(['new', 'keep'] as const)(
    'reads both former ids as the survivor, and writes to none that is gone (%s id)',
    async (mergeIds) => {
      await account.control('PATCH', '/settings', { mergeIds });
      const [primary, other] = [
        await create('companies', { name: 'Arden' }),
        await create('companies', { name: 'Arden Ltd', city: 'Lyon' }),
      ];
      const { body: survivor } = await merge('companies', primary, other);
      expect(survivor.id === primary).toBe(mergeIds === 'keep');
      const deleted = mergeIds === 'keep' ? [other] : [primary, other];
      expect(survivor.properties).toMatchObject({
        name: 'Arden',
        city: 'Lyon',
        hs_merged_object_ids: deleted.join(';'),
      });
      for (const id of [primary, other])
        expect((await account.call('GET', `${objects}/companies/${id}`)).body.id).toBe(survivor.id);
      const batch = await account.call('POST', `${objects}/companies/batch/read`, {
        properties: [],
        propertiesWithHistory: [],
        inputs: [{ id: primary }, { id: other }],
      });
      expect(ids(batch.body.results)).toEqual([survivor.id, survivor.id]);
      for (const id of deleted) {
        expect(
          (await account.call('PATCH', `${objects}/companies/${id}`, { properties: { city: 'Metz' } }))
            .status,
        ).toBe(404);
      }
      expect(
        ids((await account.call('POST', `${objects}/companies/search`, everything)).body.results),
      ).toEqual([survivor.id]);
      expect((await account.call('GET', `${objects}/companies?archived=true`)).body.results).toEqual([]);
    },
  );

  it.each(['new', 'keep'] as const)(
    'moves associations, and keeps the primary’s primary company (%s id)',
    async (mergeIds) => {
      await account.control('PATCH', '/settings', { mergeIds });
      const [first, second] = [
        await create('companies', { name: 'First' }),
        await create('companies', { name: 'Second' }),
      ];
      const [primary, other] = [
        await create('deals', { dealname: 'Primary' }),
        await create('deals', { dealname: 'Other' }),
      ];
      await associate('deals', 'companies', primary, first);
      await associate('deals', 'companies', other, second);
      const { body: survivor } = await merge('deals', primary, other);
      const read = await account.call('GET', `${objects}/deals/${survivor.id}?associations=companies`);
      const links = read.body.associations.companies.results as { id: string; type: string }[];
      expect(links.filter((link) => link.type === 'deal_to_company').map((link) => link.id)).toEqual([first]);
      expect(new Set(links.map((link) => link.id))).toEqual(new Set([first, second]));
      expect(await associated('companies', 'deals', second)).toEqual([survivor.id]);
    },
  );

  it('moves a merged company’s deals with their primary company', async () => {
    const [primary, other] = [
      await create('companies', { name: 'Primary' }),
      await create('companies', { name: 'Other' }),
    ];
    const deal = await create('deals', { dealname: 'One' });
    await associate('deals', 'companies', deal, other);
    const { body: survivor } = await merge('companies', primary, other);
    const read = await account.call('GET', `${objects}/deals/${deal}?associations=companies`);
    expect(read.body.associations.companies.results).toContainEqual({
      id: survivor.id,
      type: 'deal_to_company',
    });
  });

  it('frees the unique values of the merged record for its survivor', async () => {
    const [primary, other] = [
      await create('contacts', { firstname: 'Ada' }),
      await create('contacts', { email: 'ada@example.com' }),
    ];
    const { body: survivor } = await merge('contacts', primary, other);
    const byEmail = await account.call('GET', `${objects}/contacts/ada@example.com?idProperty=email`);
    expect(byEmail.body.id).toBe(survivor.id);
  });

  it('refuses to merge a record with itself or with one that is gone', async () => {
    const id = await create('companies', { name: 'Alone' });
    expect((await merge('companies', id, id)).status).toBe(400);
    expect((await merge('companies', id, '1')).status).toBe(404);
  });
});

describe('HubSpot sandbox: erasing for privacy', () => {
  it('erases a contact permanently and never accepts its e-mail again, in any letter case', async () => {
    const id = await create('contacts', { email: 'ada@example.com' });
    expect((await account.call('POST', `${objects}/contacts/gdpr-delete`, { objectId: id })).status).toBe(
      204,
    );
    expect((await account.call('GET', `${objects}/contacts/${id}?archived=true`)).status).toBe(404);
    expect((await account.control('POST', '/restore', { objectType: 'contacts', id })).status).toBe(404);
    const again = await account.call('POST', `${objects}/contacts`, {
      properties: { email: 'Ada@Example.com' },
    });
    expect([again.status, again.body.category, again.body.errors[0].code]).toEqual([
      400,
      'VALIDATION_ERROR',
      'GDPR_DELETED_EMAIL',
    ]);
  });

  it('bars the e-mail of somebody who is no contact yet', async () => {
    const objectId = 'grace@example.com';
    expect(
      (await account.call('POST', `${objects}/contacts/gdpr-delete`, { objectId, idProperty: 'email' }))
        .status,
    ).toBe(204);
    expect(
      (await account.call('POST', `${objects}/contacts`, { properties: { email: objectId } })).status,
    ).toBe(400);
  });

  it('leaves nothing of the record in associations or in the store', async () => {
    const [contact, deal] = [
      await create('contacts', { email: 'ada@example.com' }),
      await create('deals', { dealname: 'One' }),
    ];
    await account.call('PATCH', `${objects}/contacts/${contact}`, { properties: { firstname: 'Ada' } });
    await associate('contacts', 'deals', contact, deal);
    await account.call('POST', `${objects}/contacts/gdpr-delete`, { objectId: contact });
    expect(await associated('deals', 'contacts', deal)).toEqual([]);
    for (const name of ['object:0-1', 'history:0-1', 'association:0-1>0-3', 'association:0-3>0-1'])
      expect(account.store.collection(`hubspot:${name}`).size).toBe(0);
  });
});
