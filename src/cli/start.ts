import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, type Config } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { migrate } from '#src/db/migrate.ts';
import type { Run } from '#src/db/runs/run-store.ts';
import { buildDeps, type Deps } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { listenNear } from '#src/http/listen.ts';
import { createLoginLink } from '#src/operations/people/sign-in.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { buildConsole } from './local/build-console.ts';
import { exitCodes, jsonOption, textOption, UsageError, type Command } from './command.ts';
import { startEmbeddedPostgres } from './local/embedded-postgres.ts';
import { lockFolder, type FolderLock } from './local/folder-lock.ts';
import { followRun } from './follow-run.ts';
import { deleteLocalData } from './local/forget.ts';
import {
  sandboxAddressLine,
  connectSandbox,
  followSandbox,
  isSandbox,
  sandboxedVendors,
  startSandbox,
} from './local/sandbox.ts';
import { untilStopped } from './until-stopped.ts';
import { workerFlags } from './local/worker-flags.ts';

interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly fresh: boolean;
  readonly companies: string | null;
}

export const startCommand: Command = {
  options: [
    ['--once', 'run the main job once and end; exit code 3 when it was incomplete'],
    jsonOption,
    ['--fresh', 'first delete all local Fairway data: the embedded database and the sandbox'],
    [
      '--companies <file>',
      'fill the sandbox with the companies of a CSV file (name,domain,country,city,zipcode)',
    ],
  ],
  examples: ['start', 'start --once --json', 'start --fresh --companies companies.csv'],
  details: 'npm start is the same as npm run fairway -- start.',
  run: (values) =>
    start({
      once: values['once'] === true,
      json: values['json'] === true,
      fresh: values['fresh'] === true,
      companies: textOption(values['companies']),
    }),
};

function say(line: string): void {
  console.error(line);
}

async function start(options: StartOptions): Promise<number> {
  checkOptions(options);
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  await using stack = new AsyncDisposableStack();
  const lock = stack.adopt(lockFolder(config.dir, 'Fairway'), async (held) => held.release());
  if (options.fresh) await deleteLocalData(config);
  // Ctrl-C during the start takes effect when the current step has ended.
  const stopped = untilStopped();
  const deps = await bringUp(stack, config, options);
  stack.use(superviseWorker(deps, config));
  if (options.once) return await runOnce(deps, options, stopped);
  await serve(deps, config, lock, stack);
  await Promise.race([stopped, runAndReport(deps)]);
  await stopped;
  say('\nStopping …');
  return exitCodes.ok;
}

function checkOptions({ companies }: StartOptions): void {
  if (companies !== null && !existsSync(companies))
    throw new UsageError(`--companies: there is no file ${companies}.`);
}

/** Database, migrations and, where no connection is configured, the sandbox. */
async function bringUp(stack: AsyncDisposableStack, config: Config, options: StartOptions): Promise<Deps> {
  let databaseUrl = config.databaseUrl;
  if (databaseUrl === null) {
    say('Starting PostgreSQL');
    const server = await startEmbeddedPostgres({
      dir: join(config.dir, 'postgres'),
      log: (line) => say(`  ${line}`),
    });
    stack.defer(() => server.stop());
    databaseUrl = server.url;
  }
  await migrate(databaseUrl);
  const deps = stack.use(
    await buildDeps(
      { ...config, databaseUrl, logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel },
      databaseUrl,
    ),
  );
  const connections = await listConnections(deps.db);
  if (connections.length > 0 && !connections.some(isSandbox)) return deps;
  say(`Starting the sandbox (a stand-in for ${sandboxedVendors})`);
  const sandbox = await startSandbox(join(config.dir, 'sandbox'));
  stack.defer(() => sandbox.stop());
  // An earlier start was interrupted before all three were connected. Connecting again changes nothing that
  // exists.
  if (connections.length < 3)
    await connectSandbox(
      deps,
      { addresses: sandbox.addresses, erpDir: join(config.dir, 'erp'), companies: options.companies },
      (line) => say(`  ${line}`),
    );
  else {
    await followSandbox(deps, sandbox.addresses);
    if (options.companies !== null)
      say('  --companies ignored: the sandbox already has data. Run again with --fresh.');
  }
  say(`  ${sandboxAddressLine(sandbox.addresses)}`);
  return deps;
}

