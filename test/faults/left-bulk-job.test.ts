import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { retryDeadLetters } from '#src/operations/write/retry-dead-letters.ts';
import { startService, type Service } from '#test/support/service.ts';

const workerFile = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));
const field = 'Fairway_Conflict_Summary__c';
/** More than Salesforce takes as collections. */
const rows = 2_200;

let service: Service;
let crm: Connection;
let worker: ChildProcess | null = null;
beforeAll(async () => {
  service = await startService({ plain: { accounts: 40, partners: 4, opportunities: rows } });
  crm =
    (await listConnections(service.deps.db)).find(({ kind }) => kind === 'salesforce') ??
    expect.fail('no Salesforce');
  await service.runJob();
}, 120_000);
afterEach(async () => {
  await settings({ bulkMs: 0 });
  await fetch(`${service.addresses.control}/faults`, { method: 'DELETE' });
  if (worker?.exitCode === null && worker.signalCode === null) worker.kill('SIGKILL');
});
afterAll(() => service[Symbol.asyncDispose]());

const query = <T extends Record<string, unknown>>(words: ReturnType<typeof sql>) =>
  service.deps.db.execute<T>(words);
const send = (url: string, method: string, body: unknown) =>
  fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const settings = (changes: { readonly bulkMs: number }) =>
  send(`${service.addresses.salesforce}/sandbox/settings`, 'PATCH', changes);
const next = () => pushConnection(service.deps, { connectionId: crm.id, runId: null }, async () => {});
const jobsLeft = async () => (await query(sql`select 1 from bulk_job`)).length;
const statuses = async () =>
  Object.fromEntries(
    (
      await query<{ status: string; count: number }>(
        sql`select status, count(*)::int as count from write_intent group by 1`,
      )
    ).map((row) => [row.status, row.count]),
  );

const liveVersion = () =>
  service.deps.packs.find((one) => one.system === 'salesforce' && one.object === 'Opportunity')?.version;
const said = (value: string) => JSON.stringify({ [field]: value });

/** Refused writes of every deal, so that a `replay` job sends them all. */
async function refusedWrites(value: string): Promise<void> {
  await query(sql`truncate write_intent`);
  await query(sql`
    insert into write_intent (id, connection_id, object, kind, record_id, operation, ext_id, fields, base, run_id, status, created_at, mapping_version)
    select gen_random_uuid(), connection_id, object, kind, record_id, 'update', ext_id, ${said(value)}::text::jsonb,
           jsonb_build_object(${field}::text, coalesce(s.fields -> ${field}, 'null'::jsonb)), gen_random_uuid(), 'dead', now(), ${liveVersion()}
    from link left join shadow s using (connection_id, object, ext_id) where connection_id = ${crm.id} and object = 'Opportunity'`);
}

