import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveConnection } from '#src/db/connections/connection-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import type { writeIntent } from '#src/db/schema/work.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import {
  priorityIntents,
  hasPending,
  laneOf,
  pendingIntents,
  saveIntents,
} from '#src/db/sync/write-store.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let test: TestDeps;
let connectionId: string;
beforeAll(async () => {
  test = await startDeps();
});
afterAll(() => test[Symbol.asyncDispose]());
beforeEach(async () => {
  const { db, ids, clock, config } = test.deps;
  await db.delete(connection);
  connectionId = ids();
  const secrets = sealSecrets(config.masterKey, connectionId, { accessToken: 'pat-test' });
  await saveConnection(db, {
    id: connectionId,
    kind: 'hubspot',
    name: 'HubSpot',
    settings: {},
    secrets,
    createdAt: clock(),
  });
});

type NewIntent = typeof writeIntent.$inferInsert;
const intent = (more: Partial<NewIntent>): NewIntent => {
  const { ids, clock } = test.deps;
  const common = {
    id: ids(),
    connectionId,
    object: 'companies',
    kind: 'account',
    recordId: ids(),
    operation: 'update' as const,
  };
  return { ...common, fields: {}, createdAt: clock(), runId: null, urgent: false, ...more };
};
const decided = (more: Partial<NewIntent> = {}) =>
  intent({ object: 'p_fairway_registration', kind: 'registration', urgent: true, ...more });
const early = (lane: 'interactive' | 'hint' | 'bulk', limit = 1_000) =>
  priorityIntents(test.deps.db, connectionId, { lane, except: [], limit });

describe('a pending write', () => {
  it('of an approval is sent before a thousand earlier writes of hints', async () => {
    const approval = decided();
    await saveIntents(test.deps.db, [...Array.from({ length: 1_000 }, () => intent({})), approval]);
    expect((await early('hint'))[0]?.id).toBe(approval.id);
    expect((await early('interactive')).map(({ id }) => id)).toEqual([approval.id]);
  });

  it('of a hint is sent before the writes of runs', async () => {
    const { db, ids } = test.deps;
    const [hinted, planned] = [intent({ object: 'deals' }), intent({ runId: ids() })];
    await saveIntents(db, [planned, hinted]);
    expect((await early('bulk')).map(({ id }) => id)).toEqual([hinted.id]);
    expect((await pendingIntents(db, connectionId, null, 10)).map(({ id }) => id)).toEqual([planned.id]);
    expect(await hasPending(db, connectionId, 'interactive')).toBe(false);
  });

  it('stays in its lane or moves to an earlier one when it is planned again', async () => {
    const { db, ids } = test.deps;
    const recordId = ids();
    const lanes: string[] = [];
    for (const more of [
      { runId: ids() },
      { runId: null },
      { runId: ids() },
      { urgent: true },
      { runId: null },
      { runId: ids() },
    ]) {
      await saveIntents(db, [intent({ recordId, ...more })]);
      const [one] = [...(await early('bulk')), ...(await pendingIntents(db, connectionId, null, 10))];
      lanes.push(one ? laneOf(one) : 'none');
    }
    expect(lanes).toEqual(['bulk', 'hint', 'hint', 'interactive', 'interactive', 'interactive']);
  });
});
