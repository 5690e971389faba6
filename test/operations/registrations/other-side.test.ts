import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import type { Service } from '#test/support/service.ts';

type CrmKind = 'salesforce' | 'hubspot';

const fieldNames = {
  salesforce: {
    object: 'Opportunity',
    registration: 'Fairway_Registration__c',
    status: 'Fairway_Registration_Status__c',
    role: 'Fairway_Registration_Role__c',
    number: 'Fairway_Registration_Number__c',
    partner: 'Fairway_Registered_Partner__c',
    until: 'Fairway_Protected_Until__c',
    decides: 'Fairway_Who_Decides_Next__c',
    link: 'Fairway_Registration_Link__c',
    conflict: 'Fairway_Conflict_Summary__c',
    internal: 'Internal_Conflict__c',
  },
  hubspot: {
    object: 'deals',
    registration: 'p_fairway_registration',
    status: 'fairway_registration_status',
    role: 'fairway_registration_role',
    number: 'fairway_registration_number',
    partner: 'fairway_registered_partner',
    until: 'fairway_protected_until',
    decides: 'fairway_who_decides_next',
    link: 'fairway_registration_link',
    conflict: 'fairway_conflict_summary',
    internal: 'internal_conflict',
  },
} as const;

/** The values that the owner of a direct deal and the partner read, in the sandbox over HTTP. */
let service: Service;
let personId: string;
beforeAll(async () => {
  service = await startBootedService();
  personId = (await createLoginLink(service.deps, { email: 'olga@example.com', role: 'ops' })).person.id;
});
afterAll(() => service[Symbol.asyncDispose]());

async function connectionTo(crm: CrmKind): Promise<Connection> {
  const found = (await listConnections(service.deps.db)).find(({ kind }) => kind === crm);
  if (!found) throw new Error(`no ${crm} connection`);
  return found;
}

async function inCrm(crm: CrmKind, object: string, extId: string, fields: readonly string[]) {
  const connector = requireCrm(service.deps.connectorFor(await connectionTo(crm)));
  const [record] = await connector.fetch(object, [extId], [...fields]);
  return record?.fields ?? {};
}

async function dealInCrm(crm: CrmKind, extId: string): Promise<RemoteFields> {
  const { object, status, role, number, partner, until, decides, link, conflict } = fieldNames[crm];
  const names = { status, role, number, partner, until, decides, link, conflict };
  const fields = await inCrm(crm, object, extId, Object.values(names));
  return Object.fromEntries(Object.entries(names).map(([name, field]) => [name, fields[field] ?? null]));
}

interface Found extends Record<string, unknown> {
  readonly id: string;
  readonly number: string;
  readonly extId: string;
  readonly dealExtId: string;
  readonly partnerName: string;
  readonly dealName: string;
  readonly ownerName: string;
}

/** A registration that waits because of a direct deal of the sample, both in this CRM. */
async function waitingRegistration(crm: CrmKind): Promise<Found> {
  const [found] = await service.deps.db.execute<Found>(sql`
    select r.id, r.number, rl.ext_id as "extId", ol.ext_id as "dealExtId", p.name as "partnerName", o.name as "dealName", u.name as "ownerName"
    from rival_deal d join registration r on r.id = d.registration_id join partner p on p.id = r.partner_id
    join opportunity o on o.id = d.opportunity_id
    join link ol on ol.record_id = o.id join connection c on c.id = ol.connection_id and c.kind = ${crm}
    join link rl on rl.record_id = r.id and rl.connection_id = c.id
    join crm_owner u on u.connection_id = c.id and u.ext_id = o.owner
    where r.status = 'in_review' and (select count(*) from rival_deal one where one.opportunity_id = o.id) = 1
    order by r.number limit 1`);
  if (!found) throw new Error(`no registration in ${crm} waits because of a direct deal`);
  return found;
}

interface Protected extends Record<string, unknown> {
  readonly id: string;
  readonly number: string;
  readonly extId: string;
  readonly accountExtId: string;
  readonly partnerName: string;
  readonly protectedUntil: string;
  readonly managerName: string;
}

