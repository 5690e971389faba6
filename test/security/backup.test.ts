import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '#src/db/people/audit-store.ts';
import type { Deps } from '#src/deps.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { emptyDatabase, type TestDatabase } from '#test/support/database.ts';
import { startDeps } from '#test/support/deps.ts';
import { serviceOn, startService, type Service } from '#test/support/service.ts';

const passphrase = 'correct horse battery staple';

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly said: string;
}

/** A command in a separate process, as an operator runs it. */
function fairway(env: Readonly<Record<string, string>>, ...args: string[]): Ended {
  const base = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DATABASE_|FAIRWAY_|REDIS_URL|BACKUP_)/.test(name)),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/main.ts', ...args], {
    env: { ...base, ...env },
    encoding: 'utf8',
  });
  return { status, out: stdout, said: `${stdout}${stderr}` };
}

async function rowsOf(deps: Deps): Promise<Record<string, string>> {
  const tables = await deps.db.execute<{ name: string }>(
    sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await deps.db.execute<{ sum: string }>(
      sql`select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from ${sql.identifier(name)} t`,
    );
    sums[name] = row?.sum ?? '';
  }
  return sums;
}

describe('a backup of a service after its first run', { timeout: 240_000 }, () => {
  let dir: string;
  let file: string;
  let service: Service;
  let empty: TestDatabase;
  const env = (database: string, more = {}) => ({
    ...service.env,
    DATABASE_URL: database,
    BACKUP_PASSPHRASE: passphrase,
    ...more,
  });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fairway-test-'));
    file = join(dir, 'one.backup');
    service = await startService();
    await service.runJobAndRest();
    await createLoginLink(service.deps, { email: 'anna@vendor.test', role: 'admin' });
    empty = await emptyDatabase();
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await empty.drop();
    await rm(dir, { recursive: true });
  });

  it('is written while the service works, and other users cannot read it', async () => {
    let isWriting = true;
    const working = (async () => {
      for (let n = 0; isWriting; n += 1) {
        const entry = {
          actorId: null,
          action: 'registration.noted',
          subjectKind: 'registration',
          subjectId: service.deps.ids(),
          before: null,
          after: { n },
          reason: null,
        } as const;
        await service.deps.db.transaction((tx) => audit(tx, [entry], service.deps.clock()));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const { execFile } = await import('node:child_process');
    const said = await new Promise<string>((resolve, reject) =>
      execFile(
        process.execPath,
        ['src/cli/main.ts', 'backup', file, '--json'],
        { env: { ...process.env, ...env(service.databaseUrl) } },
        (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout)),
      ),
    );
    isWriting = false;
    await working;
    expect(JSON.parse(said)).toMatchObject({ file, encryptedWith: 'passphrase' });
    expect(JSON.parse(said).rows).toBeGreaterThan(5_000);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = (await readFile(file)).toString('latin1');
    expect(text).not.toMatch(/anna@vendor|masterKey|registration|privateKeyPem/);
    expect(text).not.toContain(service.env['FAIRWAY_KEY']?.slice(0, 20));
  });

  it.each([
    [
      'a changed byte',
      async (path: string, bytes: Buffer) => writeFile(path, flipped(bytes, bytes.length >> 1)),
    ],
    ['a changed header', async (path: string, bytes: Buffer) => writeFile(path, flipped(bytes, 30))],
    ['a missing end', async (path: string, bytes: Buffer) => writeFile(path, bytes.subarray(0, -70_000))],
    ['a missing byte', async (path: string, bytes: Buffer) => writeFile(path, bytes.subarray(0, -1))],
    [
      'something after it',
      async (path: string, bytes: Buffer) => writeFile(path, Buffer.concat([bytes, bytes])),
    ],
    ['another file', async (path: string) => writeFile(path, 'hello\n')],
  ])('is refused with %s, and the database stays as it is', async (_, damage) => {
    const damaged = join(dir, 'damaged.backup');
    await copyFile(file, damaged);
    await damage(damaged, await readFile(file));
    const ended = fairway(env(empty.url), 'restore', damaged);
    expect(ended.said).toMatch(/cannot be opened|is not a backup|incomplete/);
    expect(ended.said).not.toMatch(/^ +at /m);
    expect(ended.status).toBe(1);
    await using test = await startDeps({ databaseUrl: empty.url });
    expect(await rowsOf(test.deps)).toEqual({});
  });

  it('is refused with another passphrase, without one, and into a database in use', () => {
    expect(
      fairway(env(empty.url, { BACKUP_PASSPHRASE: 'another passphrase' }), 'restore', file).said,
    ).toContain('cannot be opened');
    expect(fairway(env(empty.url, { BACKUP_PASSPHRASE: '' }), 'restore', file).said).toContain(
      'Set BACKUP_PASSPHRASE',
    );
    const key = randomBytes(32).toString('base64');
    expect(fairway(env(empty.url, { FAIRWAY_KEY: key }), 'restore', file).said).toContain('--key-file');
    expect(fairway(env(service.databaseUrl), 'restore', file).said).toContain(
      'Stop the API and every worker',
    );
  });

  it('gives back the key of its instance', async () => {
    const keyFile = join(dir, 'key');
    expect(fairway(env(empty.url), 'restore', file, '--key-file', keyFile).status).toBe(0);
    expect((await readFile(keyFile, 'utf8')).trim()).toBe(service.env['FAIRWAY_KEY']);
  });

  it('after a loss restores everything: the next run writes nothing and verify finds everything whole', async () => {
    // The loss: the database is gone, and with it what the vendors do not hold.
    const folder = await mkdtemp(join(tmpdir(), 'fairway-test-'));
    const place = { ...env(empty.url), FAIRWAY_DIR: folder };
    const restored = fairway(place, 'restore', file, '--json');
    expect(restored.said).toMatch(/"whole":true/);
    expect(restored.status).toBe(0);
    const masterKey = service.env['FAIRWAY_KEY'] ?? '';
    await using test = await startDeps({ databaseUrl: empty.url, dir: folder, masterKey });
    const [before, after] = [await rowsOf(service.deps), await rowsOf(test.deps)];
    for (const table of ['session', 'login_link', 'audit_event'])
      for (const rows of [before, after]) delete rows[table];
    expect(after).toEqual(before);
    expect(await test.deps.db.$count(sql`session`)).toBe(0);
    await using stack = new AsyncDisposableStack();
    const again = serviceOn(test, service.addresses, stack);
    const { summary } = await again.runJobAndRest();
    expect(summary).toMatchObject({ written: { salesforce: 0, hubspot: 0 }, problems: 0, complete: true });
    const verified = fairway(place, 'verify', '--json');
    expect(JSON.parse(verified.out)).toMatchObject({
      unbalancedCurrencies: [],
      brokenAuditEntry: null,
      lostAuditEntry: null,
    });
    expect(verified.status).toBe(0);
    const [event] = await test.deps.db.execute<{ action: string }>(
      sql`select action from audit_event where action like 'access.restored'`,
    );
    expect(event).toBeDefined();
    // A database that is not empty is refused; replacing it says so.
    await test[Symbol.asyncDispose]();
    expect(fairway(place, 'restore', file).said).toContain('is not empty');
    const replaced = fairway(place, 'restore', file, '--replace');
    expect(replaced.said).toContain('what followed the backup is lost');
    expect(replaced.status).toBe(0);
    rmSync(folder, { recursive: true });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('a backup of the embedded database', { timeout: 240_000 }, () => {
  it('restores a folder that was wiped, its key included', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'fairway-test-'));
    const file = join(dir, 'embedded.backup');
    const folder = join(dir, 'fairway');
    const env = { FAIRWAY_DIR: folder, BACKUP_PASSPHRASE: passphrase };
    expect(fairway(env, 'login', 'ben@vendor.test', '--role', 'admin').status).toBe(0);
    expect(fairway(env, 'backup', file).said).toContain('read back and complete');
    const key = await readFile(join(folder, 'key'), 'utf8');
    rmSync(folder, { recursive: true });
    const restored = fairway(env, 'restore', file);
    expect(restored.said).toContain('The ledger balances and the audit trail is unchanged.');
    expect(restored.status).toBe(0);
    expect(await readFile(join(folder, 'key'), 'utf8')).toBe(key);
    expect(JSON.parse(fairway(env, 'verify', '--json').out)).toMatchObject({
      brokenAuditEntry: null,
      lostAuditEntry: null,
      applicationOwnsTables: false,
    });
    expect(existsSync(join(folder, 'postgres', 'application-password'))).toBe(true);
    await rm(dir, { recursive: true });
  });
});
