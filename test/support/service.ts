import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { connectCrms, connectSandbox, type SandboxAddresses } from '#src/cli/local/sandbox.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { findRun, type Run } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { startWorker } from '#workers/worker.ts';
import { startDeps, type QueueHome, type TestDeps } from './deps.ts';
import { openTestSandbox } from './sandbox/sandbox-host.ts';
import { workLeft } from './sync-queries.ts';

/** The whole of Fairway on a database and a sandbox that no other test uses. */
export interface Service extends AsyncDisposable {
  readonly deps: Deps;
  readonly databaseUrl: string;
  readonly addresses: SandboxAddresses;
  /** The folder where invoices arrive (`in`) and payouts are written (`out`). */
  readonly erpDir: string;
  /** The environment for a process that works on the same data. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the main job with a worker in this process, and returns once it is over. */
  runJob(): Promise<FinishedRun>;
  /** Runs the main job and everything that follows from it, until no job and no hint is left. */
  runJobAndRest(): Promise<FinishedRun>;
  /** Works until `settled` holds, e.g. for a job outside a run. */
  workUntil(settled: () => Promise<boolean>): Promise<void>;
  /** The number of records of a kind in a CRM, read through our connector. */
  countRecords(vendor: 'salesforce' | 'hubspot', kind: 'registration' | 'payout'): Promise<number>;
  /** The calls that a vendor's sandbox counted since its state was created. */
  callsTo(vendor: 'salesforce' | 'hubspot'): Promise<readonly CountedCall[]>;
}

export type FinishedRun = Omit<Run, 'summary'> & { readonly summary: RunSummary };

export interface CountedCall {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly status: number;
}

export interface ServiceOptions {
  /** `memory` when missing: then no other process can take part in the work. */
  readonly queue?: QueueHome;
  /** A migrated database to work on, instead of a new one. */
  readonly databaseUrl?: string;
  /** A folder to work in that stays after the end, instead of a new one that is removed. */
  readonly dir?: string;
  /** The number of custom fields on the deals of each CRM; some deals have values in them. */
  readonly customFields?: number;
  /** The customer that the sandbox plays. */
  readonly profile?: ProfileName;
  /** The number of plain records in each CRM, instead of the sample and without an ERP. */
  readonly plain?: PlainSize;
}

export interface PlainSize {
  readonly accounts: number;
  readonly partners: number;
  readonly opportunities: number;
}

/**
 * A service whose first run is still to come. See `startBootedService` for one that has had its first run.
 */
export async function startService({
  customFields = 0,
  profile,
  plain,
  ...place
}: ServiceOptions = {}): Promise<Service> {
  await using starting = new AsyncDisposableStack();
  const test = starting.use(await startDeps(place));
  const { addresses } = starting.use(
    await openTestSandbox(join(test.dir, 'sandbox'), {
      customFields,
      ...(profile === undefined ? {} : { profile }),
    }),
  );
  const erpDir = erpDirIn(test.dir);
  if (plain === undefined) await connectSandbox(test.deps, { addresses, erpDir, companies: null }, () => {});
  else await connectPlain(test.deps, addresses, plain);
  return serviceOn(test, addresses, starting.move());
}

export const erpDirIn = (dir: string): string => join(dir, 'erp');

/** The service on what has been started; `started` ends with it. */
export function serviceOn(
  { deps, dir, env, databaseUrl }: TestDeps,
  addresses: SandboxAddresses,
  started: AsyncDisposableStack,
): Service {
  const workUntil = async (settled: () => Promise<boolean>): Promise<void> => {
    await using _worker = startWorker(deps, { syncMinutes: 0 });
    for (let waited = 0; waited < 120_000; waited += 50) {
      if (await settled()) return;
      await wait(50);
    }
    throw new Error('still not settled after two minutes');
  };
  const runUntil = async (settled: (runId: string) => Promise<boolean>): Promise<FinishedRun> => {
    const { runId } = await startRun(deps, { trigger: 'person' });
    await workUntil(() => settled(runId));
    const run = await findRun(deps.db, runId);
    if (run?.status !== 'done') throw new Error(`the run ended as ${run?.status}: ${run?.error}`);
    return { ...run, summary: run.summary as unknown as RunSummary };
  };
  const isOver = async (runId: string): Promise<boolean> =>
    (await findRun(deps.db, runId))?.status !== 'running';
  return {
    deps,
    databaseUrl,
    addresses,
    erpDir: erpDirIn(dir),
    env,
    workUntil,
    runJob: () => runUntil(isOver),
    runJobAndRest: () =>
      runUntil(async (runId) => (await isOver(runId)) && (await workLeft(deps.db)).length === 0),
    async callsTo(vendor) {
      const response = await fetch(`${addresses.control}/calls/${vendor}`);
      return (await response.json()) as readonly CountedCall[];
    },
    countRecords: (vendor, kind) => countRecords(deps, vendor, kind),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function countRecords(
  deps: Deps,
  vendor: 'salesforce' | 'hubspot',
  kind: 'registration' | 'payout',
): Promise<number> {
  const connection = (await listConnections(deps.db)).find((one) => one.kind === vendor);
  if (!connection) throw new Error(`no ${vendor} connection`);
  const connector = deps.connectorFor(connection);
  let count = 0;
  for await (const page of connector.pull({
    object: connector.objectFor(kind) ?? '',
    fields: [],
    since: null,
    resume: null,
  }))
    count += page.records.length;
  return count;
}

async function connectPlain(deps: Deps, addresses: SandboxAddresses, size: PlainSize): Promise<void> {
  await connectCrms(deps, addresses);
  for (const vendor of ['salesforce', 'hubspot']) {
    const response = await fetch(`${addresses.control}/seed-plain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vendor, ...size }),
    });
    if (!response.ok) throw new Error(`the sandbox refused to fill ${vendor}: ${await response.text()}`);
  }
}
