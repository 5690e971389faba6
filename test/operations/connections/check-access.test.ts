import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { AccessCheck } from '#connectors/contract/crm.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import type { Service } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startBootedService();
}, 120_000);
afterAll(() => service[Symbol.asyncDispose]());

async function checksOf(crm: string): Promise<readonly AccessCheck[]> {
  const found = (await listConnections(service.deps.db)).find(({ kind }) => kind === crm);
  if (!found) throw new Error(`no ${crm}`);
  const connector = requireCrm(service.deps.connectorFor(found));
  return (await connector.checkAccess?.(crmSchema)) ?? [];
}

const named = (checks: readonly AccessCheck[], about: string) => checks.find((one) => one.about === about);

describe('a check of what the integration user may do', { timeout: 60_000 }, () => {
  it('finds nothing missing in a connected org and in a connected portal', async () => {
    for (const crm of ['salesforce', 'hubspot']) {
      const checks = await checksOf(crm);
      expect(checks.filter(({ result }) => result === 'missing')).toEqual([]);
      expect(checks.length).toBeGreaterThan(5);
    }
    expect(named(await checksOf('salesforce'), 'sign-in')?.message).toContain('audience');
  });

  it('names the object, the field and the page of Setup for what is hidden', async () => {
    const { deps, addresses } = service;
    const found = (await listConnections(deps.db)).find(({ kind }) => kind === 'salesforce');
    if (!found) throw new Error('no org');
    const connector = requireCrm(deps.connectorFor(found));
    const wanted = crmSchema.map((object) =>
      object.kind === 'account'
        ? { ...object, fields: [...object.fields, { ...object.fields[0], name: 'notInstalled' } as never] }
        : object,
    );
    const checks = (await connector.checkAccess?.(wanted)) ?? [];
    expect(named(checks, 'field Account.Fairway_Not_Installed__c')).toMatchObject({
      result: 'degraded',
      fix: expect.stringContaining('Setup › Object Manager › Account › Fields & Relationships'),
    });
    expect(addresses.salesforce).toMatch(/^http/);
  });

  it('says that changes are polled where no events are announced', async () => {
    const announced = named(await checksOf('hubspot'), 'announced changes');
    expect(announced?.result === 'ok' || announced?.message.includes('polling')).toBe(true);
  });
});
