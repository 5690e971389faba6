import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#src/config/config.ts';
import type { Env } from '#src/config/env.ts';
import { buildDeps, type Deps, type DepsOverrides } from '#src/deps.ts';
import { testDatabase } from './database.ts';
import { openMemoryQueue } from './memory-queue.ts';

export interface TestDeps extends AsyncDisposable {
  readonly deps: Deps;
  readonly databaseUrl: string;
  /** A folder of this test's own. */
  readonly dir: string;
  /** The environment of a process that works on the same data. */
  readonly env: Readonly<Record<string, string>>;
  /** Moves the clock forward; only where `now` or `since` was given. */
  readonly pass: (ms: number) => void;
}

/** `memory`: in this process. Other processes can take part in the other ones. */
export type QueueHome = 'memory' | 'postgresql' | { readonly redisUrl: string };

export interface TestDepsOptions extends Pick<DepsOverrides, 'systems' | 'packs'> {
  /** Stops the clock here; without it, time runs. */
  readonly now?: string;
  /** Starts the clock here and lets it run. */
  readonly since?: string;
  /** `memory` when missing. */
  readonly queue?: QueueHome;
  readonly publicUrl?: string;
  /** More settings. */
  readonly extraEnv?: Env;
  /** A migrated database to work on, instead of a new one. */
  readonly databaseUrl?: string;
  /** A folder to work in that stays after the end, instead of a new one that is removed. */
  readonly dir?: string;
  /** The key that the secrets in the given database were sealed with, instead of a new one. */
  readonly masterKey?: string;
}

/** The dependencies of operations, with a separate database and folder for the test. */
export async function startDeps({
  now,
  since,
  queue = 'memory',
  publicUrl,
  extraEnv = {},
  databaseUrl,
  dir: givenDir,
  masterKey = randomBytes(32).toString('base64'),
  ...overrides
}: TestDepsOptions = {}): Promise<TestDeps> {
  await using starting = new AsyncDisposableStack();
  const dir = givenDir ?? (await newFolder(starting));
  const url = databaseUrl ?? (await newDatabase(starting));
  const env = {
    DATABASE_URL: url,
    FAIRWAY_KEY: masterKey,
    FAIRWAY_DIR: dir,
    LOG_LEVEL: 'silent',
    SYNC_MINUTES: '0',
    PRIVATE_HOSTS: '127.0.0.1,localhost',
    ...(typeof queue === 'string' ? {} : { REDIS_URL: queue.redisUrl }),
    ...(publicUrl === undefined ? {} : { FAIRWAY_PUBLIC_URL: publicUrl }),
    ...extraEnv,
  };
  const clock = {
    now: now === undefined ? null : Date.parse(now),
    aheadMs: since === undefined ? 0 : Date.parse(since) - Date.now(),
  };
  const deps = starting.use(
    await buildDeps(loadConfig(env, { dir }), url, {
      ...overrides,
      clock: () => new Date(clock.now ?? Date.now() + clock.aheadMs),
      ...(queue === 'memory' ? { queue: openMemoryQueue() } : {}),
    }),
  );
  const owned = starting.move();
  return {
    deps,
    databaseUrl: url,
    dir,
    env,
    pass: (ms) => {
      if (clock.now !== null) clock.now += ms;
      else if (since !== undefined) clock.aheadMs += ms;
      else throw new Error('the clock of this test runs by itself');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function newFolder(starting: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'fairway-test-'));
  starting.defer(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function newDatabase(starting: AsyncDisposableStack): Promise<string> {
  const database = await testDatabase();
  starting.defer(() => database.drop());
  return database.url;
}
