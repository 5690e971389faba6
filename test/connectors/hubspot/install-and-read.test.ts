import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import {
  connectAccount,
  installedAccount,
  hubspotPages,
  sampleWith,
  type ConnectedAccount,
} from './account.ts';

let installed: ConnectedAccount & { readonly connector: CrmConnector };
beforeAll(async () => {
  installed = await installedAccount();
  installed.account.vendor.seed(sampleWith(3));
});
afterAll(() => installed.account.close());

const everything = async (object: string, fields: readonly string[]): Promise<RemoteRecord[]> =>
  (await hubspotPages(installed.connector, { object, fields })).flatMap((page) => page.records);
describe('hubspot: installation', () => {
  it('describes a custom object with its properties, options and references', async () => {
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

  it('adds only what is new in a newer schema', async () => {
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

  it('reports an object that was never installed as a mapping failure, with the fix', async () => {
    const { account, connect } = await connectAccount();
    await expect(connect().describe('p_fairway_payout')).rejects.toMatchObject({
      failure: { class: 'mapping', fix: expect.stringMatching(/Connect the account again/) },
    });
    await account.close();
  });

  it('refuses the token of another account', async () => {
    await expect(installed.connect({ portalId: '1' }).check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'OTHER_ACCOUNT' },
    });
  });
});

describe('hubspot: reading', () => {
  it('reads an association as a reference, and all instants in one format', async () => {
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

  it('uses the server’s clock, not ours', async () => {
    const [page] = await hubspotPages(installed.connector, { object: 'deals', fields: [] });
    expect(page?.serverTime).toMatch(/^2026-11-20T08:/);
  });

  it('returns one empty page when nothing changed', async () => {
    const pages = await hubspotPages(installed.connector, {
      object: 'deals',
      fields: ['dealname'],
      since: '2026-12-24T00:00:00Z',
    });
    expect(pages.map((page) => page.records)).toEqual([[]]);
  });
});

describe('hubspot: limits', () => {
  it('waits for its turn instead of being refused', async () => {
    const pulls = Array.from({ length: 8 }, () =>
      hubspotPages(installed.connector, { object: 'deals', fields: [] }),
    );
    await Promise.all(pulls);
    expect(installed.account.store.calls('hubspot').filter((call) => call.status === 429)).toEqual([]);
  });

  it('reports how many calls of the day are used', () => {
    const { used, allowed } = installed.connector.limits();
    expect(allowed).toBe(1_000_000);
    expect(used).toBeGreaterThan(0);
  });
});
