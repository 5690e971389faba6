import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectCrms } from '#src/cli/local/sandbox.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { listenerState } from './listener-state.ts';
import { registerMany, type EnteredDeals } from './register-deals.ts';
import { openBenchService, peakMemoryMb, timedRun } from './bench-service.ts';

/**
 * From a change in the CRM to the decision visible in the CRM: partners register deals in both CRMs at a
 * steady rate, the vendors' streams (change events, webhooks journal) wake the worker, and every
 * registration's answer is timed by the vendors' own stamps. No run takes part. `--rate N` registrations a
 * second, `--seconds N`.
 */
const { values } = parseArgs({
  options: { rate: { type: 'string', default: '50' }, seconds: { type: 'string', default: '30' } },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
await using fixture = await openBenchService();
await connectCrms(fixture.deps, fixture.addresses);
for (const vendor of ['salesforce', 'hubspot'])
  await fixture.control('/seed-plain', { vendor, accounts: 1_000, partners: 50, opportunities: 2_000 });
const worker = await fixture.startWorker();
await timedRun(fixture.deps);
const connections = (await listConnections(fixture.deps.db)).filter((one) => one.kind !== 'files');
for (let waited = 0; !(await listenerState(fixture.databaseUrl, connections.length)); waited += 100) {
  if (waited > 30_000) throw new Error('the worker does not listen to the streams');
  await wait(100);
}

const deals: EnteredDeals[] = [];
for (const connection of connections)
  deals.push(await registerMany(fixture, connection, { rate: rate / connections.length, seconds }));
const latencies = (await Promise.all(deals.map((one) => one.answered()))).map((list) =>
  list.toSorted((a, b) => a - b),
);

const all = latencies.flat().toSorted((a, b) => a - b);
const at = (list: readonly number[], share: number): number =>
  Math.round(list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN);
const summary = (list: readonly number[]) => ({
  p50: at(list, 0.5),
  p95: at(list, 0.95),
  p99: at(list, 0.99),
});
console.log(
  JSON.stringify({
    name: 'sync-freshness',
    value: at(all, 0.95),
    unit: 'ms p95',
    floor: null,
    ratio: null,
    rssMb: peakMemoryMb(worker.pid),
    details: {
      changes: all.length,
      rate,
      ...summary(all),
      byCrm: Object.fromEntries(connections.map((one, n) => [one.kind, summary(latencies[n] ?? [])])),
    },
  }),
);
