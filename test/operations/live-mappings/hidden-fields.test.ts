import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConnection } from '#src/db/connections/connection-store.ts';
import { knownFit, loadLiveMapping } from '#src/operations/live-mappings/load-live-mapping.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import {
  startVersionsFixture,
  type VersionsFixture,
} from '#test/operations/mappings/versions/versions-fixture.ts';

let fixture: VersionsFixture;
beforeEach(async () => {
  fixture = await startVersionsFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

async function load() {
  const { deps, account } = fixture;
  const connection = await findConnection(deps.db, account.connectionId);
  const pack = connection && packFor(deps, connection, 'account');
  if (!connection || !pack) throw new Error('no mapping of accounts');
  const connector = {
    ...deps.connectorFor(connection),
    role: 'crm' as const,
    hiddenFieldFix: (object: string, field: string) => `Setup of ${object}.${field}`,
  };
  const first = loadLiveMapping(deps, connection, connector as never, pack);
  return { first, again: () => knownFit(deps, connection, pack) };
}

describe('a field that the integration user has never seen', () => {
  it('costs that field, not the object, which is described again each time, because the field may be new', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Phone', null));
    const { first, again } = await load();
    const { mapping } = await first;
    expect(mapping.hiddenFields).toEqual(['Phone']);
    expect(mapping.inbound.map(({ local }) => local)).toEqual(expect.arrayContaining(['name', 'isPartner']));
    expect(mapping.inbound.map(({ local }) => local)).not.toContain('phone');
    expect(await again()).toBeNull();
    const drift = await fixture.deps.db.execute(sql`select 1 from mapping_drift`);
    expect(drift).toHaveLength(0);
  });

  it.each(['Name', 'Type'])(
    'is named with the page of the settings when it is %s, which is needed',
    async (field) => {
      fixture.looksLike('Account', fixture.withField('Account', field, null));
      await expect((await load()).first).rejects.toMatchObject({
        failure: {
          class: 'mapping',
          message: expect.stringContaining(`"${field}"`),
          fix: `Setup of Account.${field}`,
        },
      });
    },
  );
});
