import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { runCommand } from '#test/cli/run-command.ts';

let service: TestDeps;
beforeAll(async () => {
  service = await startDeps();
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await service[Symbol.asyncDispose]();
});

const applied = async () =>
  (
    await service.deps.db.execute(sql`select hash, created_at from drizzle.__drizzle_migrations order by id`)
  ).map((row) => ({ ...row }));

test('a command that looks at a database of an older version changes nothing there, and says what to do', async () => {
  await expect(runCommand(['sync', 'status'])).rejects.toMatchObject({ code: 'not_found' });
  await service.deps.db.execute(
    sql`delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`,
  );
  const before = await applied();
  await expect(runCommand(['sync', 'status'])).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('npm run fairway -- migrate'),
  });
  expect(await applied()).toEqual(before);
});
