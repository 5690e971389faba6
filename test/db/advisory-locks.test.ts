import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  advisoryLocks,
  lockHolder,
  lockInSession,
  lockInTransaction,
  tryLockInTransaction,
} from '#src/db/advisory-locks.ts';
import { openDatabase } from '#src/db/client.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let service: TestDeps;
beforeAll(async () => {
  service = await startDeps();
});
afterAll(() => service[Symbol.asyncDispose]());

test('no two locks have the same number', () => {
  const numbers = Object.values(advisoryLocks);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('no other file of the product takes an advisory lock', () => {
  const files = ['src', 'workers', 'connectors', 'mappings'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const users = files.filter(
    (file) => /\.(ts|js|sql)$/.test(file) && /pg_(try_)?advisory/.test(readFileSync(file, 'utf8')),
  );
  expect(users).toEqual([join('src', 'db', 'advisory-locks.ts')]);
});

test('a transaction lock excludes others until the transaction ends, and each key has its own', async () => {
  const { db } = service.deps;
  const [acquired, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = db.transaction(async (tx) => {
    await lockInTransaction(tx, 'connectionWriter', 'one');
    acquired.resolve();
    await release.promise;
  });
  await acquired.promise;
  const isFree = (key?: string) => db.transaction((tx) => tryLockInTransaction(tx, 'connectionWriter', key));
  expect(await isFree('one')).toBe(false);
  expect(await isFree('two')).toBe(true);
  expect(await isFree()).toBe(true);
  expect(await lockHolder(db, 'connectionWriter', 'one')).toMatch(/^\d+ \d+\/\d+$/);
  release.resolve();
  await holding;
  expect(await isFree('one')).toBe(true);
  expect(await lockHolder(db, 'connectionWriter', 'one')).toBeNull();
});

test('a session lock is held until its connection closes', async () => {
  const { db } = service.deps;
  const isFree = () => db.transaction((tx) => tryLockInTransaction(tx, 'migrations'));
  {
    await using database = openDatabase(service.databaseUrl, 1);
    await lockInSession(database.db, 'migrations');
    await database.db.execute(sql`select 1`);
    expect(await isFree()).toBe(false);
  }
  expect(await isFree()).toBe(true);
});
