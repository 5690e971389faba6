import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import { applyInbound } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import { withPartnerRules } from '#mappings/engine/pack/partner-rules.ts';
import { listConnections, saveConnection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { partnerRulesOf, rereadAccounts } from '#src/operations/connections/partner-rules.ts';
import { startService, type Service } from '#test/support/service.ts';

/** A plain Enterprise org: no account type says “Channel Partner / Reseller”. */
let service: Service;
beforeAll(async () => {
  service = await startService({ profile: 'enterprise-default' });
}, 120_000);
afterAll(() => service[Symbol.asyncDispose]());

async function partnersIn(crm: string): Promise<number> {
  const [row] = await service.deps.db.execute<{ count: number }>(sql`
    select count(*)::int as count from account a join link l on l.record_id = a.id
    join connection c on c.id = l.connection_id where c.kind = ${crm} and a.is_partner and not a.deleted`);
  return row?.count ?? 0;
}

async function setRules(crm: string, field: string, values: readonly string[]): Promise<void> {
  const connection = (await listConnections(service.deps.db)).find(({ kind }) => kind === crm);
  if (!connection) throw new Error(`no ${crm}`);
  const { id, kind, name, secrets, createdAt } = connection;
  const settings = { ...connection.settings, partnerRules: [{ field, values: [...values] }] };
  await saveConnection(service.deps.db, { id, kind, name, secrets, createdAt, settings });
  const object = { salesforce: 'Account', hubspot: 'companies' }[crm] ?? '';
  await rereadAccounts(service.deps.db, id, object);
}

describe('who is a partner', { timeout: 180_000 }, () => {
  it('is found in a plain Enterprise org, and each candidate rule says how many accounts it marks', async () => {
    const { summary } = await service.runJob();
    expect(summary).toMatchObject({ complete: true, attention: [] });
    for (const connection of await listConnections(service.deps.db)) {
      if (connection.kind === 'files') continue;
      const connector = requireCrm(service.deps.connectorFor(connection));
      const candidates = (await connector.partnerCandidates?.()) ?? [];
      const usual = candidates.filter((one) => one.usual);
      const marked = usual.reduce((sum, { accounts }) => sum + accounts, 0);
      expect(marked).toBe(await partnersIn(connection.kind));
      expect(marked).toBeGreaterThan(5);
      expect(usual.map(({ label }) => label)).toEqual(
        connection.kind === 'salesforce'
          ? expect.arrayContaining(['Account Type is Partner', 'Account Type is Reseller'])
          : ['Type is Partner', 'Type is Reseller'],
      );
    }
  });

  it('is said in one sentence at the top when the run places no partner, and the run is not complete', async () => {
    await setRules('salesforce', 'Type', ['No such type']);
    await setRules('hubspot', 'type', ['No such type']);
    const { summary } = await service.runJob();
    expect(await partnersIn('salesforce')).toBe(0);
    expect(summary.complete).toBe(false);
    expect(summary.attention[0]).toMatch(/^No account is marked as a partner, .*Mappings\.$/);
  });

  it('is a rule with several fields, which makes partners again once it is chosen', async () => {
    await setRules('salesforce', 'Type', ['Partner', 'Reseller']);
    await setRules('hubspot', 'type', ['PARTNER', 'RESELLER']);
    expect((await service.runJob()).summary).toMatchObject({ complete: true, attention: [] });
    expect(await partnersIn('salesforce')).toBeGreaterThan(5);
  });
});

describe('connecting again', { timeout: 180_000 }, () => {
  it('keeps the rules that were chosen, also when none is chosen then, until others are', async () => {
    const { deps } = service;
    const found = async () => {
      const connection = (await listConnections(deps.db)).find(({ kind }) => kind === 'salesforce');
      return connection ?? expect.fail('no connection');
    };
    await setRules('salesforce', 'Type', ['Reseller']);
    const { id, kind, name, settings, secrets } = await found();
    const { partnerRules: _, ...given } = settings;
    const input = { kind, name, settings: given, secrets: openSecrets(deps.config.masterKey, id, secrets) };
    await connect(deps, input);
    expect(partnerRulesOf((await found()).settings)).toEqual([{ field: 'Type', values: ['Reseller'] }]);
    await connect(deps, { ...input, choosePartners: async () => [] });
    expect(partnerRulesOf((await found()).settings)).toEqual([{ field: 'Type', values: ['Reseller'] }]);
    const others = [{ field: 'Type', values: ['Partner'] }];
    await connect(deps, { ...input, choosePartners: async () => others });
    expect(partnerRulesOf((await found()).settings)).toEqual(others);
    const [entry] = await deps.db.execute(
      sql`select after from audit_event where action = 'connection.changed' order by at desc limit 1`,
    );
    expect(entry).toMatchObject({ after: { settings: { partnerRules: others } } });
  });
});

describe('the line isPartner of several rules', () => {
  const pack = {
    system: 'salesforce',
    object: 'Account',
    kind: 'account' as const,
    version: 1,
    fields: [
      { local: 'name', remote: 'Name', direction: 'in' as const },
      { local: 'isPartner', remote: 'Type', direction: 'in' as const },
    ],
  };
  const plain = { required: false, createable: true, updateable: true };
  const fields = [
    { name: 'Name', type: 'text' as const, ...plain },
    { name: 'Type', type: 'picklist' as const, values: ['Partner', 'Reseller', 'Customer'], ...plain },
    { name: 'IsPartner', type: 'boolean' as const, ...plain },
    { name: 'RecordTypeId', type: 'reference' as const, ...plain },
  ];
  const rules = [
    { field: 'Type', values: ['Partner'] },
    { field: 'Type', values: ['Reseller'] },
    { field: 'IsPartner', values: ['true'] },
    { field: 'RecordTypeId', values: ['0125f000000AAAAAA0'] },
  ];

  it.each([
    [{ Type: 'Partner' }, true],
    [{ Type: 'Reseller', IsPartner: false }, true],
    [{ Type: 'Customer', IsPartner: true }, true],
    [{ Type: null, RecordTypeId: '0125f000000AAAAAA0' }, true],
    [{ Type: 'Customer', IsPartner: false, RecordTypeId: '0125f000000BBBBBB0' }, false],
    [{ Type: null, IsPartner: null, RecordTypeId: null }, false],
  ])('reads %j as %s', (values, expected) => {
    const compiled = compileMapping(withPartnerRules(pack, rules), { object: 'Account', fields });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    expect(applyInbound(compiled.mapping, { Name: 'Acme', ...values }).values['isPartner']).toBe(expected);
  });

  it('is a list of values when one field says it', () => {
    const [, line] = withPartnerRules(pack, rules.slice(0, 2)).fields;
    expect(line).toEqual({
      local: 'isPartner',
      remote: 'Type',
      direction: 'in',
      transform: [{ name: 'equals', values: ['Partner', 'Reseller'] }],
    });
    expect(withPartnerRules(pack, [])).toBe(pack);
  });
});