const workerFile = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

/**
 * Runs a worker in its own process and restarts it when it dies. The new worker continues from the tables.
 */
function superviseWorker(deps: Deps, config: Config): AsyncDisposable {
  let child: ChildProcess | null = null;
  let stopping = false;
  let respawn: NodeJS.Timeout | undefined;
  const env = {
    ...process.env,
    DATABASE_URL: deps.config.databaseUrl ?? '',
    FAIRWAY_KEY: config.masterKey.toString('base64'),
    FAIRWAY_DIR: config.dir,
    LOG_LEVEL: deps.config.logLevel,
  };
  const launch = (): void => {
    child = fork(workerFile, [], {
      env,
      execArgv: [...workerFlags],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    child.once('exit', (exitCode, signal) => {
      child = null;
      if (stopping) return;
      say(`The worker ended (${signal ?? exitCode}); starting a new one`);
      respawn = setTimeout(launch, 1_000);
    });
  };
  launch();
  return {
    async [Symbol.asyncDispose]() {
      stopping = true;
      clearTimeout(respawn);
      const running = child;
      if (!running) return;
      await new Promise<void>((done) => {
        running.once('exit', () => done());
        running.kill('SIGTERM');
      });
    },
  };
}

/** Runs the main job, or joins the one an interrupted start left unfinished. */
async function runMainJob(deps: Deps): Promise<Run> {
  const { runId, alreadyRunning } = await startRun(deps, { trigger: 'start' });
  say(alreadyRunning ? 'Resuming the interrupted main job' : 'Running the main job');
  return followRun(deps, runId);
}

async function runOnce(deps: Deps, { json }: StartOptions, stopped: Promise<void>): Promise<number> {
  const run = await Promise.race([runMainJob(deps), stopped]);
  if (!run) return exitCodes.interrupted;
  if (run.status === 'failed') {
    say(`The main job failed in stage ${run.stage}: ${run.error}`);
    return exitCodes.failed;
  }
  console.log(json ? JSON.stringify(run.summary) : describe(run));
  if (run.summary?.['complete'] !== false) return exitCodes.ok;
  say(
    'The main job is incomplete: a CRM or ERP was unreachable or out of calls. The next run continues from there.',
  );
  return exitCodes.incomplete;
}

async function serve(
  deps: Deps,
  config: Config,
  lock: FolderLock,
  stack: AsyncDisposableStack,
): Promise<void> {
  await buildConsole((line) => say(line));
  const app = buildApp(deps);
  stack.defer(async () => app.close());
  const address = await listenNear(app, config);
  if (config.port !== 0 && Number(new URL(address).port) !== config.port)
    say(`Port ${config.port} is taken; using ${new URL(address).port}`);
  lock.publish(address);
  const published = config.publicUrl ?? address;
  writeFileSync(addressFile(config), published);
  const { token } = await createLoginLink(deps, {
    email: 'admin@localhost',
    name: 'Administrator',
    role: 'admin',
  });
  console.log(`Fairway is at ${published}`);
  console.log(`Sign in once, within 30 minutes: ${published}/sign-in?token=${token}`);
}

async function runAndReport(deps: Deps): Promise<void> {
  const run = await runMainJob(deps);
  console.log(
    run.status === 'failed' ? `The main job failed in stage ${run.stage}: ${run.error}` : describe(run),
  );
  console.log('Running until Ctrl-C.');
}

/** The run as text for the terminal. */
function describe({ summary }: Run): string {
  const { paused, complete, ...counts } = (summary ?? {}) as Partial<RunSummary>;
  const lines = Object.entries(counts).map(
    ([name, value]) => `  ${name}: ${typeof value === 'object' ? listed(value) : value}`,
  );
  const rests = (paused ?? []).map(
    ({ connection, until, why }) => `  paused: ${connection}, until ${until}. ${why}`,
  );
  return [...lines, ...rests, ...(complete === false ? ['  complete: no'] : [])].join('\n');
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([key, count]) => `${count} ${key}`)
    .join(', ');

const addressFile = (config: Config): string => join(config.dir, 'address');

/** The address at which this folder's Fairway serves the console, or last served it. */
export function publishedAddress(config: Config): string {
  return existsSync(addressFile(config))
    ? readFileSync(addressFile(config), 'utf8')
    : `http://${config.host}:${config.port}`;
}
