import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection as Jsforce } from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { checkAccess } from '#src/operations/connections/connect.ts';
import { runCommand } from '#test/cli/run-command.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import type { Service } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startBootedService();
}, 180_000);
afterAll(() => service[Symbol.asyncDispose]());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function connectionTo(crm: string): Promise<Connection> {
  const found = (await listConnections(service.deps.db)).find(({ kind }) => kind === crm);
  if (!found) throw new Error(`no ${crm}`);
  return found;
}

/** As `fairway connect … --check` asks, with these secrets instead of the stored ones. */
async function checksOf(crm: string, secrets?: Record<string, string>): Promise<readonly AccessCheck[]> {
  const { id, kind, name, settings, secrets: sealed } = await connectionTo(crm);
  const known = openSecrets(service.deps.config.masterKey, id, sealed);
  return checkAccess(service.deps, { kind, name, settings, secrets: secrets ?? known });
}

const named = (checks: readonly AccessCheck[], about: string) => checks.find((one) => one.about === about);
const missing = (checks: readonly AccessCheck[]) => checks.filter(({ result }) => result === 'missing');

/** An administrator changes what the integration may see and write. */
async function changeSettings(
  crm: 'salesforce' | 'hubspot',
  settings: object,
  page: 'settings' | 'limits' = 'settings',
): Promise<void> {
  const response = await fetch(`${service.addresses[crm]}/sandbox/${page}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  expect(response.ok).toBe(true);
}

/** The API as another administrator of the org. */
async function administrator(username: string): Promise<Jsforce> {
  const { salesforce } = service.addresses;
  const response = await fetch(`${salesforce}/sandbox/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, lastName: 'Admin' }),
  });
  const { accessToken } = (await response.json()) as { accessToken: string };
  return new Jsforce({ instanceUrl: salesforce, accessToken, version: '67.0' });
}

/** An administrator takes the permission sets away from the integration user. Returns the way back. */
async function unassignSets(): Promise<() => Promise<void>> {
  const org = await administrator('other.admin@cascadia.example');
  const { records } = await org.query(
    "SELECT Id, PermissionSetId, AssigneeId FROM PermissionSetAssignment WHERE Assignee.LastName = 'Integration'",
  );
  for (const { Id } of records) await org.sobject('PermissionSetAssignment').destroy(String(Id));
  return async () => {
    for (const { PermissionSetId, AssigneeId } of records)
      await org.sobject('PermissionSetAssignment').create({ PermissionSetId, AssigneeId });
  };
}

