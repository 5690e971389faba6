import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand } from './find-command.ts';

/** `describe.skipIf(redisServer === null)` around tests that need one. */
export const redisServer: string | null = findCommand(['redis-server', 'valkey-server'], 'redis-server');

export interface TestRedis {
  readonly url: string;
  readonly pid: number;
  /** Its data folder. */
  readonly dir: string;
  /** Ends it outright, and leaves what it kept. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestRedisOptions {
  /** True when it writes each change to an append-only file. */
  readonly appendOnly?: boolean;
  /** One that was killed, to be started again on the same port with what is in its folder. */
  readonly again?: TestRedis;
}

/**
 * A Redis or Valkey of one test file's own, empty unless another is started again, set up as the queue asks
 * of a real one.
 */
export async function startRedis({ appendOnly = false, again }: TestRedisOptions = {}): Promise<TestRedis> {
  if (redisServer === null) throw new Error('guard the tests with skipIf(redisServer === null)');
  const dir = again?.dir ?? mkdtempSync(join(tmpdir(), 'fairway-redis-'));
  const port = again ? Number(new URL(again.url).port) : await freePort();
  const options = {
    port,
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
  };
  const server = spawn(
    redisServer,
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await ready(server);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: server.pid ?? 0,
    dir,
    kill,
    stop: async () => {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout?.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('Ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`Redis did not start:\n${output}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
