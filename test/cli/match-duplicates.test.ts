import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { runCommand } from '#test/cli/run-command.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { plantedAccounts, saveCrm } from '#test/support/planted-duplicates.ts';

let service: TestDeps;
const printed: string[] = [];
beforeAll(async () => {
  service = await startDeps();
  await saveCrm(service.deps, 'Salesforce', plantedAccounts(400, 3));
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => printed.splice(0));
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await service[Symbol.asyncDispose]();
});

test('match duplicates says how many there are and which should stay, and writes the whole of it to a file', async () => {
  const out = join(service.dir, 'duplicates.csv');
  expect(await runCommand(['match', 'duplicates'], { out })).toBe(0);
  expect(printed[0]).toMatch(
    /^Salesforce: of 400 accounts, \d+ repeat another, in \d+ groups\. See .*duplicates\.csv\.$/,
  );
  expect(printed.join('\n')).toMatch(/\n\n.+ \(001\d+AAA\) stays\. .+\n {2}.+ \(001\d+AAA\), [01]\.\d\d: /);
  expect((await readFile(out, 'utf8')).split('\n').length).toBeGreaterThan(20);
});

test('match duplicates --json is one line for a script; with two CRMs it needs a connection', async () => {
  expect(await runCommand(['match', 'duplicates'], { json: true })).toBe(0);
  expect(JSON.parse(printed[0] ?? '')).toMatchObject({
    connection: 'Salesforce',
    accounts: 400,
    modelVersion: expect.any(String) as string,
  });
  await saveCrm(service.deps, 'HubSpot', []);
  await expect(runCommand(['match', 'duplicates'], {})).rejects.toThrow(
    'Name one CRM with --connection: Salesforce, HubSpot.',
  );
  expect(await runCommand(['match', 'duplicates'], { connection: 'hubspot' })).toBe(0);
});
