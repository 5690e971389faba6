import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { advisoryLocks } from '#src/db/advisory-locks.ts';
import type { Deps } from '#src/deps.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture } from '#test/operations/hints/hints-fixture.ts';

it(
  'a writer whose connection to the database was cut sends nothing more once another writes',
  { timeout: 60_000 },
  async () => {
    await using fixture = await startHintsFixture(sampleWith(2));
    const { deps, connection } = fixture;
    const runId = deps.ids();
    const fieldOf = { deals: 'fairway_conflict_summary', p_fairway_registration: 'conflict_summary' };
    for (const [object, field] of Object.entries(fieldOf)) {
      const pack = deps.packs.find((one) => one.system === 'hubspot' && one.object === object);
      await deps.db.execute(sql`
      insert into write_intent (id, connection_id, object, kind, record_id, operation, ext_id, fields, base, run_id, created_at, mapping_version)
      select gen_random_uuid(), connection_id, object, kind, record_id, 'update', ext_id, ${JSON.stringify({ [field]: 'said' })}::text::jsonb,
             jsonb_build_object(${field}::text, coalesce(s.fields -> ${field}, r.fields -> ${field}, 'null'::jsonb)), ${runId}, now(), ${pack?.version}
      from link join remote_record r using (connection_id, object, ext_id) left join shadow s using (connection_id, object, ext_id)
      where object = ${object}`);
    }
    const [reached, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const pushed: string[] = [];
    const slow = pushing(deps, async (object, push) => {
      pushed.push(object);
      reached.resolve();
      await release.promise;
      return push();
    });
    const input = { connectionId: connection.id, runId: null };
    const first = Promise.allSettled([pushConnection(slow, input, noProgress)]);
    await reached.promise;
    await deps.db.execute(
      sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = ${advisoryLocks.connectionWriter}`,
    );
    await pushConnection(deps, input, noProgress);
    const [left] = await deps.db.execute<{ count: number }>(
      sql`select count(*)::int as count from write_intent where status = 'pending'`,
    );
    expect(left?.count).toBe(0);
    // Something for the first to go on with.
    const again = await deps.db.execute(
      sql`update write_intent set status = 'pending', base = fields where run_id = ${runId} and object <> ${pushed[0]} returning id`,
    );
    expect(again).toHaveLength(1);
    release.resolve();
    expect(await first).toMatchObject([
      { status: 'rejected', reason: { message: expect.stringContaining('writing lock is gone') } },
    ]);
    expect(pushed).toHaveLength(1);
  },
);

type Push = CrmConnector['push'];

function pushing(
  deps: Deps,
  around: (object: string, push: () => ReturnType<Push>) => ReturnType<Push>,
): Deps {
  return {
    ...deps,
    connectorFor: (...args) => {
      const connector = requireCrm(deps.connectorFor(...args));
      return { ...connector, push: (batch) => around(batch.object, () => connector.push(batch)) };
    },
  };
}