describe('a check of what the integration user may do', { timeout: 60_000 }, () => {
  it('finds nothing missing in a connected org and a connected portal, and names the partners', async () => {
    for (const crm of ['salesforce', 'hubspot']) {
      const checks = await checksOf(crm);
      expect(missing(checks)).toEqual([]);
      expect(named(checks, 'partners')).toMatchObject({
        result: 'ok',
        message: expect.stringMatching(/: \d+/),
      });
    }
    const salesforce = await checksOf('salesforce');
    expect(named(salesforce, 'sign-in')?.message).toMatch(
      /^Cascadia Instruments \(Developer Edition\), audience/,
    );
    expect(salesforce.map(({ about }) => about)).toEqual(
      expect.arrayContaining(['clock', 'API calls', 'owners of records', 'change events', 'object Account']),
    );
  });

  it('names the approvals that the integration user does not see, with the page of Setup', async () => {
    expect(named(await checksOf('salesforce'), 'approvals')).toMatchObject({ result: 'ok' });
    await changeSettings('salesforce', { hidden: ['ApprovalWorkItem'] });
    expect(named(await checksOf('salesforce'), 'approvals')).toMatchObject({
      result: 'degraded',
      message: expect.stringContaining('does not see approvals by flow (ApprovalWorkItem), so'),
      fix: expect.stringContaining('Object Settings › Approval Submissions'),
    });
    await changeSettings('salesforce', { hidden: [] });
  });

  it('names each object and field that is hidden with the page of Setup, on the console’s button as well', async () => {
    const assignAgain = await unassignSets();
    const checks = await checksOf('salesforce');
    expect(missing(checks)).toMatchObject([
      {
        about: 'object Fairway_Registration__c',
        fix: expect.stringContaining('assign Fairway_Integration to the integration user'),
      },
      { about: 'object Registration_Decision__c' },
      { about: 'object Fairway_Payout__c' },
    ]);
    expect(named(checks, 'field Account.Fairway_Tier__c')).toMatchObject({
      result: 'degraded',
      fix: expect.stringContaining('Setup › Object Manager › Account › Fields & Relationships'),
    });
    const { id: connectionId } = await connectionTo('salesforce');
    const pressed = await checkConnection(service.deps, { connectionId });
    expect(pressed).toMatchObject({ ok: true });
    expect(missing(pressed.checks)).toEqual(missing(checks));
    await assignAgain();
    expect(missing(await checksOf('salesforce'))).toEqual([]);
  });

  it('names the users who can write who created a record, and so decide in another person’s name', async () => {
    expect(named(await checksOf('salesforce'), 'authors of decisions')?.result).toBe('ok');
    const org = await administrator('audit.admin@cascadia.example');
    const { records } = await org.query("SELECT Id FROM PermissionSet WHERE Name = 'Fairway_Integration'");
    const Id = String(records[0]?.Id);
    await org.sobject('PermissionSet').update({ Id, PermissionsCreateAuditFields: true });
    expect(named(await checksOf('salesforce'), 'authors of decisions')).toMatchObject({
      result: 'degraded',
      message: expect.stringMatching(/^These users have “Set Audit Fields upon Record Creation” .*@/),
      fix: expect.stringContaining('Setup › Permission Sets'),
    });
    await org.sobject('PermissionSet').update({ Id, PermissionsCreateAuditFields: false });
  });

  it('names the system permissions that the first connect needs, and connecting without them says what to do', async () => {
    const withhold = (withheldPermissions: readonly string[]): Promise<void> =>
      changeSettings('salesforce', { withheldPermissions });
    const deploys = 'permission “Modify Metadata Through Metadata API Functions”';
    expect(named(await checksOf('salesforce'), deploys)?.result).toBe('ok');
    const assignAgain = await unassignSets();
    await withhold(['ModifyMetadata']);
    expect(named(await checksOf('salesforce'), deploys)).toMatchObject({
      result: 'degraded',
      fix: expect.stringContaining('schema --out'),
    });
    const install = async () =>
      requireCrm(service.deps.connectorFor(await connectionTo('salesforce'))).install(crmSchema);
    await expect(install()).rejects.toMatchObject({
      failure: { fix: expect.stringContaining('schema --out') },
    });
    await withhold(['AssignPermissionSets']);
    expect(named(await checksOf('salesforce'), 'permission “Assign Permission Sets”')?.result).toBe(
      'degraded',
    );
    await expect(install()).rejects.toMatchObject({
      failure: { fix: expect.stringContaining('Manage Assignments') },
    });
    await withhold([]);
    await assignAgain();
  });

  it('names hidden standard fields, the field that marks partners, and leads, and does not say that connecting shows them', async () => {
    await changeSettings('salesforce', { hidden: ['Account.Type', 'Account.Website', 'Lead'] });
    const checks = await checksOf('salesforce');
    expect(named(checks, 'field Account.Website')).toEqual({
      about: 'field Account.Website',
      result: 'degraded',
      message: 'The integration user does not see it.',
      fix: 'Assign Fairway_Integration to the integration user, or show it to the profile of that user (Setup › Object Manager › Account › Fields & Relationships › Website › Set Field-Level Security).',
    });
    expect(named(checks, 'object Lead')).toMatchObject({
      result: 'degraded',
      fix: expect.stringContaining('Object Settings › Lead'),
    });
    expect(named(checks, 'partners')).toMatchObject({
      result: 'missing',
      fix: expect.stringMatching(/^Show the integration user the field that marks partners/),
    });
    await changeSettings('salesforce', { hidden: [] });
    expect(missing(await checksOf('salesforce'))).toEqual([]);
  });

  it('names each scope that the app lacks, also those for writing', async () => {
    expect(named(await checksOf('hubspot'), 'scopes for writing')?.message).toBe('The app has them.');
    const withdrawnScopes = [
      'crm.objects.deals.write',
      'crm.schemas.custom.write',
      'crm.objects.leads.read',
      'crm.objects.owners.read',
    ];
    await changeSettings('hubspot', { withdrawnScopes });
    const checks = await checksOf('hubspot');
    expect(missing(checks)).toEqual([
      {
        about: 'scopes for writing',
        result: 'missing',
        message: 'The app lacks crm.objects.deals.write, crm.schemas.custom.write.',
        fix: expect.stringContaining('Settings › Integrations'),
      },
    ]);
    for (const [about, scope] of [
      ['leads', 'crm.objects.leads.read'],
      ['owners of records', 'crm.objects.owners.read'],
    ] as const)
      expect(named(checks, about)).toMatchObject({
        result: 'degraded',
        fix: expect.stringContaining(scope),
      });
    await changeSettings('hubspot', { withdrawnScopes: [] });
    expect(missing(await checksOf('hubspot'))).toEqual([]);
  });

  it('names a lack of calls, and change events that the user may not select', async () => {
    const used = async (crm: string): Promise<number> => {
      const check = named(await checksOf(crm), 'API calls');
      expect(check?.result).toBe('ok');
      return Number(/^\d+/.exec(check?.message ?? '')?.[0]);
    };
    for (const [crm, limit, page, place] of [
      ['salesforce', 'dailyCalls', 'settings', 'Setup › Company Information'],
      ['hubspot', 'perDay', 'limits', 'Settings › Integrations'],
    ] as const) {
      const before = await used(crm);
      const after = await used(crm);
      await changeSettings(crm, { [limit]: after + (after - before) + 1 }, page);
      expect(named(await checksOf(crm), 'API calls')).toMatchObject({
        result: 'degraded',
        fix: expect.stringContaining(place),
      });
      await changeSettings(crm, { [limit]: 100_000 }, page);
    }
    await changeSettings('salesforce', { withheldPermissions: ['ViewSetup'] });
    expect(named(await checksOf('salesforce'), 'change events')).toMatchObject({
      result: 'degraded',
      message: expect.stringContaining('Changes are found by polling, every SYNC_MINUTES'),
      fix: expect.stringContaining('View Setup and Configuration'),
    });
    await changeSettings('salesforce', { withheldPermissions: [] });
  });

  it('names the clock of this server when it differs from Salesforce’s by more than three minutes', async () => {
    const { id, kind, name, settings, secrets } = await connectionTo('salesforce');
    const input = { kind, name, settings, secrets: openSecrets(service.deps.config.masterKey, id, secrets) };
    const at = (offsetMs: number) =>
      checkAccess({ ...service.deps, clock: () => new Date(Date.now() + offsetMs) }, input);
    expect(named(await at(0), 'clock')?.result).toBe('ok');
    expect(named(await at(200_000), 'clock')).toMatchObject({
      result: 'missing',
      message: expect.stringMatching(/differ by (19|20)\d seconds/),
      fix: expect.stringContaining('Set the clock of this server'),
    });
  });

  it('says of a service key that changes are found by polling', async () => {
    const { id, secrets } = await connectionTo('hubspot');
    const { accessToken = '' } = openSecrets(service.deps.config.masterKey, id, secrets);
    expect(named(await checksOf('hubspot'), 'announced changes')?.result).toBe('ok');
    expect(named(await checksOf('hubspot', { accessToken }), 'announced changes')).toMatchObject({
      result: 'degraded',
      message: expect.stringContaining('polling'),
    });
  });

  it('is printed by the connect command with --check, which stores nothing', async () => {
    for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const response = await fetch(`${service.addresses.control}/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ publicKeyPem: keys.publicKey }),
    });
    const { salesforce } = (await response.json()) as {
      salesforce: { settings: { clientId: string; username: string } };
    };
    const keyFile = join(service.deps.config.dir, 'fairway.key');
    await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
    const before = await listConnections(service.deps.db);
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    const { clientId, username } = salesforce.settings;
    const options = { 'client-id': clientId, username, 'key-file': keyFile, check: true };
    const place = { 'login-url': service.addresses.salesforce, 'no-change-events': true };
    expect(await runCommand(['connect', 'salesforce'], { ...options, ...place })).toBe(0);
    expect(lines.join('\n')).toContain(
      'ok        object Fairway_Registration__c: It can be read and written.',
    );
    expect(lines.join('\n')).toContain('degraded  change events: They are off.');
    expect(lines.join('\n')).toMatch(/Everything that Fairway needs is there\.$/);
    expect(await listConnections(service.deps.db)).toEqual(before);
  });
});
