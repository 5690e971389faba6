import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectSandbox } from '#src/cli/local/sandbox.ts';
import { bareFetchAndCopy } from './bare-fetch.ts';
import { openBenchService, peakMemoryMb, timedRun } from './bench-service.ts';

/**
 * The main job from an empty database to answers in both CRMs, in records a second, compared with its floor:
 * the same records fetched by the vendors' bare clients and copied into PostgreSQL with no further work.
 * `--companies FILE.csv` takes real companies.
 */
const { values } = parseArgs({ options: { companies: { type: 'string' } } });
await using fixture = await openBenchService();
const { deps } = fixture;
await connectSandbox(
  deps,
  { addresses: fixture.addresses, erpDir: join(fixture.dir, 'erp'), companies: values.companies ?? null },
  (line) => console.error(line),
);

// The floor first: it must not find the sandbox warmed up by the job.
const floor = await bareFetchAndCopy(deps, fixture.databaseUrl);
console.error(`floor: ${floor.records} records in ${floor.durationMs} ms`);

const worker = await fixture.startWorker();
const first = await timedRun(deps);
const second = await timedRun(deps);

const { pulled, written, calls } = first.summary;
const records = pulled.accounts + pulled.opportunities + pulled.registrations + pulled.invoices;
console.log(
  JSON.stringify({
    name: 'main-job',
    value: Math.round((records / first.durationMs) * 1_000),
    unit: 'records/s',
    floor: Math.round((floor.records / floor.durationMs) * 1_000),
    /** Wall time over the floor's wall time for the same records. */
    ratio: Number((first.durationMs / floor.durationMs).toFixed(2)),
    rssMb: peakMemoryMb(worker.pid),
    details: {
      records,
      durationMs: first.durationMs,
      floorMs: floor.durationMs,
      stagesMs: first.stagesMs,
      calls,
      floorCalls: floor.calls,
      written,
      secondRun: {
        durationMs: second.durationMs,
        written: second.summary.written,
        calls: second.summary.calls,
      },
    },
  }),
);
