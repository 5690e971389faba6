import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type EmbeddedPostgres,
  runningPostgres,
  startEmbeddedPostgres,
} from '#src/cli/local/embedded-postgres.ts';
import { findPostgresBinaries, postgresRunner } from '#src/cli/local/postgres-binaries.ts';

let parent: string;
let dir: string;
let running: EmbeddedPostgres | null = null;

beforeEach(() => {
  // Closed to everybody else, as a checkout under /root is, and with a space, as a home folder may have.
  parent = mkdtempSync(join(tmpdir(), 'fairway postgres '));
  chmodSync(parent, 0o700);
  dir = join(parent, 'postgres');
});
afterEach(async () => {
  await running?.stop();
  running = null;
  rmSync(parent, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  running = await startEmbeddedPostgres({ dir, log: () => {} });
  return running;
}

async function query(url: string, statement: string): Promise<readonly unknown[]> {
  const sql = postgres(url, { max: 1 });
  try {
    return (await sql.unsafe(statement)).map((row) => Object.values(row)[0] as unknown);
  } finally {
    await sql.end();
  }
}

const postmasterPid = () => Number(readFileSync(join(dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the embedded PostgreSQL', () => {
  test('a second start finds the data of the first, at the same address', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([42]);
  });

  test('it is UTF-8, sorts by code point on every machine, and commits to disk', async () => {
    const { url } = await start();
    expect(await query(url, 'SHOW server_encoding')).toEqual(['UTF8']);
    expect(await query(url, 'SHOW synchronous_commit')).toEqual(['on']);
    expect(
      await query(url, "SELECT word FROM (VALUES ('b'), ('ä'), ('A'), ('a')) AS t (word) ORDER BY word"),
    ).toEqual(['A', 'a', 'b', 'ä']);
    expect(await query(url, "SELECT upper('ä')")).toEqual(['Ä']);
  });

  test('only who can read its password file may connect', async () => {
    const { url } = await start();
    const other = new URL(url);
    other.password = 'guess';
    await expect(query(other.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600);
  });

  test('a start after the server was killed recovers what was committed', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = postmasterPid();
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    await first.stop();
    expect(await query((await start()).url, 'SELECT answer FROM kept')).toEqual([42]);
  });

  test('a server whose starter was killed is used by the next start, still running', async () => {
    const script = `import { runningPostgres, startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { findPostgresBinaries, postgresRunner } from '#src/cli/local/postgres-binaries.ts';
      const { url } = await startEmbeddedPostgres({ dir: process.argv[1], log: () => {} });
      console.log(url); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = postmasterPid();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const second = await start();
    expect(second.url).toBe(url.toString().trim());
    expect(postmasterPid()).toBe(pid);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([1]);
  });

  test('after a crash, another process with the old number does not stop the start', async () => {
    const first = await start();
    await first.stop();
    const lines = [String(process.pid), join(dir, 'data'), '1', '1', '', '127.0.0.1', '1 1', 'ready', ''];
    writeFileSync(join(dir, 'data', 'postmaster.pid'), lines.join('\n'));
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([1]);
  });

  test('a port taken meanwhile is replaced by a free one', async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const thief = createServer().listen(port, '127.0.0.1');
    await once(thief, 'listening');
    try {
      const second = await start();
      expect(new URL(second.url).port).not.toBe(String(port));
      expect(await query(second.url, 'SELECT 1 AS one')).toEqual([1]);
    } finally {
      thief.close();
    }
  });

  test('a second start beside a running one is refused with the address of the first', async () => {
    const first = await start();
    const address = `127.0.0.1:${new URL(first.url).port}`;
    await expect(startEmbeddedPostgres({ dir, log: () => {} })).rejects.toThrow(
      `(process ${process.pid}) at ${address}`,
    );
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([1]);
  });

  test('another process finds the address of a running one, and none once it stopped', async () => {
    const first = await start();
    expect(runningPostgres(dir)?.url).toBe(first.url);
    await first.stop();
    expect(runningPostgres(dir)).toBeNull();
  });

  test('a first start that was cut off in the middle is begun again', async () => {
    mkdirSync(join(dir, 'data.new', 'base'), { recursive: true });
    writeFileSync(join(dir, 'data.new', 'PG_VERSION'), '18');
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([1]);
  });

  test('data without its password is refused with what to do, and stays', async () => {
    await (await start()).stop();
    rmSync(join(dir, 'password'));
    await expect(start()).rejects.toThrow('Restore the file');
    expect(existsSync(join(dir, 'data', 'PG_VERSION'))).toBe(true);
  });
});

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('files stay root’s where user namespaces work', async () => {
    await start();
    expect(statSync(join(dir, 'data')).uid).toBe(0);
  });

  /** A machine with no other commands than these. */
  function onlyCommands(...names: readonly string[]): void {
    const path = join(parent, 'commands');
    mkdirSync(path);
    for (const name of names) symlinkSync(`/usr/bin/${name}`, join(path, name));
    vi.stubEnv('PATH', path);
  }
  afterEach(() => vi.unstubAllEnvs());

  test('where they do not, it runs as nobody, even inside a folder only root may enter', async () => {
    onlyCommands('setpriv');
    const first = await start();
    expect(statSync(join(dir, 'data')).uid).toBe(65534);
    await first.stop();
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([1]);
  });

  test('and so it does when PostgreSQL itself lies in such a folder', async () => {
    const { initdb } = await findPostgresBinaries();
    const programs = join(parent, 'native/bin');
    cpSync(join(dirname(initdb), '..'), join(parent, 'native'), { recursive: true, verbatimSymlinks: true });
    const binaries = {
      initdb: join(programs, 'initdb'),
      pg_ctl: join(programs, 'pg_ctl'),
      postgres: join(programs, 'postgres'),
    };
    mkdirSync(dir);
    onlyCommands('setpriv');
    const run = await postgresRunner(dir, binaries);
    expect(await run(binaries.initdb, ['-D', join(dir, 'data'), '--no-instructions'])).toMatchObject({
      exitCode: 0,
    });
  });

  test('data that nobody owns is used as nobody where namespaces work again', async () => {
    onlyCommands('setpriv');
    await (await start()).stop();
    vi.unstubAllEnvs();
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([1]);
  });

  test('where neither works, the message says what to do', async () => {
    onlyCommands();
    await expect(start()).rejects.toThrow('Start Fairway as another user, or set DATABASE_URL');
  });
});
