import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector, PushBatch, RemoteWrite } from '#connectors/contract/crm.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { crmContract } from '#test/connectors/contract/contract.ts';
import {
  connectAccount,
  installedAccount,
  hubspotPages,
  sampleWith,
  type ConnectedAccount,
} from './account.ts';

crmContract('hubspot', async () => {
  const { account, connect } = await connectAccount();
  const deals = '/crm/objects/2026-09/deals';
  const dealIds = async (): Promise<string[]> =>
    (await account.call('GET', `${deals}?limit=100`)).body.results.map((record: { id: string }) => record.id);
  // What the test itself does from the other side is not the connector's.
  let aside = 0;
  const fromOutside = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = account.store.calls('hubspot').length;
    const result = await work();
    aside += account.store.calls('hubspot').length - before;
    return result;
  };
  return {
    connect: () => connect(),
    kinds: ['account', 'opportunity', 'registration', 'payout'],
    schema: crmSchema,
    seed: () => account.vendor.seed(sampleWith(405)),
    read: { object: 'deals', fields: ['dealname', 'amount', 'closedate', 'assoc:companies'], total: 405 },
    touch: () =>
      fromOutside(async () => {
        account.forward(2_500);
        const [, , id = ''] = await dealIds();
        await account.call('PATCH', `${deals}/${id}`, { properties: { amount: '77' } });
        return id;
      }),
    remove: () =>
      fromOutside(async () => {
        const id = (await dealIds()).at(-1) ?? '';
        await account.call('DELETE', `${deals}/${id}`);
        return id;
      }),
    write: {
      update: {
        fields: (n) => ({
          fairway_registered_partner: `Partner ${n}`,
          fairway_protected_until: '2026-12-31',
          fairway_registration_status: 'approved',
        }),
        refused: { fairway_registration_status: 'perhaps' },
        code: 'INVALID_OPTION',
      },
      upsert: {
        object: 'p_fairway_payout',
        keyField: 'key',
        key: (n) => `2026-10/P-0001/EUR/${n}`,
        fields: (n) => ({
          amount: `${n}0.25`,
          currency: 'EUR',
          status: 'draft',
          line_count: '3',
          'assoc:companies': '40000000001',
        }),
        refused: { amount: 'a lot' },
        code: 'INVALID_NUMBER',
      },
    },
    merge: null,
    wrongCredential: { connect: () => connect({}, { accessToken: 'pat-na1-revoked' }), fix: /access token/i },
    receivedCalls: () => account.store.calls('hubspot').length - aside,
    close: () => account.close(),
  };
});

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

describe('hubspot: what is installed', () => {
  it('describes a custom object with its properties, options and the records it points at', async () => {
    const { label, fields } = await installed.connector.describe('p_fairway_registration');
    expect(label).toBe('Deal registration');
    expect(fields.find((field) => field.name === 'number')).toMatchObject({ type: 'text', required: true });
    expect(fields.find((field) => field.name === 'submitted_at')?.type).toBe('datetime');
    expect(fields.find((field) => field.name === 'status')?.values).toContain('in_review');
    expect(fields.find((field) => field.name === 'hs_object_id')?.updateable).toBe(false);
    expect(
      fields.filter((field) => field.type === 'reference').map((field) => [field.name, field.referenceTo]),
    ).toEqual([
      ['assoc:companies', ['companies']],
      ['assoc:deals', ['deals']],
    ]);
  });

  it('adds only what a newer schema has more', async () => {
    const [first] = crmSchema;
    const field = { name: 'region', label: 'Region', help: '', type: 'text', writtenBy: 'fairway' } as const;
    const registration = crmSchema.find((object) => object.kind === 'registration');
    if (!first || !registration) throw new Error('the schema is empty');
    const report = await installed.connector.install([
      { ...first, fields: [...first.fields, field] },
      { ...registration, fields: [...registration.fields, field] },
    ]);
    expect(report.created).toEqual(['companies.fairway_region', 'fairway_registration.region']);
  });

  it('says that an object is missing where it was never installed', async () => {
    const { account, connect } = await connectAccount();
    await expect(connect().describe('p_fairway_payout')).rejects.toMatchObject({
      failure: { class: 'mapping', fix: expect.stringMatching(/installation/) },
    });
    await account.close();
  });

  it('refuses a token of another account than the one configured', async () => {
    await expect(installed.connect({ portalId: '1' }).check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'OTHER_ACCOUNT' },
    });
  });
});

describe('hubspot: reading', () => {
  it('reads an association as a reference, and instants in one spelling', async () => {
    const [company] = await everything('companies', ['name']);
    const deals = await everything('deals', ['dealname']);
    const [registration] = await everything('p_fairway_registration', [
      'number',
      'submitted_at',
      'expected_close',
      'amount',
      'contact_email',
      'assoc:companies',
      'assoc:deals',
    ]);
    expect(registration?.fields).toEqual({
      number: 'DR-2026-0001',
      submitted_at: '2026-02-01T08:30:00.000Z',
      expected_close: '2026-12-01',
      amount: '1000.50',
      contact_email: null,
      'assoc:companies': company?.extId,
      'assoc:deals': deals[0]?.extId,
    });
  });

  it('takes the server’s clock, not ours', async () => {
    const [page] = await hubspotPages(installed.connector, { object: 'deals', fields: [] });
    expect(page?.serverTime).toMatch(/^2026-11-20T08:/);
  });

  it('yields one empty page when nothing changed', async () => {
    const pages = await hubspotPages(installed.connector, {
      object: 'deals',
      fields: ['dealname'],
      since: '2026-12-24T00:00:00Z',
    });
    expect(pages.map((page) => page.records)).toEqual([[]]);
  });
});

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

  it('lands the good rows of a batch HubSpot refuses as a whole, in one more call', async () => {
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

  it('says of a record that is gone that it is gone', async () => {
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

  it('writes two changes of one record in order, though HubSpot takes a record once a batch', async () => {
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

  it('associates after the write, only when it is not already so, and replaces what was', async () => {
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

  it('makes a thousand records with their references in fourteen calls', async () => {
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

  it('moves a deal’s primary company and leaves the other association alone', async () => {
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

  it('fails a row whose association points at nothing, with the vendor’s words', async () => {
    const [deal] = await everything('deals', []);
    const outcomes = await installed.connector.push(
      update('deals', [[deal?.extId ?? '', { 'assoc:companies': '404' }]]),
    );
    expect(outcomes).toMatchObject([
      { ok: false, failure: { class: 'gone', message: 'No COMPANY with ID 404 exists' } },
    ]);
  });
});

describe('hubspot: limits', () => {
  it('waits for its turn instead of collecting refusals', async () => {
    const pulls = Array.from({ length: 8 }, () =>
      hubspotPages(installed.connector, { object: 'deals', fields: [] }),
    );
    await Promise.all(pulls);
    expect(installed.account.store.calls('hubspot').filter((call) => call.status === 429)).toEqual([]);
  });

  it('knows how much of the day is used', () => {
    const { used, allowed } = installed.connector.limits();
    expect(allowed).toBe(1_000_000);
    expect(used).toBeGreaterThan(0);
  });
});
