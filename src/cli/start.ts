import { fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { folderOf, loadConfig, type Config } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import type { Run } from '#src/db/runs/run-store.ts';
import { buildDeps, prepareDatabase, type Deps } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { listenNear } from '#src/http/listen.ts';
import { startLinks } from '#src/operations/people/start-links.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { startRun, type StartedRun } from '#src/operations/runs/start-run.ts';
import { buildConsole } from './local/build-console.ts';
import { exitCodes, jsonOption, textOption, UsageError, type Command } from './command.ts';
import { startEmbeddedPostgres } from './local/embedded-postgres.ts';
import { lockFolder, type FolderLock } from './local/folder-lock.ts';
import { describeRun, followRun } from './follow-run.ts';
import { checkFolder } from './local/check-folder.ts';
import { companiesCsv, readCompanyFile, type CompanyRow } from './local/company-rows.ts';
import { addSamplesToSandbox } from './local/sample/add-sample-registrations.ts';
import { supervise, type RunningPart } from './local/supervise.ts';
import { deleteLocalData } from './local/forget.ts';
import {
  sandboxAddressLine,
  connectSandbox,
  checkProfile,
  endOf,
  followSandbox,
  isSandbox,
  sandboxedVendors,
  startSandbox,
  stopChild,
  type Sandbox,
} from './local/sandbox.ts';
import { forceStop, untilStopped } from './until-stopped.ts';
import { isUnreachable } from './faults/fault-sentence.ts';
import { waitForServers } from './faults/wait-for-servers.ts';
import { workerFlags } from './local/worker-flags.ts';

interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly fresh: boolean;
  readonly companies: string | null;
  readonly profile: string | null;
}

export const startCommand: Command = {
  options: [
    ['--once', 'run the main job once and end; exit code 3 when it was incomplete'],
    jsonOption,
    ['--fresh', 'first delete all local Fairway data: the embedded database and the sandbox'],
    [
      '--companies <file>',
      'fill the sandbox with the companies of a CSV file: a header line with the column name and, if you have them, domain, country, city and zipcode; at least 1 row; UTF-8, UTF-16 or Windows-1252; separated by commas, semicolons, tabs or bars',
    ],
    [
      '--profile <name>',
      'let the sandbox play another customer, such as multi-currency or minimum-access (docs/real-orgs.md lists them); an existing sandbox keeps its profile, so add --fresh',
    ],
  ],
  examples: [
    'start',
    'start --once --json',
    'start --fresh --companies companies.csv',
    'start --fresh --profile multi-currency',
  ],
  details: 'npm start is the same as npm run fairway -- start.',
  run: (values) =>
    start({
      once: values['once'] === true,
      json: values['json'] === true,
      fresh: values['fresh'] === true,
      companies: textOption(values['companies']),
      profile: textOption(values['profile']),
    }),
};

function say(line: string): void {
  console.error(line);
}

async function start(options: StartOptions): Promise<number> {
  const companies = options.companies === null ? null : await readCompanyFile(options.companies);
  for (const line of companies?.notes ?? []) say(line);
  if (options.profile !== null) await checkProfile(options.profile);
  const env = readEnv();
  await checkFolder(folderOf(env, process.cwd()));
  const config = loadConfig(env, { dir: process.cwd() });
  const stopped = untilStopped();
  const parts = new StartedParts();
  forceStop(stopped, () => parts.kill(), options.once ? exitCodes.interrupted : exitCodes.ok);
  await using stack = new AsyncDisposableStack();
  const lock = stack.adopt(lockFolder(config.dir, 'Fairway'), async (held) => held.release());
  if (options.fresh) await deleteLocalData(config);
  if (!(await waitForServers(config, stopped, say))) return exitCodes.interrupted;
  // Ctrl-C during the start takes effect when the current step has ended, or a few seconds later.
  const deps = await bringUp({
    stack,
    parts,
    config,
    companies: companies?.rows ?? null,
    profile: options.profile,
  });
  stack.use(supervise({ name: 'The worker', say, start: async () => startWorker(deps, config, parts) }));
  if (options.once) return await runOnce(deps, options, stopped);
  await serve(deps, config, lock, stack);
  await Promise.race([stopped, runAndReport(deps)]);
  await stopped;
  say('\nStopping …');
  return exitCodes.ok;
}

/** The processes that this one has started and that a forced stop has to end. */
class StartedParts {
  readonly #kills = new Map<string, () => void>();

  /** A part that was started again replaces the earlier one. */
  add(name: string, kill: () => void): void {
    this.#kills.set(name, kill);
  }

