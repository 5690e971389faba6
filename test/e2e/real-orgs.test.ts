import { describe, expect, it } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { openProblems } from '#test/support/queries.ts';
import { startService } from '#test/support/service.ts';
import { expectOracle } from './oracle.ts';

/** On these the run must give what the sandbox works out; CI runs all of them, `npm test` the first two. */
const complete: readonly ProfileName[] = [
  'default',
  'multi-currency',
  'single-currency-eur',
  'single-currency-jpy',
  'time-zones',
  'enterprise-default',
  'minimum-access',
  'record-types',
  'country-picklists',
  'person-accounts',
  'professional-edition',
  'service-key',
  'public-app',
];
const isCi = process.env['CI'] === 'true';
const tried = isCi ? complete : complete.slice(0, 2);

/** The profiles in which a vendor announces no changes, so that each run has to find them. */
const polled: Partial<Record<ProfileName, string>> = {
  'professional-edition': 'salesforce',
  'service-key': 'hubspot',
};

describe.each(tried)('the main job on the profile %s', (profile) => {
  it('pays every partner what the sandbox expects, to the smallest unit, in its currency', async () => {
    await using service = await startService({ profile });
    const { summary } = await service.runJob();
    expect(summary).toMatchObject({ complete: true, attention: [] });
    expect(await openProblems(service.deps.db)).toEqual([]);
    await expectOracle(service, profile, summary);
    const silent = (await listConnections(service.deps.db)).filter((connection) => {
      const connector = service.deps.connectorFor(connection);
      return connector.role === 'crm' && connector.listen === null;
    });
    expect(silent.map(({ kind }) => kind)).toEqual(polled[profile] === undefined ? [] : [polled[profile]]);
  }, 180_000);
});

describe.runIf(isCi)('the main job on the profile other-partner-package', () => {
  it('pays as the sandbox expects and names each partner whose account a trigger refuses to change', async () => {
    await using service = await startService({ profile: 'other-partner-package' });
    const { summary } = await service.runJob();
    expect(summary).toMatchObject({ complete: true, attention: [] });
    await expectOracle(service, 'other-partner-package', summary);
    const refused = await openProblems(service.deps.db);
    expect(refused.length).toBeGreaterThan(1);
    for (const problem of refused)
      expect(problem).toMatchObject({
        code: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        message: expect.stringContaining('othprm.AccountLockedTrigger'),
        fix: expect.stringContaining('Setup › Apex Triggers'),
      });
  }, 180_000);
});
