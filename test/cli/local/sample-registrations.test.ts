import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSampleRegistrations } from '#src/cli/local/sample/add-sample-registrations.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import { lifecycleStates } from '#src/domain/registrations/lifecycle/states.ts';
import { workLeft } from '#test/support/sync-queries.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import type { Service } from '#test/support/service.ts';
import { openProblems } from '#test/support/queries.ts';

let service: Service;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  service = await startBootedService();
  ids = await addSampleRegistrations(service.deps);
  await service.workUntil(async () => (await workLeft(service.deps.db)).length === 0);
}, 180_000);
afterAll(() => service[Symbol.asyncDispose]());

const idOf = (name: string): string => ids.get(name) ?? expect.fail(`there is no ${name}`);

async function stateOf(name: string): Promise<string | undefined> {
  const [row] = await service.deps.db.execute<{ state: string }>(
    sql`select state from registration_lifecycle where registration_id = ${idOf(name)}`,
  );
  return row?.state;
}

async function movesOf(name: string): Promise<readonly string[]> {
  const rows = await service.deps.db.execute<{ move: string }>(
    sql`select move from registration_event where registration_id = ${idOf(name)} order by id`,
  );
  return rows.map(({ move }) => move);
}

describe('the sample registrations', () => {
  test('show every state of the lifecycle', async () => {
    const rows = await service.deps.db.execute<{ state: string }>(
      sql`select distinct state from registration_lifecycle`,
    );
    expect(rows.map(({ state }) => state).toSorted()).toEqual([...lifecycleStates].toSorted());
  });

  test('have a breached promise, an open appeal, an appeal with an answer, and an extension to decide', async () => {
    expect(await movesOf('breached')).toContain('escalate_100');
    expect(await stateOf('appealed')).toBe('appealed');
    expect(await movesOf('overturned')).toEqual(expect.arrayContaining(['appeal', 'overturn']));
    expect(await stateOf('superseded')).toBe('superseded');
    expect(await movesOf('extension')).toContain('request_extension');
  });

  test('have a reseller and a distributor who are no rivals, under a programme that two people published', async () => {
    expect(await stateOf('reseller')).toBe('approved');
    expect(await stateOf('co-sell')).toBe('approved');
    const found = await findRegistration(service.deps.db, idOf('co-sell'));
    expect(found?.conflictCase?.decision.findings).toMatchObject([{ rule: 'co_sell', effect: 'note' }]);
    const [row] = await service.deps.db.execute<{ version: number }>(
      sql`select max(program_version)::int as version from registration_event where registration_id = ${idOf('co-sell')}`,
    );
    expect(row?.version).toBe(2);
  });

  test('get a record in the CRM, and are not added twice', async () => {
    const [row] = await service.deps.db.execute<{ linked: number }>(sql`
      select count(distinct l.record_id)::int as linked from link l join registration_lifecycle r on r.registration_id = l.record_id
      where l.kind = 'registration'`);
    expect(row?.linked).toBe(ids.size);
    expect((await addSampleRegistrations(service.deps)).size).toBe(0);
    expect(await openProblems(service.deps.db)).toEqual([]);
  });

  test('leave nothing to write to the run that follows', async () => {
    const { summary } = await service.runJobAndRest();
    expect(summary.registrations['total']).toBe(200 + ids.size);
    const again = await service.runJobAndRest();
    expect(again.summary.written).toEqual({ salesforce: 0, hubspot: 0 });
  }, 180_000);
});