  kill(): void {
    for (const kill of this.#kills.values()) kill();
  }
}

interface BringUp {
  readonly stack: AsyncDisposableStack;
  readonly parts: StartedParts;
  readonly config: Config;
  readonly companies: readonly CompanyRow[] | null;
  readonly profile: string | null;
}

/** Database, migrations and, where no connection is configured, the sandbox. */
async function bringUp({ stack, parts, config, companies, profile }: BringUp): Promise<Deps> {
  let databaseUrl = config.databaseUrl;
  let ownerUrl = config.databaseOwnerUrl ?? databaseUrl;
  if (databaseUrl === null) {
    say('Starting PostgreSQL');
    const server = await startEmbeddedPostgres({
      dir: join(config.dir, 'postgres'),
      log: (line) => say(`  ${line}`),
    });
    parts.add('PostgreSQL', () => server.kill());
    const running = () => ({
      ended: server.untilGone().then(() => 'it was killed'),
      stop: () => server.stop(),
    });
    const restart = async () => {
      await server.restart();
      return running();
    };
    stack.use(supervise({ name: 'PostgreSQL', say, running: running(), start: restart }));
    databaseUrl = server.applicationUrl;
    ownerUrl = server.url;
  }
  await prepareDatabase({ url: databaseUrl, ownerUrl: ownerUrl ?? databaseUrl });
  const deps = stack.use(await buildDeps({ ...config, databaseUrl }, databaseUrl));
  const connections = await listConnections(deps.db);
  if (connections.length > 0 && !connections.some(isSandbox)) return deps;
  say(`Starting the sandbox (a stand-in for ${sandboxedVendors})`);
  const open = async (): Promise<Sandbox> => {
    const started = await withRetries(() => startSandbox(join(config.dir, 'sandbox'), { profile }));
    parts.add('sandbox', () => started.kill());
    return started;
  };
  const sandbox = await open();
  const restart = async (): Promise<Sandbox> => {
    const again = await open();
    await followSandbox(deps, again.addresses);
    return again;
  };
  stack.use(supervise({ name: 'The sandbox', say, running: sandbox, start: restart }));
  // An earlier start was interrupted before all three were connected. Connecting again changes nothing that
  // exists.
  if (connections.length < 3)
    await connectSandbox(
      deps,
      {
        addresses: sandbox.addresses,
        erpDir: join(config.dir, 'erp'),
        companies: writeCompanies(config, companies),
      },
      (line) => say(`  ${line}`),
    );
  else {
    await followSandbox(deps, sandbox.addresses);
    if (companies !== null)
      say('  --companies ignored: the sandbox already has data. Run again with --fresh.');
  }
  say(`  ${sandboxAddressLine(sandbox.addresses)}`);
  return deps;
}

const workerFile = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

/** After a kill of this process, the earlier sandbox may need a moment to end and to free its files. */
async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 5 || error instanceof UsageError) throw error;
      await wait(1_000);
    }
  }
}

/** Starts a worker in its own process. A new worker continues from the tables. */
function startWorker(deps: Deps, config: Config, parts: StartedParts): RunningPart {
  const env = {
    ...process.env,
    DATABASE_URL: deps.config.databaseUrl ?? '',
    FAIRWAY_KEY: config.masterKey.toString('base64'),
    FAIRWAY_DIR: config.dir,
    LOG_LEVEL: deps.config.logLevel,
  };
  const child = fork(workerFile, [], {
    env,
    execArgv: [...workerFlags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  parts.add('worker', () => void child.kill('SIGKILL'));
  return { ended: endOf(child), stop: () => stopChild(child) };
}

/** The sandbox reads the companies from a file in its format. */
function writeCompanies(config: Config, rows: readonly CompanyRow[] | null): string | null {
  if (rows === null) return null;
  const file = join(config.dir, 'companies.csv');
  writeFileSync(file, companiesCsv(rows));
  return file;
}

/** Runs the main job, or joins the one an interrupted start left unfinished. */
async function runMainJob(deps: Deps): Promise<Run> {
  const { runId, alreadyRunning } = await startRunWhenReachable(deps);
  say(alreadyRunning ? 'Resuming the interrupted main job' : 'Running the main job');
  return followRun(deps, runId);
}

/** The database may be starting again at this moment. */
async function startRunWhenReachable(deps: Deps): Promise<StartedRun> {
  for (;;) {
    try {
      return await startRun(deps, { trigger: 'start' });
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await wait(1_000);
    }
  }
}

async function runOnce(deps: Deps, { json }: StartOptions, stopped: Promise<void>): Promise<number> {
  const run = await Promise.race([runMainJob(deps), stopped]);
  if (!run) return exitCodes.interrupted;
  if (run.status === 'failed') {
    say(`The main job failed in stage ${run.stage}: ${run.error}`);
    return exitCodes.failed;
  }
  const { attention = [] } = (run.summary ?? {}) as Partial<RunSummary>;
  // With --json the last line of standard output is the summary, so the sentences go to standard error.
  if (json) for (const sentence of attention) say(sentence);
  console.log(json ? JSON.stringify(run.summary) : describeRun(run));
  if (run.summary?.['complete'] !== false) return exitCodes.ok;
  if (attention.length === 0)
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
  // Browsers have passkeys at localhost, and not at an IP address.
  const published = config.publicUrl ?? address.replace('//127.0.0.1:', '//localhost:');
  writeFileSync(addressFile(config), published);
  console.log(`Fairway is at ${published}`);
  const links = await startLinks(deps);
  if (links.length === 0)
    console.log('Sign in with your passkey. A link for somebody without one: npm run fairway -- login EMAIL');
  for (const { name, isDemo, token } of links) {
    const link = `${published}/sign-in?token=${token}`;
    console.log(
      isDemo
        ? `To try approvals as a second person, open this in a private window (${name}): ${link}`
        : `Sign in once, within 30 minutes: ${link}`,
    );
  }
}

async function runAndReport(deps: Deps): Promise<void> {
  const run = await runMainJob(deps);
  console.log(
    run.status === 'failed' ? `The main job failed in stage ${run.stage}: ${run.error}` : describeRun(run),
  );
  if (run.status !== 'failed') await addSamplesToSandbox(deps);
  console.log('Running until Ctrl-C.');
}

const addressFile = (config: Config): string => join(config.dir, 'address');

/** The address at which this folder's Fairway serves the console, or last served it. */
export function publishedAddress(config: Config): string {
  return existsSync(addressFile(config))
    ? readFileSync(addressFile(config), 'utf8')
    : `http://${config.host}:${config.port}`;
}
