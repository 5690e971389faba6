import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector, PushBatch, RemoteWrite } from '#connectors/contract/crm.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { installedAccount, hubspotPages, sampleWith, type ConnectedAccount } from './account.ts';

let installed: ConnectedAccount & { readonly connector: CrmConnector };
beforeAll(async () => {
  installed = await installedAccount();
  installed.account.vendor.seed(sampleWith(3));
});
afterAll(() => installed.account.close());

const everything = async (object: string, fields: readonly string[]): Promise<RemoteRecord[]> =>
  (await hubspotPages(installed.connector, { object, fields })).flatMap((page) => page.records);
const update = (
  object: string,
  writes: readonly (readonly [extId: string, fields: RemoteWrite['fields']])[],
): PushBatch => ({
  object,
  operation: 'update',
  keyField: null,
  writes: writes.map(([extId, fields], n) => ({ id: `w${n}`, extId, keyValue: null, fields })),
});
const writeCalls = (): string[] =>
  installed.account.store
    .calls('hubspot')
    .map((call) => call.summary)
    .filter((summary) => summary.startsWith('batch update'));

describe('hubspot: writing', () => {
  it('clears a property with null', async () => {
    const [deal] = await everything('deals', ['dealname']);
    await installed.connector.push(
      update('deals', [[deal?.extId ?? '', { fairway_registered_partner: 'X' }]]),
    );
    await installed.connector.push(
      update('deals', [[deal?.extId ?? '', { fairway_registered_partner: null }]]),
    );
    expect(
      (await installed.connector.fetch('deals', [deal?.extId ?? ''], ['fairway_registered_partner']))[0]
        ?.fields,
    ).toEqual({
      fairway_registered_partner: null,
    });
  });

  it('writes the good rows of a batch that HubSpot refuses as a whole, with one more call', async () => {
    const [one, two, three] = (await everything('deals', [])).map((record) => record.extId);
    const before = writeCalls().length;
    const outcomes = await installed.connector.push(
      update('deals', [
        [one ?? '', { amount: '5' }],
        [two ?? '', { nickname: 'x' }],
        [three ?? '', { amount: '6' }],
      ]),
    );
    expect(new Map(outcomes.map((outcome) => [outcome.id, outcome.ok]))).toEqual(
      new Map([
        ['w0', true],
        ['w1', false],
        ['w2', true],
      ]),
    );
    expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({
      failure: {
        class: 'mapping',
        code: 'PROPERTY_DOESNT_EXIST',
        fields: ['nickname'],
        fix: expect.stringContaining('nickname'),
      },
    });
    expect(writeCalls().length - before).toBe(2);
  });

  it('reports a deleted record as gone', async () => {
    const [one] = await everything('deals', []);
    const outcomes = await installed.connector.push(
      update('deals', [
        ['404', { amount: '5' }],
        [one?.extId ?? '', { amount: '5' }],
      ]),
    );
    expect(outcomes).toMatchObject([
      { id: 'w0', ok: false, failure: { class: 'gone', code: 'OBJECT_NOT_FOUND' } },
      { id: 'w1', ok: true },
    ]);
  });

  it('writes two changes of one record in order, although a batch may contain a record only once', async () => {
    const [one] = await everything('deals', []);
    const outcomes = await installed.connector.push(
      update('deals', [
        [one?.extId ?? '', { amount: '1' }],
        [one?.extId ?? '', { amount: '2' }],
      ]),
    );
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true]);
    expect((await installed.connector.fetch('deals', [one?.extId ?? ''], ['amount']))[0]?.fields).toEqual({
      amount: '2',
    });
  });

  it('writes an association after the record, only when it differs, and replaces the old one', async () => {
    const [partner, customer] = (await everything('companies', [])).map((record) => record.extId);
    const push = async (company: string | null | undefined) => {
      const [outcome] = await installed.connector.push({
        object: 'p_fairway_payout',
        operation: 'upsert',
        keyField: 'key',
        writes: [
          {
            id: 'p',
            extId: null,
            keyValue: 'payout-1',
            fields: { amount: '10', 'assoc:companies': company ?? null },
          },
        ],
      });
      if (!outcome?.ok) throw new Error('refused');
      return (await installed.connector.fetch('p_fairway_payout', [outcome.extId], ['assoc:companies']))[0]
        ?.fields['assoc:companies'];
    };
    const created = (): number =>
      installed.account.store
        .calls('hubspot')
        .filter((call) => call.path.includes('payout/companies/batch/create')).length;
    expect(await push(partner)).toBe(partner);
    expect([await push(partner), created()]).toEqual([partner, 1]);
    expect(await push(customer)).toBe(customer);
    expect(await push(null)).toBeNull();
  });

  it('creates a thousand records with their references in fourteen calls', async () => {
    const [partner] = (await everything('companies', [])).map((record) => record.extId);
    const connector = installed.connect();
    const writes = Array.from({ length: 1_000 }, (_, n) => ({
      id: `p${n}`,
      extId: null,
      keyValue: `many-${n}`,
      fields: { amount: '10', 'assoc:companies': partner ?? '' },
    }));
    const outcomes = await connector.push({
      object: 'p_fairway_payout',
      operation: 'upsert',
      keyField: 'key',
      writes,
    });
    expect(outcomes.filter((outcome) => outcome.ok && outcome.created)).toHaveLength(1_000);
    expect(connector.calls()).toBeLessThanOrEqual(14);
  });

  it('changes a deal’s primary company and does not touch its other association', async () => {
    const [partner, customer] = (await everything('companies', [])).map((record) => record.extId);
    const [deal] = await everything('deals', ['assoc:companies']);
    expect(deal?.fields['assoc:companies']).toBe(customer);
    await installed.connector.push(
      update('deals', [[deal?.extId ?? '', { 'assoc:companies': partner ?? '' }]]),
    );
    const { body } = await installed.account.call(
      'POST',
      '/crm/associations/2026-09/deals/companies/batch/read',
      {
        inputs: [{ id: deal?.extId }],
      },
    );
    expect(body.results[0].to).toHaveLength(2);
    expect(
      (await installed.connector.fetch('deals', [deal?.extId ?? ''], ['assoc:companies']))[0]?.fields,
    ).toEqual({
      'assoc:companies': partner,
    });
  });

  it('fails a row whose association points at a missing record, with HubSpot’s message', async () => {
    const [deal] = await everything('deals', []);
    const outcomes = await installed.connector.push(
      update('deals', [[deal?.extId ?? '', { 'assoc:companies': '404' }]]),
    );
    expect(outcomes).toMatchObject([
      { ok: false, failure: { class: 'gone', message: 'No COMPANY with ID 404 exists' } },
    ]);
  });
});