/** An approved registration without a conflict, whose customer is an account of this CRM. */
async function protectedRegistration(crm: CrmKind): Promise<Protected> {
  const [found] = await service.deps.db.execute<Protected>(sql`
    select r.id, r.number, rl.ext_id as "extId", al.ext_id as "accountExtId", p.name as "partnerName",
           r.protected_until::text as "protectedUntil", m.name as "managerName"
    from registration r join partner p on p.id = r.partner_id join account pa on pa.id = p.account_id
    join opportunity o on o.id = r.opportunity_id join account a on a.id = o.account_id
    join link rl on rl.record_id = r.id join connection c on c.id = rl.connection_id and c.kind = ${crm}
    join link al on al.record_id = a.id and al.connection_id = c.id
    join crm_owner m on m.connection_id = c.id and m.ext_id = pa.owner
    where r.status = 'approved' and r.conflict_summary is null and lower(a.name) = lower(r.customer_name) and r.deal_type = 'new'
      and not exists (select from rival_deal d where d.registration_id = r.id)
    order by r.number limit 1`);
  if (!found) throw new Error(`no protected registration in ${crm}`);
  return found;
}

interface SalesforceUser {
  readonly id: string;
  readonly accessToken: string;
}

async function salesforceUser(lastName: string, permissionSets: readonly string[]): Promise<SalesforceUser> {
  const username = `${lastName}@example.com`.toLowerCase();
  const response = await postJson(`${service.addresses.salesforce}/sandbox/users`, {
    username,
    lastName,
    permissionSets,
  });
  return (await response.json()) as SalesforceUser;
}

const postJson = (url: string, body: object, accessToken?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });

