import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFolder } from '#src/cli/local/check-folder.ts';
import { testDatabase } from '#test/support/database.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const timeout = 240_000;

let parent: string;
let running: ChildProcess[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'fairway-faults-'));
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  rmSync(parent, { recursive: true, force: true });
});

interface Called {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  readonly text: () => string;
}

function call(args: readonly string[], env: Readonly<Record<string, string>>): Called {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      REDIS_URL: '',
      FAIRWAY_DIR: parent,
      LOG_LEVEL: 'silent',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => (text += part));
  return { child, text: () => text };
}

async function end({ child }: Called): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}

/** One line that names the fix, and no stack. A start says first what it does. */
function expectSentence(text: string, about: RegExp): void {
  expect(text.trim()).toMatch(about);
  expect(text).not.toMatch(/\n\s+at |node:internal|Error:/);
  const lines = text.trim().split('\n');
  expect(lines.filter((line) => line !== 'Starting PostgreSQL')).toHaveLength(1);
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a server that cannot be reached', () => {
  it(
    'is named once while the start waits for it, and SIGTERM or SIGINT ends the wait within five seconds',
    { timeout },
    async () => {
      const port = await closedPort();
      const unreachable = [
        { DATABASE_URL: `postgres://fairway:secret-word@127.0.0.1:${port}/fairway`, FAIRWAY_KEY: key },
        { REDIS_URL: `redis://:secret-word@127.0.0.1:${port}` },
      ];
      const starts = (['SIGTERM', 'SIGINT'] as const).flatMap((signal) =>
        unreachable.map((env) => ({ signal, env })),
      );
      await Promise.all(
        starts.map(async ({ signal, env }, n) => {
          const called = call(['start'], { ...env, FAIRWAY_DIR: join(parent, String(n)) });
          await expect.poll(called.text, { timeout: 120_000 }).toContain('cannot be reached');
          await wait(3_000);
          expectSentence(called.text(), /cannot be reached.*(DATABASE_URL|REDIS_URL).*tries again/);
          expect(called.text()).not.toContain('secret-word');
          const askedAt = performance.now();
          called.child.kill(signal);
          expect(await end(called)).toBe(130);
          expect(performance.now() - askedAt).toBeLessThan(5_000);
        }),
      );
    },
  );

  it(
    'that accepts connections and never answers does not keep the start from stopping',
    { timeout },
    async () => {
      const silent = createServer(() => {}).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const connected = once(silent, 'connection');
      const { port } = silent.address() as AddressInfo;
      const called = call(['start'], {
        DATABASE_URL: `postgres://fairway:x@127.0.0.1:${port}/fairway`,
        FAIRWAY_KEY: key,
      });
      await connected;
      const askedAt = performance.now();
      called.child.kill('SIGTERM');
      await end(called);
      expect(performance.now() - askedAt).toBeLessThan(5_000);
      silent.close();
    },
  );
});

describe('a fault of the environment is one sentence with the fix', () => {
  const failing = async (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    about: RegExp,
  ): Promise<void> => {
    const called = call(args, env);
    expect(await end(called)).toBe(1);
    expectSentence(called.text(), about);
  };

  it('a changed password, and a database that does not exist', { timeout }, async () => {
    const database = await testDatabase();
    try {
      const wrong = new URL(database.url);
      wrong.password = 'changed';
      for (const command of ['start', 'serve'])
        await failing(
          [command],
          { DATABASE_URL: wrong.href, FAIRWAY_KEY: key },
          /password.*Correct DATABASE_URL/,
        );
      const missing = new URL(database.url);
      missing.pathname = '/nothing_here';
      await failing(
        ['start'],
        { DATABASE_URL: missing.href, FAIRWAY_KEY: key },
        /does not exist.*DATABASE_URL/,
      );
    } finally {
      await database.drop();
    }
  });

  it('a port that is in use, and an address of another machine', { timeout }, async () => {
    const database = await testDatabase();
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const { port } = occupied.address() as AddressInfo;
    const env = { DATABASE_URL: database.url, FAIRWAY_KEY: key };
    try {
      await failing(['serve'], { ...env, PORT: String(port) }, /Port \d+ is in use.*PORT/);
      await failing(
        ['serve'],
        { ...env, PORT: '0', HOST: '198.51.100.1' },
        /not an address of this machine.*HOST/,
      );
    } finally {
      occupied.close();
      await database.drop();
    }
  });

  it('a folder that is a file, and a file that is a pipe', { timeout }, async () => {
    writeFileSync(join(parent, 'file'), '');
    await failing(['start'], { FAIRWAY_DIR: join(parent, 'file') }, /file is in the way|a folder is needed/);
    await failing(['start'], { FAIRWAY_DIR: join(parent, 'file/deeper') }, /a folder is needed/);
    mkdirSync(join(parent, 'piped'));
    execFileSync('mkfifo', [join(parent, 'piped/key')]);
    await failing(
      ['start'],
      { FAIRWAY_DIR: join(parent, 'piped') },
      /key is not a regular file. Move it away/,
    );
  });

  it('a damaged lock file and a damaged key', { timeout }, async () => {
    writeFileSync(join(parent, 'lock.sqlite'), 'garbage '.repeat(200));
    await failing(['start'], {}, /lock\.sqlite cannot be used .* delete the file/);
    rmSync(join(parent, 'lock.sqlite'));
    writeFileSync(join(parent, 'key'), 'garbage');
    await failing(['start'], {}, /key does not hold 32 bytes.*FAIRWAY_KEY/);
  });

  it.skipIf(process.getuid?.() !== 0)('a full disk', { timeout }, async () => {
    const disk = join(parent, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return; // This container may not mount.
    }
    try {
      await failing(['start'], { FAIRWAY_DIR: disk }, /disk is full.*Make room/);
    } finally {
      execFileSync('/bin/umount', ['-l', disk]);
    }
  });

  it('a folder that does not answer', async () => {
    // No process starts within a millisecond, so this looks like a disk that hangs.
    await expect(checkFolder(parent, 1)).rejects.toThrow(/does not answer within .* FAIRWAY_DIR/);
  });

  it('a version of Node that is too old', { timeout }, async () => {
    const old = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })`;
    const child = spawn(process.execPath, ['--import', old, 'src/cli/launch.js', 'help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expectSentence(text, /This is Node 18\.20\.0.*needs Node 20 or later.*nodejs\.org/);
  });

  it('a file of companies that cannot be used, before anything is started', { timeout }, async () => {
    const dir = join(parent, 'never-made');
    writeFileSync(join(parent, 'no-name.csv'), 'firm;town\nA;B\n');
    writeFileSync(join(parent, 'no-rows.csv'), 'name,domain\n,\n');
    for (const [file, about] of [
      ['missing.csv', /does not exist.*column name.*at least 1 row.*UTF-8.*semicolons/],
      ['no-name.csv', /has no column “name”. Its first line has: firm, town\..*needs/],
      ['no-rows.csv', /has no row with a name.*needs/],
    ] as const) {
      const called = call(['start', '--companies', join(parent, file)], { FAIRWAY_DIR: dir });
      expect(await end(called)).toBe(2);
      expectSentence(called.text(), about);
      expect(existsSync(dir)).toBe(false);
    }
  });
});
