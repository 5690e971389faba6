import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectCrms } from '#src/cli/local/sandbox.ts';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import { openBenchService, peakMemoryMb, timedRun } from './bench-service.ts';
import { listenerState } from './listener-state.ts';
import { registerMany, type EnteredDeals } from './register-deals.ts';
import { answerBare, type BareAnswers } from './registrations/bare-answers.ts';
import { statesOf, writtenFields } from './registrations/decided.ts';

/**
 * From a registration that a partner enters in a CRM to the decision that the CRM shows, with a programme whose
 * lifecycle is on: `--rate N` registrations a second over both CRMs for `--seconds N`. With `--competing`, partners of the
 * two CRMs register almost the same customers, so that about half wait for a person. The floor is the same for a
 * program that hears of each registration on the same streams and answers it with the vendors' bare clients: it reads
 * the records and writes the fields that Fairway wrote, in the largest batches, and decides nothing. It runs
 * afterwards in the same sandbox, while the worker is stopped.
 */
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
    competing: { type: 'boolean', default: false },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
await using fixture = await openBenchService();
const { deps } = fixture;
await connectCrms(deps, fixture.addresses);
for (const vendor of ['salesforce', 'hubspot'])
  await fixture.control('/seed-plain', { vendor, accounts: 1_000, partners: 50, opportunities: 2_000 });
await publishProgram(
  deps,
  programText(() => ({ lifecycle: 'on' })),
);
const worker = await fixture.startWorker();
await timedRun(deps);
const connections = (await listConnections(deps.db)).filter((one) => one.kind !== 'files');
for (let waited = 0; !(await listenerState(fixture.databaseUrl, connections.length)); waited += 100) {
  if (waited > 30_000) throw new Error('the worker does not listen to the streams');
  await wait(100);
}

const measured = await latencies(0);
const rssMb = peakMemoryMb(worker.pid);
await worker.stop();
const states = await statesOf(deps.db);
const started = Object.values(states).reduce((sum, count) => sum + count, 0);
if (started !== measured.all.length)
  throw new Error(`${started} lifecycles began, and ${measured.all.length} registrations were entered`);

const bare: BareAnswers[] = [];
for (const connection of connections)
  bare.push(await answerBare(deps, connection, await writtenFields(deps.db, connection.id)));
await wait(2_000); // until the streams are open
const floor = await latencies(500_000);
for (const one of bare) await one[Symbol.asyncDispose]();

console.log(
  JSON.stringify({
    name: 'registration',
    value: measured.p95,
    unit: 'ms p95',
    floor: floor.p95,
    ratio: Number((measured.p95 / floor.p95).toFixed(2)),
    rssMb,
    details: {
      registrations: measured.all.length,
      rate,
      states,
      ...measured.details,
      floor: floor.details,
      bareCallsMs: bare.map(({ batches }) => summary(batches.map(({ durationMs }) => durationMs))),
    },
  }),
);

interface Measured {
  readonly p95: number;
  readonly all: readonly number[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** Enters registrations and times their answers. @param first the number of the first registration */
async function latencies(first: number): Promise<Measured> {
  const deals: (EnteredDeals & { readonly kind: Connection['kind'] })[] = [];
  for (const connection of connections) {
    const entered = await registerMany(fixture, connection, {
      rate: rate / connections.length,
      seconds,
      first,
      competing: values.competing,
    });
    deals.push({ ...entered, kind: connection.kind });
  }
  const answered = await Promise.all(
    deals.map(async (one) => [one.kind, summary(await one.answered())] as const),
  );
  const all = (await Promise.all(deals.map((one) => one.answered()))).flat();
  const { p50, p95, p99 } = summary(all);
  return { p95, all, details: { p50, p95, p99, byCrm: Object.fromEntries(answered) } };
}

function summary(list: readonly number[]): {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
} {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
