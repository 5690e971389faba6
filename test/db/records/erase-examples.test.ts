import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { addBackfill, findBackfill, saveBackfill } from '#src/db/mappings/backfill-store.ts';
import { eraseExamples } from '#src/db/records/erase-examples.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let test: TestDeps;
beforeAll(async () => {
  test = await startDeps();
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

it('removes the examples of an erased record from the findings of a backfill, and changes neither the counts nor other connections', async () => {
  const { deps } = test;
  const [connectionId, other] = [deps.ids(), deps.ids()];
  const place = { object: 'Account', kind: 'account', version: 3, startedAt: deps.clock() } as const;
  const example = (ref: string) => ({ ref, before: null, after: `Text of ${ref}` });
  const report = {
    fairway: {
      changed: 2,
      fields: [{ field: 'city', count: 2, examples: [example('one'), example('two')] }],
    },
    crm: { written: 1, payload: { ref: 'one', fields: { City: 'Text of one' } } },
  };
  for (const [n, id] of [connectionId, other].entries()) {
    await deps.db.execute(
      sql`insert into connection (id, kind, name, settings, secrets, created_at) values (${id}, 'salesforce', ${`CRM ${n}`}, '{}', '{}', now())`,
    );
    await addBackfill(deps.db, { id, connectionId: id, ...place });
    await saveBackfill(deps.db, id, { report });
  }
  await deps.db.transaction((tx) => eraseExamples(tx, connectionId, ['one']));
  expect((await findBackfill(deps.db, connectionId))?.report).toEqual({
    fairway: { changed: 2, fields: [{ field: 'city', count: 2, examples: [example('two')] }] },
    crm: { written: 1, payload: null },
  });
  expect((await findBackfill(deps.db, other))?.report).toEqual(report);
});
