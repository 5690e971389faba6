import { parseArgs } from 'node:util';
import { connectCrms } from '#src/cli/local/sandbox.ts';
import { openBenchService, peakMemoryMb, timedRun, type BenchService } from './bench-service.ts';
import { changeEverything } from './change-everything.ts';

/**
 * Calls made for 10,000 changed records, read and written, over the fewest calls the vendors' limits allow;
 * counted by the sandbox. Every account is a partner, so that Fairway has something to write to each: its
 * tier. `--records N` for another number.
 */
const { values } = parseArgs({ options: { records: { type: 'string', default: '10000' } } });
const records = Number(values.records);
await using fixture = await openBenchService();
await connectCrms(fixture.deps, fixture.addresses);
for (const vendor of ['salesforce', 'hubspot'] as const)
  await fixture.control('/seed-plain', { vendor, accounts: records, partners: records, opportunities: 0 });
const worker = await fixture.startWorker();

// The first run writes every account's tier; what it reads is a first load, measured by sync-backfill.
const before = await countCalls(fixture);
const first = await timedRun(fixture.deps);
const written = await countCalls(fixture);
// Our own echo is read back and must lead to nothing; then somebody changes everything.
const echo = await timedRun(fixture.deps);
await changeEverything(fixture, records);
const changed = await countCalls(fixture);
const second = await timedRun(fixture.deps);
const read = await countCalls(fixture);

const fewest = {
  salesforceRead: Math.ceil(records / 2_000),
  // Past 2,000 rows a bulk job: create, upload, close, ask until done, and three results.
  salesforceWrite: records > 2_000 ? 7 : Math.ceil(records / 200),
  hubspotRead: Math.ceil(records / 200),
  hubspotWrite: Math.ceil(records / 100),
};
const used = {
  salesforceRead: accountReads(read.salesforce.slice(changed.salesforce.length)),
  salesforceWrite: writes(written.salesforce.slice(before.salesforce.length)),
  hubspotRead: accountReads(read.hubspot.slice(changed.hubspot.length)),
  hubspotWrite: writes(written.hubspot.slice(before.hubspot.length)),
};
const ratios = Object.fromEntries(
  Object.entries(used).map(([work, calls]) => [
    work,
    Number((calls / fewest[work as keyof typeof fewest]).toFixed(2)),
  ]),
);
console.log(
  JSON.stringify({
    name: 'sync-calls',
    value: Object.values(used).reduce((sum, calls) => sum + calls, 0),
    unit: 'calls',
    floor: Object.values(fewest).reduce((sum, calls) => sum + calls, 0),
    ratio: Math.max(...Object.values(ratios)),
    rssMb: peakMemoryMb(worker.pid),
    details: {
      records,
      used,
      fewest,
      ratios,
      written: first.summary.written,
      echoWrites: echo.summary.written,
      pulledAgain: second.summary.pulled,
      refused: [...read.salesforce, ...read.hubspot].filter(
        (call) => call.status === 429 || call.status === 403,
      ).length,
      // Everything else the second run asked: one idle look at each object that did not change.
      idlePolls: {
        salesforce: read.salesforce.length - changed.salesforce.length - used.salesforceRead,
        hubspot: read.hubspot.length - changed.hubspot.length - used.hubspotRead,
      },
    },
  }),
);

interface Call {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly status: number;
}

/**
 * Calls that count towards the customer's limits. HubSpot's journal and sign-in are the app's, and use up
 * none of the account's.
 */
async function countCalls(
  at: BenchService,
): Promise<{ readonly salesforce: readonly Call[]; readonly hubspot: readonly Call[] }> {
  const [salesforce, hubspot] = (await Promise.all([
    at.control('/calls/salesforce'),
    at.control('/calls/hubspot'),
  ])) as [Call[], Call[]];
  return { salesforce, hubspot: hubspot.filter(({ path }) => !/^\/(webhooks-journal|oauth)\//.test(path)) };
}

function accountReads(calls: readonly Call[]): number {
  return calls.filter((call) => isRead(call) && /Account|compan|0-2/i.test(`${call.path} ${call.summary}`))
    .length;
}

function isRead({ method, path }: Call): boolean {
  return method === 'GET'
    ? !path.includes('/jobs/ingest')
    : /\/search|\/batch\/read|\/jobs\/query/.test(path);
}

/** The calls that send rows to the vendor, and the other calls of a bulk job. */
function writes(calls: readonly Call[]): number {
  return calls.filter((call) => !isRead(call)).length;
}
