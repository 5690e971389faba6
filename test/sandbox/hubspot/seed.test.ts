import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmSample, SampleAccount } from '#sandbox/sample.ts';
import { openAccount, registrationSchema, type TestAccount } from './account.ts';

const registrationObject = {
  ...registrationSchema,
  properties: [
    ...registrationSchema.properties,
    ...[
      'customer_domain',
      'customer_country',
      'contact_email',
      'product_family',
      'deal_type',
      'currency',
    ].map((name) => ({
      name,
      label: name,
      type: 'string',
      fieldType: 'text',
    })),
  ],
};
const stamps = { createdAt: '2026-01-05T09:00:00.000Z', modifiedAt: '2026-02-06T10:00:00.000Z' };
const accountNumber = (n: number): SampleAccount => ({
  key: `a${n}`,
  name: `Company <${n}> & Söhne`,
  domain: `c${n}.example`,
  country: 'DE',
  countryName: 'Germany',
  city: 'Kiel',
  postcode: '24103',
  phone: null,
  isPartner: n === 0,
  partnerCode: n === 0 ? 'P-0001' : null,
  ...stamps,
});
const sample: CrmSample = {
  accounts: Array.from({ length: 15_000 }, (_, n) => accountNumber(n)),
  opportunities: [
    {
      key: 'o1',
      name: 'Harbour pumps',
      accountKey: 'a1',
      stage: 'closed_won',
      amount: '1200.50',
      currency: 'EUR',
      closeDate: '2026-03-01',
      ...stamps,
    },
  ],
  registrations: [
    {
      key: 'r1',
      number: 'DR-2026-0001',
      partnerKey: 'a0',
      opportunityKey: 'o1',
      customerName: '<script>alert(1)</script>',
      customerDomain: null,
      customerCountry: 'DE',
      contactEmail: null,
      productFamily: 'Pumps',
      dealType: 'new',
      amount: '1200.50',
      currency: 'EUR',
      expectedClose: '2026-03-01',
      submittedAt: '2026-02-01T08:30:00.000Z',
    },
  ],
};

let account: TestAccount;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account.close());

const find = async (object: string, propertyName: string, value: string) => {
  const properties = ['partner_code', 'fairway_partner_code', 'hs_is_closed_won'].filter((name) =>
    object === 'companies' ? name.startsWith('fairway') : name.startsWith('hs'),
  );
  const body = {
    after: '0',
    limit: 1,
    properties: object === 'fairway_registration' ? [] : properties,
    sorts: [],
    filterGroups: [{ filters: [{ propertyName, operator: 'EQ', value }] }],
  };
  return (await account.call('POST', `/crm/objects/2026-09/${object}/search`, body)).body.results[0];
};

describe('HubSpot sandbox: the sample', () => {
  it('refuses the sample while the integration is not installed', () => {
    expect(() => account.vendor.seed(sample)).toThrow('fairway_partner_code');
  });

  it('loads 15,000 companies with the sample’s stamps and associations', async () => {
    await account.call('POST', '/crm-object-schemas/2026-09/schemas', registrationObject);
    await account.call('POST', '/crm/properties/2026-09/companies/groups', {
      name: 'fairway',
      label: 'Fairway',
    });
    await account.call('POST', '/crm/properties/2026-09/companies', {
      name: 'fairway_partner_code',
      label: 'Partner code',
      type: 'string',
      fieldType: 'text',
      groupName: 'fairway',
    });
    account.vendor.seed(sample);
    const partner = await find('companies', 'domain', 'c0.example');
    expect(partner).toMatchObject({
      createdAt: stamps.createdAt,
      updatedAt: stamps.modifiedAt,
      properties: { fairway_partner_code: 'P-0001' },
    });
    const deal = await find('deals', 'dealname', 'Harbour pumps');
    expect(deal.properties.hs_is_closed_won).toBe('true');
    const registration = await find('fairway_registration', 'number', 'DR-2026-0001');
    const read = await account.call(
      'GET',
      `/crm/objects/2026-09/fairway_registration/${registration.id}?associations=companies,deals`,
    );
    expect(read.body.associations).toMatchObject({
      companies: { results: [{ id: partner.id }] },
      deals: { results: [{ id: deal.id }] },
    });
  });
});

describe('HubSpot sandbox: the record page', () => {
  it('shows a record with what Fairway wrote and its associations, escaped', async () => {
    const registration = await find('fairway_registration', 'number', 'DR-2026-0001');
    await account.call('PATCH', `/crm/objects/2026-09/fairway_registration/${registration.id}`, {
      properties: { status: 'approved' },
    });
    const response = await fetch(
      `${account.url}/contacts/48151623/record/p_fairway_registration/${registration.id}`,
    );
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain('<h2>Fairway</h2>');
    expect(text).toContain('Approved');
    expect(text).toContain('Harbour pumps');
    expect(text).not.toContain('<script>');
  });

  it('lists and searches records, and says so when one is gone', async () => {
    const listed = await (await fetch(`${account.url}/?type=0-2&q=c14999.example`)).text();
    expect(listed).toContain('1 record');
    expect(listed).toContain('Company &#60;14999&#62; &#38; Söhne');
    expect((await fetch(`${account.url}/contacts/48151623/record/0-2/1`)).status).toBe(404);
  });
});
