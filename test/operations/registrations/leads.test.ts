import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { peopleAtWork, postJson, submittedAt } from './people-at-work.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import type { Service } from '#test/support/service.ts';

/** Leads of our own sales team, from the sandbox over HTTP to the decision. */
let service: Service;
beforeAll(async () => {
  service = await startBootedService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { salesforceAs, hubspotRecord, partnerIn, decided } = peopleAtWork(() => service);

describe('an open lead with the customer of a registration', () => {
  it('in Salesforce lets a person decide, until it is converted to the opportunity that is linked', async () => {
    const rep = await salesforceAs('Okafor', ['Fairway_Internal']);
    const partner = await salesforceAs('Reseller', ['Fairway_Partner']);
    const leadId = await rep('Lead', {
      LastName: 'Amsel',
      Company: 'Quellwasser Turbinenbau GmbH',
      Website: 'https://www.quellwasser-turbinen.example',
      Email: 'amsel@quellwasser-turbinen.example',
      Country: 'Germany',
      Status: 'Working - Contacted',
    });
    await rep('Lead', { LastName: 'Drossel', Company: 'Other Company Ltd', Status: 'Open - Not Contacted' });
    // Events announce registrations, but leads are read by a run.
    await service.runJobAndRest();
    const number = 'DR-LEAD-1';
    const registrationId = await partner('Fairway_Registration__c', {
      Number__c: number,
      Partner__c: await partnerIn('salesforce'),
      Customer_Name__c: 'Quellwasser Turbinenbau',
      Customer_Domain__c: 'quellwasser-turbinen.example',
      Customer_Country__c: 'DE',
      Product_Family__c: 'Sensors',
      Deal_Type__c: 'new',
      Submitted_At__c: submittedAt(),
    });
    await service.runJobAndRest();
    expect(await decided(number)).toEqual({
      status: 'in_review',
      summary: 'Same customer as a lead of our sales team (same domain).',
      findings: ['open_lead review'],
    });
    expect((await service.runJobAndRest()).summary.written).toEqual({ salesforce: 0, hubspot: 0 });

    const accountId = await rep('Account', {
      Name: 'Quellwasser Turbinenbau GmbH',
      BillingCountry: 'Germany',
    });
    const opportunityId = await rep('Opportunity', {
      Name: 'Turbines',
      AccountId: accountId,
      StageName: 'Prospecting',
      CloseDate: '2027-06-30',
    });
    const { salesforce } = service.addresses;
    await postJson(`${salesforce}/sandbox/convert-lead`, { id: leadId, opportunityId });
    const admin = await postJson<{ accessToken: string }>(`${salesforce}/sandbox/users`, {
      username: 'operations@example.com',
      lastName: 'Operations',
      permissionSets: ['Fairway_Internal'],
    });
    const response = await fetch(
      `${salesforce}/services/data/v67.0/sobjects/Fairway_Registration__c/${registrationId}`,
      {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.accessToken}` },
        body: JSON.stringify({ Opportunity__c: opportunityId }),
      },
    );
    expect(response.status).toBe(204);
    await service.runJobAndRest();
    expect((await decided(number)).findings ?? []).not.toContain('open_lead review');
  }, 180_000);

  it('in HubSpot is found by the company it belongs to', async () => {
    const companyId = await hubspotRecord('companies', {
      name: 'Morgentau Verpackungen',
      domain: 'morgentau-verpackungen.example',
    });
    await hubspotRecord(
      'leads',
      { hs_lead_name: 'Morgentau', hs_pipeline_stage: 'attempting-stage-id', hubspot_owner_id: '51230002' },
      [['companies', companyId]],
    );
    await service.runJobAndRest();
    await hubspotRecord(
      'p_fairway_registration',
      {
        number: 'DR-LEAD-2',
        customer_name: 'Morgentau Verpackungen',
        customer_domain: 'morgentau-verpackungen.example',
        product_family: 'Sensors',
        deal_type: 'new',
        submitted_at: submittedAt(),
      },
      [['companies', await partnerIn('hubspot')]],
    );
    await service.runJobAndRest();
    expect(await decided('DR-LEAD-2')).toMatchObject({
      status: 'in_review',
      findings: ['open_lead review'],
    });
  }, 180_000);

  it('is not compared where Fairway may not read leads, and a problem says so while all else is read', async () => {
    const fault = {
      kind: 'status',
      status: 403,
      body: { category: 'MISSING_SCOPES', message: 'missing scopes' },
    };
    await postJson(`${service.addresses.control}/faults`, {
      vendor: 'hubspot',
      match: { path: '/leads' },
      fault,
    });
    await service.deps.db.execute(sql`update object_description set described_at = '2000-01-01'`);
    await service.runJobAndRest();
    const [problem] = await service.deps.db.execute<{ message: string; health: string }>(sql`
      select p.message, c.status as health from problem p join connection c on c.id = p.connection_id
      where p.object = 'leads' and p.status = 'open'`);
    expect(problem?.message).toMatch(/^Leads are not compared with registrations\. /);
    expect(problem?.health).toBe('active');
  }, 180_000);
});
