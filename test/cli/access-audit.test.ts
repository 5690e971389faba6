import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { auditTrail } from '#test/support/queries.ts';
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

test('a link made at the command line is on the audit trail, with the role before and after', async () => {
  await runCommand(['login', 'cli@vendor.test'], { name: 'Cli', role: 'viewer' });
  await runCommand(['login', 'cli@vendor.test'], { role: 'admin' });
  const act = { actor: null, reason: 'command line' };
  expect(await auditTrail(service.deps.db, 'Cli')).toEqual([
    { ...act, action: 'person.invited', before: null, after: { role: 'viewer' } },
    {
      ...act,
      action: 'person.link_made',
      before: { role: 'viewer' },
      after: { role: 'admin' },
    },
  ]);
});

test('a connection made or changed at the command line is on the audit trail', async () => {
  const [inbox, outbox] = [join(service.dir, 'in'), join(service.dir, 'out')];
  await mkdir(inbox);
  await mkdir(outbox);
  await runCommand(['connect', 'files'], { name: 'Books', inbox, outbox });
  await runCommand(['connect', 'files'], { name: 'Books', inbox, outbox });
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
