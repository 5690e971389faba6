import { parseArgs } from 'node:util';
import { connectCrms } from '#src/cli/local/sandbox.ts';
import { bareFetchAndCopy } from './bare-fetch.ts';
import { openBenchService, peakMemoryMb, timedRun } from './bench-service.ts';

/**
 * The first load of a large Salesforce into canonical tables, in records a second, compared with its floor:
 * the same records fetched by the vendor's bare client and copied into PostgreSQL as they are. The later
 * stages of the run (decide, assess, pay, plan, push) are reported in `details`. `--opportunities N
 * --accounts N` for other sizes.
 */
const { values } = parseArgs({
  options: {
    opportunities: { type: 'string', default: '100000' },
    accounts: { type: 'string', default: '30000' },
  },
});
const size = { accounts: Number(values.accounts), partners: 60, opportunities: Number(values.opportunities) };
await using fixture = await openBenchService();
await connectCrms(fixture.deps, fixture.addresses);
await fixture.control('/seed-plain', { vendor: 'salesforce', ...size });
console.error(`seeded ${size.accounts + size.opportunities} records`);

const floor = await bareFetchAndCopy(fixture.deps, fixture.databaseUrl);
console.error(`floor: ${floor.records} records in ${floor.durationMs} ms`);
const worker = await fixture.startWorker();
const { durationMs, placedMs, summary, stagesMs } = await timedRun(fixture.deps);

const records = summary.pulled.accounts + summary.pulled.opportunities;
if (records !== size.accounts + size.opportunities)
  throw new Error(`${records} records were read, not all of them`);
console.log(
  JSON.stringify({
    name: 'sync-backfill',
    value: Math.round((records / placedMs) * 1_000),
    unit: 'records/s',
    floor: Math.round((floor.records / floor.durationMs) * 1_000),
    /** Wall time over the floor's wall time for the same records. */
    ratio: Number((placedMs / floor.durationMs).toFixed(2)),
    rssMb: peakMemoryMb(worker.pid),
    details: {
      records,
      placedMs,
      floorMs: floor.durationMs,
      wholeRun: { durationMs, ratio: Number((durationMs / floor.durationMs).toFixed(2)) },
      stagesMs,
      calls: summary.calls,
      floorCalls: floor.calls,
    },
  }),
);
