import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Lane } from '#src/domain/connections/budget.ts';
import type { Deps } from '#src/deps.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture, type HintsFixture } from './hints-fixture.ts';

const deals = 1_020;
const untouched = 15;
let fixture: HintsFixture;
let deps: Deps;
let dealIds: readonly string[];
beforeAll(async () => {
  fixture = await startHintsFixture(sampleWith(deals));
  deps = fixture.deps;
  dealIds = (
    await deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'deals' order by ext_id`,
    )
  ).map((row) => row.ext_id);
}, 120_000);
afterAll(() => fixture[Symbol.asyncDispose]());

const sendHint = (extIds: readonly (string | null)[]) =>
  deps.db.transaction((tx) =>
    recordHints(deps, tx, {
      connection: fixture.connection,
      hints: extIds.map((extId) => ({ object: 'deals', extId })),
      via: 'webhook',
    }),
  );
const serve = (through: Deps) =>
  processHints(through, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);
const waiting = async () => (await deps.db.execute(sql`select 1 from hint`)).length;

interface Asked {
  readonly what: 'pull' | 'fetch';
  readonly lane: Lane;
  readonly ids?: readonly string[];
}

/** Notes what is asked of deals, and in which lane. */
function noting(asked: Asked[]): Deps {
  return {
    ...deps,
    connectorFor: (connection, lane = 'bulk') => {
      const connector = deps.connectorFor(connection, lane);
      return {
        ...connector,
        pull: (request) => {
          asked.push({ what: 'pull', lane });
          return connector.pull(request);
        },
        fetch: (object, ids, fields) => {
          asked.push({ what: 'fetch', lane, ids });
          return connector.fetch(object, ids, fields);
        },
      };
    },
  };
}

it('reads more than a thousand hints of one object as what changed since the last read, and by their ids only what that did not bring', async () => {
  const changed = dealIds.slice(untouched);
  for (const id of changed)
    await fixture.control('POST', '/edit', {
      objectType: 'deals',
      id,
      properties: { dealname: `New ${id}` },
      userId: 7,
    });
  await sendHint(dealIds);
  const asked: Asked[] = [];
  await serve(noting(asked));
  const named = await deps.db.execute(
    sql`select 1 from opportunity o join link l on l.record_id = o.id where o.name = 'New ' || l.ext_id`,
  );
  expect([named.length, await waiting()]).toEqual([changed.length, 0]);
  expect(asked[0]).toEqual({ what: 'pull', lane: 'hint' });
  const fetched = asked.slice(1);
  expect(fetched.map(({ what, lane }) => `${what} ${lane}`)).toEqual(['fetch hint']);
  // The read also returned Fairway's own writes since the last read.
  const written = (
    await deps.db.execute<{ ext_id: string }>(sql`select ext_id from shadow where object = 'deals'`)
  ).map((row) => row.ext_id);
  expect(fetched[0]?.ids?.toSorted()).toEqual(
    dealIds.slice(0, untouched).filter((id) => !written.includes(id)),
  );
}, 60_000);

it('reads a whole object that is hinted at with the calls that are kept for hints', async () => {
  const asked: Asked[] = [];
  await sendHint([null]);
  await serve(noting(asked));
  expect(asked).toEqual([{ what: 'pull', lane: 'hint' }]);
});
