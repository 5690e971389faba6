import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectCrms, connectSandbox, startSandbox, type SandboxAddresses } from '#src/cli/local/sandbox.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { findRun, type Run } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { startWorker } from '#workers/worker.ts';
import { startDeps } from './deps.ts';

/** The whole of Fairway, connected to a sandbox process of its own, on a database of its own. */
export interface Service extends AsyncDisposable {
  readonly deps: Deps;
  readonly databaseUrl: string;
  readonly addresses: SandboxAddresses;
  /** The folder invoices come in by (`in`) and payouts go out by (`out`). */
  readonly erpDir: string;
  /** What a process needs in its environment to work on the same data. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the main job with a worker in this process, and returns once it is over. */
  runJob(): Promise<Omit<Run, 'summary'> & { readonly summary: RunSummary }>;
  /** Works until `settled` holds, e.g. for a job outside a run. */
  workUntil(settled: () => Promise<boolean>): Promise<void>;
  /** How many records of a kind a CRM holds, asked through our connector. */
  countRecords(vendor: 'salesforce' | 'hubspot', kind: 'registration' | 'payout'): Promise<number>;
  /** Calls a vendor's stand-in counted since its start. */
  callsTo(vendor: 'salesforce' | 'hubspot'): Promise<
    readonly {
      readonly method: string;
      readonly path: string;
      readonly summary: string;
      readonly status: number;
    }[]
  >;
}

export interface ServiceOptions {
  readonly redisUrl?: string | null;
  /** A migrated database to work on, instead of one of the test's own. */
  readonly databaseUrl?: string;
  /** So many fields of the organisation's own on the deals of each CRM, filled on part of them. */
  readonly customFields?: number;
  /** So many plain records in each CRM, and no ERP, instead of the sample. */
  readonly plain?: { readonly accounts: number; readonly partners: number; readonly opportunities: number };
}

export async function startService({
  redisUrl = null,
  databaseUrl: given,
  customFields = 0,
  plain,
}: ServiceOptions = {}): Promise<Service> {
  await using starting = new AsyncDisposableStack();
  const { deps, dir, env, databaseUrl } = starting.use(
    await startDeps({ redisUrl, ...(given === undefined ? {} : { databaseUrl: given }) }),
  );
  const sandbox = await startSandbox(join(dir, 'sandbox'), { customFields });
  starting.defer(() => sandbox.stop());
  const erpDir = join(dir, 'erp');
  if (plain === undefined)
    await connectSandbox(deps, { addresses: sandbox.addresses, erpDir, companies: null }, () => {});
  else await connectPlain(deps, sandbox.addresses, plain);
  const owned = starting.move();

  const workUntil = async (settled: () => Promise<boolean>): Promise<void> => {
    await using _worker = startWorker(deps, { syncMinutes: 0 });
    for (let waited = 0; waited < 120_000; waited += 50) {
      if (await settled()) return;
      await wait(50);
    }
    throw new Error('still not settled after two minutes');
  };
  return {
    deps,
    databaseUrl,
    addresses: sandbox.addresses,
    erpDir,
    env,
    workUntil,
    async runJob() {
      const { runId } = await startRun(deps, { trigger: 'person' });
      await workUntil(async () => (await findRun(deps.db, runId))?.status !== 'running');
      const run = await findRun(deps.db, runId);
      if (run?.status !== 'done') throw new Error(`the run ended as ${run?.status}: ${run?.error}`);
      return { ...run, summary: run.summary as unknown as RunSummary };
    },
    async callsTo(vendor) {
      const response = await fetch(`${sandbox.addresses.control}/calls/${vendor}`);
      return (await response.json()) as Awaited<ReturnType<Service['callsTo']>>;
    },
    async countRecords(vendor, kind) {
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
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function connectPlain(
  deps: Deps,
  addresses: SandboxAddresses,
  size: NonNullable<ServiceOptions['plain']>,
): Promise<void> {
  await connectCrms(deps, addresses);
  for (const vendor of ['salesforce', 'hubspot']) {
    const body = JSON.stringify({ vendor, ...size });
    const response = await fetch(`${addresses.control}/seed-plain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!response.ok) throw new Error(`the sandbox refused to fill ${vendor}: ${await response.text()}`);
  }
}
