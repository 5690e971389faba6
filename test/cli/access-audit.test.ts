import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectCommand } from '#src/cli/connect.ts';
import { loginCommand } from '#src/cli/login.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { auditTrail } from '#test/support/queries.ts';

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

test('a link made at the command line is on the audit trail, with the role before and after', async () => {
  await loginCommand.run({ name: 'Cli', role: 'viewer' }, ['cli@vendor.test']);
  await loginCommand.run({ role: 'admin' }, ['cli@vendor.test']);
  const act = { action: 'person.invited', actor: null, reason: 'command line' };
  expect(await auditTrail(service.deps.db, 'Cli')).toEqual([
    { ...act, before: null, after: { role: 'viewer' } },
    { ...act, before: { role: 'viewer' }, after: { role: 'admin' } },
  ]);
});

test('a connection made or changed at the command line is on the audit trail', async () => {
  const [inbox, outbox] = [join(service.dir, 'in'), join(service.dir, 'out')];
  await mkdir(inbox);
  await mkdir(outbox);
  await connectCommand.run({ name: 'Books', inbox, outbox }, ['files']);
  await connectCommand.run({ name: 'Books', inbox, outbox }, ['files']);
  const act = { actor: null, reason: 'command line' };
  const settings = { inbox, outbox };
  expect(await auditTrail(service.deps.db, 'Books')).toMatchObject([
    { ...act, action: 'connection.added', before: null, after: { kind: 'files', settings } },
    {
      ...act,
      action: 'connection.changed',
      before: { kind: 'files', settings },
      after: { kind: 'files', settings },
    },
  ]);
});