async function askSalesforce(path: string, { accessToken }: SalesforceUser) {
  const response = await fetch(`${service.addresses.salesforce}/services/data/v67.0${path}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return { status: response.status, text: await response.text() };
}

/** A sales rep opens a deal with this customer. Returns its id and the name of its owner. */
async function openDeal(crm: CrmKind, accountExtId: string, name: string) {
  if (crm === 'salesforce') {
    const rep = await salesforceUser('Okafor', ['Fairway_Internal']);
    const url = `${service.addresses.salesforce}/services/data/v67.0/sobjects/Opportunity`;
    const deal = { Name: name, AccountId: accountExtId, StageName: 'Prospecting', CloseDate: '2027-06-30' };
    const response = await postJson(url, deal, rep.accessToken);
    return { extId: ((await response.json()) as { id: string }).id, ownerName: 'Okafor' };
  }
  const edit = {
    objectType: 'deals',
    properties: { dealname: name, dealstage: 'appointmentscheduled', hubspot_owner_id: '51230003' },
  };
  const created = await postJson(`${service.addresses.hubspot}/sandbox/edit`, edit);
  const { id } = (await created.json()) as { id: string };
  await postJson(`${service.addresses.hubspot}/sandbox/associate`, {
    objectType: 'deals',
    id,
    toObjectType: 'companies',
    toId: accountExtId,
  });
  return { extId: id, ownerName: 'Aisha Khan' };
}

const alerts = () =>
  service.deps.db.execute<{ state: string; message: string }>(
    sql`select state, message from alert order by at, id`,
  );

describe.each(['salesforce', 'hubspot'] as const)('in %s', (crm) => {
  it('the owner of a direct deal reads which registration collides with it, who decides by when, and a link', async () => {
    const { number, extId, dealExtId, partnerName } = await waitingRegistration(crm);
    const deal = await dealInCrm(crm, dealExtId);
    expect(deal).toMatchObject({ status: 'in_review', role: 'rival_deal', number, partner: partnerName });
    expect(deal['decides']).toMatch(/^Channel operations, by \d{4}-\d\d-\d\d\.$/);
    expect(deal['conflict']).toContain(`as registration ${number} by ${partnerName} (in review, submitted `);
    const link = String(deal['link']);
    expect(link).toContain(extId);
    expect((await fetch(link)).status).toBe(200);
  });

  it('the internal conflict text of the registration names the deal and its owner, the redacted one neither', async () => {
    const { extId, dealName, ownerName } = await waitingRegistration(crm);
    const { registration, internal } = fieldNames[crm];
    const summary = crm === 'salesforce' ? 'Conflict_Summary__c' : 'conflict_summary';
    const fields = await inCrm(crm, registration, extId, [internal, summary]);
    expect(fields[internal]).toContain(`"${dealName}"`);
    expect(fields[internal]).toContain(`The owner of the deal is ${ownerName}.`);
    expect(fields[summary]).not.toContain(dealName);
    expect(fields[summary]).not.toContain(ownerName);
  });

  it('a rep who opens a deal at a protected customer reads it there; it is cleared when the protection ends', async () => {
    const before = await protectedRegistration(crm);
    const name = `Opened at a protected customer (${crm})`;
    const { extId, ownerName } = await openDeal(crm, before.accountExtId, name);
    await service.runJobAndRest();
    const deal = await dealInCrm(crm, extId);
    expect(deal).toMatchObject({
      status: 'approved',
      role: 'rival_deal',
      number: before.number,
      partner: before.partnerName,
      until: before.protectedUntil,
      decides: `Nobody: the partner is protected until ${before.protectedUntil}. Ask the channel account manager, ${before.managerName}, before you go on.`,
    });
    const { registration, internal } = fieldNames[crm];
    const fields = await inCrm(crm, registration, before.extId, [internal]);
    expect(fields[internal]).toContain(`"${name}"`);
    expect(fields[internal]).toContain(`The owner of the deal is ${ownerName}.`);
    const raised = (await alerts()).filter(({ message }) => message.includes(name));
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({ state: 'rival_deal' });
    expect(raised[0]?.message).toContain(`Channel account manager: ${before.managerName}.`);

    const again = await service.runJobAndRest();
    expect(again.summary.written).toEqual({ salesforce: 0, hubspot: 0 });

    const decide = (decision: 'reopen' | 'reject') =>
      reviewRegistration(service.deps, { registrationId: before.id, decision, reason: 'No.', personId });
    await decide('reopen');
    await decide('reject');
    await service.runJobAndRest();
    expect(new Set(Object.values(await dealInCrm(crm, extId)))).toEqual(new Set([null]));
  }, 120_000);
});

describe('who may read what in Salesforce', () => {
  it('an employee reads the internal conflict text; to a partner user the field does not exist', async () => {
    const { extId, dealName } = await waitingRegistration('salesforce');
    const employee = await salesforceUser('Employee', ['Fairway_Internal']);
    const partner = await salesforceUser('Partner', ['Fairway_Partner']);
    const record = `/sobjects/Fairway_Registration__c/${extId}`;
    const read = await askSalesforce(record, employee);
    expect(read.status).toBe(200);
    expect(JSON.parse(read.text)).toMatchObject({
      Internal_Conflict__c: expect.stringContaining(dealName),
      Conflict_Summary__c: expect.any(String),
    });
    const redacted = await askSalesforce(record, partner);
    expect(redacted.status).toBe(200);
    expect(JSON.parse(redacted.text)).toMatchObject({
      Status__c: 'in_review',
      Conflict_Summary__c: expect.any(String),
      Reason__c: expect.any(String),
    });
    expect(redacted.text).not.toContain('Internal_Conflict__c');
    expect(redacted.text).not.toContain(dealName);
    const described = await askSalesforce('/sobjects/Fairway_Registration__c/describe', partner);
    expect(described.text).not.toContain('Internal_Conflict__c');
    const query = encodeURIComponent('SELECT Internal_Conflict__c FROM Fairway_Registration__c');
    expect(await askSalesforce(`/query?q=${query}`, partner)).toMatchObject({
      status: 400,
      text: expect.stringContaining('INVALID_FIELD'),
    });
  });

  it('a partner user sees none of what Fairway writes to opportunities', async () => {
    const partner = await salesforceUser('Reseller', ['Fairway_Partner']);
    const described = await askSalesforce('/sobjects/Opportunity/describe', partner);
    const { fields } = JSON.parse(described.text) as { fields: readonly { name: string }[] };
    expect(fields.length).toBeGreaterThan(10);
    expect(fields.map(({ name }) => name).filter((name) => name.startsWith('Fairway_'))).toEqual([]);
  });
});
