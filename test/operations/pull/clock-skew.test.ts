import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveHints, waitingHints } from '#src/db/sync/hint-store.ts';
import { openSharedClock } from '#src/db/shared-clock.ts';
import type { Deps } from '#src/deps.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture, type HintsFixture } from '#test/operations/hints/hints-fixture.ts';

let fixture: HintsFixture;
let deps: Deps;
beforeAll(async () => {
  fixture = await startHintsFixture(sampleWith(1));
  deps = fixture.deps;
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());

const failed = (error: unknown): never => expect.fail(String(error));
const tenMinutesAhead = (): Date => new Date(Date.now() + 10 * 60_000);
const status = 'fairway_registration_status';

async function overwriteStatus(id: string): Promise<void> {
  await fixture.control('POST', '/edit', {
    objectType: 'deals',
    id,
    properties: { [status]: 'rejected' },
    userId: 7,
  });
  await deps.db.transaction((tx) =>
    recordHints(deps, tx, {
      connection: fixture.connection,
      hints: [{ object: 'deals', extId: id }],
      via: 'webhook',
    }),
  );
}
const serve = (through: Deps) =>
  processHints(through, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);
const doubts = async () => [
  ...(await deps.db.execute(sql`select ext_id, times from hint where via = 'recheck'`)),
];

describe('a worker whose clock is ten minutes ahead', () => {
  it('reads the database’s clock, to within its way there and back', async () => {
    using clock = await openSharedClock(deps.db, tenMinutesAhead, failed);
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(2_000);
  });

  it('dates its write so that the others’ reads after it are believed', async () => {
    using clock = await openSharedClock(deps.db, tenMinutesAhead, failed);
    const [deal] = await deps.db.execute<{ id: string }>(
      sql`select ext_id as id from remote_record where object = 'deals' and fields ->> 'dealname' = 'Pumps 0'`,
    );
    const id = deal?.id ?? expect.fail('the deal of the sample’s registration is not there');
    await overwriteStatus(id);
    await serve({ ...deps, clock: tenMinutesAhead, sharedClock: clock.now });
    const ahead = await deps.db.execute(
      sql`select 1 from shadow where written_at > clock_timestamp() + interval '1 minute'`,
    );
    expect([...ahead]).toEqual([]);
    await overwriteStatus(id);
    await serve(deps);
    expect(await doubts()).toEqual([]);
    const { properties } = await fixture.call('GET', `/crm/objects/2026-09/deals/${id}?properties=${status}`);
    expect(properties[status]).not.toBe('rejected');
  });
});

describe('a doubt', () => {
  it('rests twice as long each time asking again has not settled it', async () => {
    const at = new Date('2026-11-20T08:00:00Z');
    const dueAfter = async (ms: number) => {
      const now = new Date(at.getTime() + ms);
      return (
        await waitingHints(deps.db, fixture.connection.id, { perObject: 500, except: ['companies'], now })
      ).length;
    };
    for (const restMs of [2_000, 4_000, 8_000]) {
      await saveHints(deps.db, fixture.connection.id, [{ object: 'deals', extId: '4711' }], {
        via: 'recheck',
        at,
        ids: deps.ids,
      });
      expect([await dueAfter(restMs - 1), await dueAfter(restMs)]).toEqual([0, 1]);
    }
  });
});
