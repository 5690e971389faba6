import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#src/domain/errors.ts';
import { lockFolder } from './folder-lock.ts';
import {
  findPostgresBinaries,
  postgresRunner,
  type Finished,
  type PostgresBinaries,
  type PostgresRunner,
} from './postgres-binaries.ts';

export interface EmbeddedPostgres {
  /** postgres://fairway:PASSWORD@127.0.0.1:PORT/fairway */
  readonly url: string;
  /** The same for the role of the application, which owns nothing. `prepareDatabase` creates it. */
  readonly applicationUrl: string;
  /** Ends open transactions and shuts down in good order. May be called again. */
  stop(): Promise<void>;
  /** Resolves when the server has gone away, for any reason. */
  untilGone(): Promise<void>;
  /** Starts it again at the same address, after it has gone away. */
  restart(): Promise<void>;
  /** Ends it at once. The next start recovers. */
  kill(): void;
}

export interface EmbeddedPostgresOptions {
  /** The folder for its data, password, port and log. Made when missing. */
  readonly dir: string;
  readonly log: (line: string) => void;
  /** Server settings over ours, e.g. `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Everything the steps below share. Paths are absolute, because PostgreSQL's programs run in `/`. */
interface Cluster extends Required<EmbeddedPostgresOptions> {
  readonly data: string;
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly run: PostgresRunner;
}

/**
 * Starts PostgreSQL on a loopback port with its data in `dir`, or adopts the server that a killed run left
 * there. Nothing is lost when this process is killed: the server runs on until the next start adopts it.
 * Throws `conflict` when another process uses `dir`, `setting_invalid` when this machine cannot run it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dir = resolve(options.dir);
  const lock = lockFolder(dir, 'The embedded PostgreSQL');
  try {
    const binaries = await findPostgresBinaries();
    const run = await postgresRunner(dir, binaries);
    const cluster: Cluster = {
      settings: {},
      ...options,
      dir,
      data: join(dir, 'data'),
      logFile: join(dir, 'log'),
      binaries,
      run,
    };
    const password = savedPassword(cluster);
    if (!existsSync(cluster.data)) await initialise(cluster);
    const port = (await adopt(cluster)) ?? (await start(cluster));
    lock.publish(`127.0.0.1:${port}`);
    let stopped: Promise<void> | null = null;
    return {
      url: addressOf(port, 'fairway', password),
      applicationUrl: addressOf(port, applicationRole, applicationPassword(dir)),
      stop: () => (stopped ??= stop(cluster).finally(() => lock.release())),
      untilGone: async () => {
        while (findServer(cluster.data) !== null) await wait(watchEveryMs);
      },
      restart: async () => {
        if ((await adopt(cluster)) === null) await start(cluster, port);
      },
      kill: () => {
        const server = findServer(cluster.data);
        // PostgreSQL's signal for an immediate shutdown.
        if (server) process.kill(server.pid, 'SIGQUIT');
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * The address of the server another process runs on `dir`, for commands that join it. `null` when none
 * answers to it.
 */
export function runningPostgres(dir: string): Pick<EmbeddedPostgres, 'url' | 'applicationUrl'> | null {
  const server = findServer(resolve(dir, 'data'));
  const password = join(dir, 'password');
  if (!server?.ready || !existsSync(password)) return null;
  return {
    url: addressOf(server.port, 'fairway', readFileSync(password, 'utf8').trim()),
    applicationUrl: addressOf(server.port, applicationRole, applicationPassword(dir)),
  };
}

const applicationRole = 'fairway_app';

const addressOf = (port: number, role: string, password: string) =>
  `postgres://${role}:${password}@127.0.0.1:${port}/fairway`;

/** A lost file is no problem: the role gets a new password at the next start. */
function applicationPassword(dir: string): string {
  const path = join(dir, 'application-password');
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}

/**
 * Loopback is open to every user of this machine, so the server asks for a password that only this folder's
 * owner can read.
 */
function savedPassword({ dir, data }: Cluster): string {
  const path = join(dir, 'password');
  if (!existsSync(path)) {
    if (existsSync(data)) {
      throw new AppError(
        'setting_invalid',
        `${path} is gone, so the data beside it cannot be opened. Restore the file, or remove ${dir}.`,
      );
    }
    writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(path, 'utf8').trim();
}

/** Made aside and renamed, so that an interrupted first start leaves nothing half made. */
async function initialise({ dir, data, log, binaries, run }: Cluster): Promise<void> {
  log(`creating a database in ${data}`);
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=fairway', `--pwfile=${join(dir, 'password')}`, '--auth=scram-sha-256'];
  mustSucceed('initdb', await run(binaries.initdb, ['-D', fresh, ...access, ...locale, '--no-instructions']));
  mustSucceed(
    'CREATE DATABASE',
    await run(binaries.postgres, ['--single', '-D', fresh, 'postgres'], 'CREATE DATABASE fairway\n'),
  );
  renameSync(fresh, data);
}

/**
 * The port of a server that already runs on our data, or `null`. One that is still starting or stopping is
 * stopped first.
 */
async function adopt(cluster: Cluster): Promise<number | null> {
  const server = findServer(cluster.data);
  if (server === null) {
    disown(cluster.data);
    return null;
  }
  if (server.ready) {
    cluster.log(`taking over the PostgreSQL that an earlier run left (process ${server.pid})`);
    return server.port;
  }
  await stop(cluster);
  return null;
}

interface Server {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/**
 * The server on our data, if it lives. Its note to us: pid, data folder, start time, port, …, state, one a
 * line.
 */
function findServer(data: string): Server | null {
  const note = pidFile(data);
  if (!existsSync(note)) return null;
  const lines = readFileSync(note, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return commandOf(pid).includes(data)
    ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
    : null;
}

/**
 * After a crash the number in the note may be another process's by now, and PostgreSQL would take that one
 * for a server. Only the number is replaced, by one no process has: the line about shared memory still lets
 * it see a surviving backend.
 */
function disown(data: string): void {
  if (!existsSync(pidFile(data))) return;
  const [, ...rest] = readFileSync(pidFile(data), 'utf8').split('\n');
  writeFileSync(pidFile(data), [impossiblePid, ...rest].join('\n'));
}

const pidFile = (data: string) => join(data, 'postmaster.pid');
const impossiblePid = 2 ** 31 - 1;

/** The server is not our child, so its end has to be looked for. */
const watchEveryMs = 500;

/** Empty when there is no such process. */
function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * Returns the port. Tries again while a killed server's last backends let go, or when somebody takes the port
 * first.
 */
async function start(cluster: Cluster, samePort: number | null = null): Promise<number> {
  const { data, dir, logFile, binaries, run } = cluster;
  for (let attempt = 1; ; attempt += 1) {
    const port = samePort ?? (await savedPort(join(dir, 'port')));
    writeFileSync(join(data, 'postgresql.conf'), serverSettings(port, cluster.settings));
    if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
    const { exitCode } = await run(binaries.pg_ctl, [
      'start',
      '-D',
      data,
      '-l',
      logFile,
      '--wait',
      '--timeout=120',
      '--silent',
    ]);
    if (exitCode === 0) return port;
    const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n') : [];
    const passing = lines.some((line) => /shared memory block|Address already in use/.test(line));
    if (passing && attempt < 10) await wait(500);
    else
      throw new AppError(
        'internal',
        `PostgreSQL did not start; ${logFile} ends with:\n${lines.slice(-5).join('\n')}`,
      );
  }
}

/**
 * The port used last time if it is still free, so that addresses in notes and tools stay true; else any free
 * one.
 */
async function savedPort(path: string): Promise<number> {
  const saved = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  const port = (await freePort(saved)) ?? (await freePort(0));
  if (port === null) throw new AppError('internal', 'There is no free port on 127.0.0.1.');
  writeFileSync(path, String(port));
  return port;
}

function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolvePort) => {
    const probe = createServer();
    probe.once('error', () => resolvePort(null));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolvePort(port));
    });
  });
}

/**
 * The whole configuration, rewritten at each start: an edited file would be a setting that no other place
 * shows.
 */
function serverSettings(port: number, overrides: Readonly<Record<string, string>>): string {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...overrides,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

async function stop({ data, binaries, run, log }: Cluster): Promise<void> {
  const shutDown = (mode: string) =>
    run(binaries.pg_ctl, ['stop', '-D', data, '-m', mode, '--wait', '--timeout=30', '--silent']);
  if (findServer(data) === null) return; // killed: the next start recovers
  if ((await shutDown('fast')).exitCode === 0 || findServer(data) === null) return;
  log('PostgreSQL did not stop within 30 s; stopping it at once, the next start recovers');
  mustSucceed('stop', await shutDown('immediate'));
}

function mustSucceed(step: string, { exitCode, output }: Finished): void {
  if (exitCode !== 0)
    throw new AppError(
      'internal',
      `PostgreSQL's ${step} failed:\n${output.trim().split('\n').slice(-8).join('\n')}`,
    );
}
