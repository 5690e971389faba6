/** The opportunity that a conversion creates in the CRM of its registration. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { openProblems } from '#test/support/queries.ts';
import { people, type CrmKind } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';
import { crmDealsFor, type DealsInCrm } from './deals-in-crm.ts';

const names = {
  salesforce: {
    name: 'Name',
    stage: 'StageName',
    close: 'CloseDate',
    amount: 'Amount',
    key: 'Fairway_Creation_Key__c',
    account: 'AccountId',
    owner: 'OwnerId',
    write: 'Fairway_Creation_Key__c',
  },
  hubspot: {
    name: 'dealname',
    stage: 'dealstage',
    close: 'closedate',
    amount: 'amount',
    key: 'fairway_creation_key',
    account: 'assoc:companies',
    owner: 'hubspot_owner_id',
    write: 'deals/batch/upsert',
  },
} as const;

describe.each<CrmKind>(['salesforce', 'hubspot'])('a conversion in %s', { timeout: 90_000 }, (kind) => {
  let crm: DecidingCrm;
  let deals: DealsInCrm;
  const field = names[kind];
  beforeAll(async () => {
    crm = await startDecidingCrm(kind);
    deals = crmDealsFor(kind, crm);
  }, 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());

  async function approved(customer: string): Promise<string> {
    const extId = await crm.register(customer);
    await crm.follow(extId);
    expect(await crm.show(extId)).toMatchObject({ lifecycleState: 'approved' });
    return extId;
  }

  async function convert(extId: string) {
    const { refused } = await applyLifecycleCommand(crm.deps, {
      at: Math.floor(crm.deps.clock().getTime() / 1000),
      by: people.aisha.email,
      via: 'api',
      do: 'convert',
      registration: await crm.idOf(extId),
      with: {},
    });
    return refused;
  }

  async function opportunityOf(extId: string) {
    const rows = await crm.deps.db.execute<{
      state: string;
      id: string | null;
      named: string | null;
      stage: string | null;
    }>(sql`
      select l.state, r.opportunity_id as id, r.named_opportunity_id as named, o.stage
      from registration r join registration_lifecycle l on l.registration_id = r.id
      left join opportunity o on o.id = r.opportunity_id where r.id = ${await crm.idOf(extId)}`);
    return rows[0];
  }

  /** The deals that the CRM has with this name. */
  async function dealsNamed(name: string) {
    const connector = requireCrm(crm.deps.connectorFor(crm.connection));
    const found = [];
    for await (const page of connector.pull({
      object: deals.object,
      fields: Object.values(field),
      since: null,
      resume: null,
    }))
      for (const record of page.records) if (record.fields[field.name] === name) found.push(record);
    return found;
  }

  async function linksTo(deal: string): Promise<readonly string[]> {
    const rows = await crm.deps.db.execute<{ id: string }>(
      sql`select record_id as id from link where object = ${deals.object} and ext_id = ${deal}`,
    );
    return rows.map(({ id }) => id);
  }

  /** An account of a customer, which Fairway has read. Returns the vendor's id. */
  async function customerAccount(name: string): Promise<string> {
    const object = kind === 'salesforce' ? 'Account' : 'companies';
    const country = kind === 'salesforce' ? { BillingCountry: 'France' } : { country: 'France' };
    const { id } =
      kind === 'salesforce'
        ? await crm.call('integration', 'POST', '/Account', { Name: name, ...country })
        : await crm.control('/edit', { objectType: object, properties: { name, ...country }, userId: 7_103 });
    crm.pass(2_000);
    const { deps, connection } = crm;
    const hints = [{ object, extId: id }];
    await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
    await processHints(deps, { connectionId: connection.id, roundEveryMs: 0 }, async () => {});
    return id;
  }

  /** The vendor's id of Aisha, who owns records. */
  async function aisha(): Promise<string> {
    if (kind === 'hubspot') return '51230003';
    const user = { username: 'aisha@owners.example', lastName: 'Khan', email: people.aisha.email };
    return (await crm.control('/users', { ...user, permissionSets: ['Fairway_Internal'] })).id;
  }

  async function rules(all: readonly { readonly objectType: string; readonly required: string }[]) {
    const path = `${String(crm.connection.settings['basePath'])}/sandbox/rules`;
    const headers = { 'content-type': 'application/json' };
    await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ rules: all }) });
  }

  test('without an opportunity creates one with the terms, links it on both sides, and reads it back', async () => {
    const extId = await approved('Zenit Porzellan');
    expect(await convert(extId)).toBeNull();
    await crm.follow(extId);
    await crm.follow(extId);
    const linked = await opportunityOf(extId);
    expect(linked).toEqual({
      state: 'converted',
      id: expect.any(String),
      named: linked?.id,
      stage: kind === 'hubspot' ? 'appointmentscheduled' : 'Prospecting',
    });
    const [deal, ...others] = await dealsNamed('Zenit Porzellan – Pumps');
    expect(others).toEqual([]);
    expect(await deals.named(extId)).toBe(deal?.extId);
    expect(Number(deal?.fields[field.amount])).toBe(10_000);
    expect(deal?.fields[field.key]).toBe(linked?.id);
  });

  test('is created for the account of the customer and for the person who converts', async () => {
    const account = await customerAccount('Ypsilon Kabel');
    const owner = await aisha();
    const extId = await approved('Ypsilon Kabel');
    await crm.deps.db.execute(sql`
      insert into crm_owner (connection_id, ext_id, name, email, read_at)
      values (${crm.connection.id}, ${owner}, 'Aisha Khan', ${people.aisha.email}, now()) on conflict (connection_id, ext_id) do update set email = excluded.email`);
    expect(await convert(extId)).toBeNull();
    await crm.follow(extId);
    const [deal] = await dealsNamed('Ypsilon Kabel – Pumps');
    expect(deal?.fields).toMatchObject({ [field.account]: account, [field.owner]: owner });
    await crm.deps.db.execute(sql`delete from crm_owner where email = ${people.aisha.email}`);
  });

  test('is one opportunity when the answer of the CRM is lost, and when the process ends before it is stored', async () => {
    const extId = await approved('Xanten Zement');
    expect(await convert(extId)).toBeNull();
    crm.faults.add({
      vendor: kind,
      match: { path: field.write, times: 1 },
      fault: { kind: 'cut', when: 'after' },
    });
    await crm.follow(extId).catch(() => {});
    expect(crm.faults.list()).toMatchObject([{ struck: 1 }]);
    crm.faults.clear();
    await crm.follow(extId);
    const [deal, ...others] = await dealsNamed('Xanten Zement – Pumps');
    expect(others).toEqual([]);
    const { db } = crm.deps;
    const linked = await opportunityOf(extId);
    await db.execute(sql`delete from shadow where ext_id = ${deal?.extId}`);
    await db.execute(sql`delete from link where record_id = ${linked?.id}`);
    await db.execute(sql`update remote_record set mapped_hash = null where ext_id = ${deal?.extId}`);
    await deals.follow({ deals: [deal?.extId ?? ''] });
    expect(await linksTo(deal?.extId ?? '')).toEqual([linked?.id]);
    await crm.follow(extId);
    expect(await dealsNamed('Xanten Zement – Pumps')).toHaveLength(1);
    expect(await opportunityOf(extId)).toMatchObject({ state: 'converted', named: linked?.id });
  });

  test('is not created again when somebody deletes it, and the approval is given back', async () => {
    const extId = await approved('Wismar Werft');
    expect(await convert(extId)).toBeNull();
    await crm.follow(extId);
    await crm.follow(extId);
    const [deal] = await dealsNamed('Wismar Werft – Pumps');
    await deals.remove(deal?.extId ?? '');
    await deals.follow({ deals: [deal?.extId ?? ''] });
    await crm.follow(extId);
    expect(await crm.show(extId)).toMatchObject({ lifecycleState: 'approved' });
    expect(await dealsNamed('Wismar Werft – Pumps')).toEqual([]);
  });

  test('that the CRM would refuse names the field and what to do', async () => {
    const extId = await approved('Velbert Beschlag');
    if (kind === 'salesforce') {
      const deal = await deals.create('Another deal');
      await crm.control('/fields/require', { object: 'Opportunity', field: 'NextStep' });
      // The description of the object is read again after an hour.
      crm.pass(3_700_000);
      await deals.follow({ deals: [deal] });
      expect(await convert(extId)).toMatchObject({
        reason: 'opportunity_not_created',
        problems: [
          {
            field: 'NextStep',
            message:
              'Opportunity requires NextStep in a new record, and Fairway has no value for it. Add NextStep with a value to “create” in the mapping, or give it a default in the CRM.',
          },
        ],
      });
      expect(await opportunityOf(extId)).toMatchObject({ state: 'approved', id: null });
    } else {
      // HubSpot tells its rules to no one, so the answer to the write names the field.
      await rules([{ objectType: 'deals', required: 'closed_lost_reason' }]);
      expect(await convert(extId)).toBeNull();
      await crm.follow(extId);
      expect(await openProblems(crm.deps.db)).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining('closed_lost_reason') }),
      );
      await rules([]);
    }
  });
});
