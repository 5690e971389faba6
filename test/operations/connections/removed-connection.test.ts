import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { Deps } from '#src/deps.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture } from '#test/operations/hints/hints-fixture.ts';

type Read = (deps: Deps, connectionId: string) => Promise<unknown>;
const reads: readonly (readonly [string, Read])[] = [
  [
    'serving hints',
    (deps, connectionId) => processHints(deps, { connectionId, roundEveryMs: 0 }, noProgress),
  ],
  [
    'a comparison',
    (deps, connectionId) =>
      reconcileObject(deps, { connectionId, kind: 'opportunity', acceptRemovals: false }, noProgress),
  ],
];

it.each(reads)(
  '%s stores nothing of a connection that is removed while the vendor answers',
  { timeout: 60_000 },
  async (_, read) => {
    await using fixture = await startHintsFixture(sampleWith(2));
    const { deps, connection } = fixture;
    const [deal] = await deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'deals' limit 1`,
    );
    const hints = [{ object: 'deals', extId: deal?.ext_id ?? '' }];
    await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
    // The read record changes, so that there is something to store.
    await fixture.control('POST', '/edit', {
      objectType: 'deals',
      id: deal?.ext_id,
      properties: { dealname: 'Renamed' },
      userId: 7,
    });
    const remove = () => deps.db.execute(sql`delete from connection where id = ${connection.id}`);
    await expect(read(answering(deps, remove), connection.id)).rejects.toThrow('no such connection');
    expect(await deps.db.execute(sql`select object, ext_id from remote_record`)).toHaveLength(0);
    expect(await deps.db.execute(sql`select object, ext_id from scanned`)).toHaveLength(0);
  },
);

/** Something happens while the vendor's answer is on its way. */
function answering(deps: Deps, meanwhile: () => Promise<unknown>): Deps {
  return {
    ...deps,
    connectorFor: (...args) => {
      const connector: CrmConnector = requireCrm(deps.connectorFor(...args));
      return {
        ...connector,
        async *pull(request) {
          for await (const page of connector.pull(request)) {
            await meanwhile();
            yield page;
          }
        },
        fetch: async (...asked) => {
          const found = await connector.fetch(...asked);
          await meanwhile();
          return found;
        },
      };
    },
  };
}