/** Sends them from a separate worker process and kills it as soon as `reached`. */
async function killWorkerAt(reached: () => Promise<boolean>): Promise<void> {
  await retryDeadLetters(service.deps, { connectionId: crm.id, personId: null });
  worker = fork(workerFile, [], {
    env: { ...process.env, ...service.env, SYNC_MINUTES: '0' },
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  await expect.poll(reached, { timeout: 60_000, interval: 20 }).toBe(true);
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
}

async function callsSince(before: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { summary } of (await service.callsTo('salesforce')).slice(before))
    counts[summary] = (counts[summary] ?? 0) + 1;
  return counts;
}
const callCount = async () => (await service.callsTo('salesforce')).length;

async function valuesInCrm(): Promise<ReadonlyMap<string, unknown>> {
  const ids = (
    await query<{ ext_id: string }>(
      sql`select ext_id from link where connection_id = ${crm.id} and object = 'Opportunity'`,
    )
  ).map((row) => row.ext_id);
  const records = await service.deps.connectorFor(crm).fetch('Opportunity', ids, [field]);
  return new Map(records.map((record) => [record.extId, record.fields[field]]));
}

describe('a worker killed while Salesforce works on its bulk job', () => {
  it(
    'has its rows sent once: the next writer waits for the job and uses its results',
    { timeout: 150_000 },
    async () => {
      await refusedWrites('first');
      await settings({ bulkMs: 2_000 });
      const before = await callCount();
      await killWorkerAt(async () => ((await callsSince(before))['bulk update status Opportunity'] ?? 0) > 0);
      expect([await jobsLeft(), await statuses()]).toEqual([1, { pending: rows }]);
      await next();
      expect([await jobsLeft(), await statuses()]).toEqual([0, { done: rows }]);
      const calls = await callsSince(before);
      expect(calls['bulk update Opportunity']).toBe(1);
      expect(Object.keys(calls).filter((summary) => summary.startsWith('update'))).toEqual([]);
      expect(new Set((await valuesInCrm()).values())).toEqual(new Set(['first']));
    },
  );

  it(
    'leaves a job that never got its rows, which is ended, and they are sent in another',
    { timeout: 150_000 },
    async () => {
      await refusedWrites('second');
      await send(`${service.addresses.control}/faults`, 'POST', [
        {
          vendor: 'salesforce',
          match: { method: 'PUT', path: '/batches', nth: 1, times: 1 },
          fault: { kind: 'hang' },
        },
      ]);
      const before = await callCount();
      await killWorkerAt(async () => {
        const { rules } = (await (await fetch(`${service.addresses.control}/faults`)).json()) as {
          readonly rules: readonly { readonly struck: number }[];
        };
        return rules.some(({ struck }) => struck > 0);
      });
      expect(await jobsLeft()).toBe(1);
      await next();
      expect([await jobsLeft(), await statuses()]).toEqual([0, { done: rows }]);
      const calls = await callsSince(before);
      expect([calls['bulk update abort Opportunity'], calls['bulk update Opportunity']]).toEqual([1, 2]);
      expect(new Set((await valuesInCrm()).values())).toEqual(new Set(['second']));
    },
  );
});

it(
  'what people decide goes out beside a running bulk job, and after it what is about its own records',
  { timeout: 150_000 },
  async () => {
    await refusedWrites('third');
    await query(sql`update write_intent set status = 'pending'`);
    const [other] = await query<{ record_id: string; ext_id: string; base: unknown }>(
      sql`delete from write_intent where id = (select id from write_intent limit 1) returning record_id, ext_id, base`,
    );
    await settings({ bulkMs: 6_000 });
    const writing = next();
    await expect.poll(jobsLeft, { timeout: 20_000 }).toBe(1);
    await query(sql`
    insert into write_intent (id, connection_id, object, kind, record_id, operation, ext_id, fields, base, urgent, created_at, mapping_version)
    values (gen_random_uuid(), ${crm.id}, 'Opportunity', 'opportunity', ${other?.record_id}, 'update', ${other?.ext_id}, ${said('decided')}::text::jsonb,
            ${JSON.stringify(other?.base)}::text::jsonb, true, now(), ${liveVersion()})`);
    const [first] = await query<{ ext_id: string }>(sql`
    update write_intent set id = gen_random_uuid(), urgent = true, fields = ${said('decided')}::text::jsonb, base = ${said('third')}::text::jsonb
    where id = (select id from write_intent where not urgent limit 1) returning ext_id`);
    const doneUrgent = async () =>
      (
        await query<{ ext_id: string }>(sql`select ext_id from write_intent where urgent and status = 'done'`)
      ).map((row) => row.ext_id);
    await expect.poll(doneUrgent, { timeout: 5_500 }).toEqual([other?.ext_id]);
    expect(await jobsLeft()).toBe(1);
    await writing;
    expect([await jobsLeft(), await statuses()]).toEqual([0, { done: rows }]);
    const values = await valuesInCrm();
    expect(new Map([...values].filter(([, value]) => value !== 'third'))).toEqual(
      new Map([other, first].map((one) => [one?.ext_id, 'decided'])),
    );
  },
);
