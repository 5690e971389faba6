import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const env = { ...process.env, DATABASE_URL: 'nowhere', PORT: 'not a port' };

test('a command says how it is used without settings that could be loaded', { timeout: 30_000 }, async () => {
  const { stdout } = await run(process.execPath, ['src/cli/main.ts', 'sync', '--help'], { env });
  expect(stdout).toMatch(/^fairway sync status .*reconcile \[--connection NAME\]/);
});

test('what was typed wrong is said before what is set wrong', { timeout: 30_000 }, async () => {
  const mistake = run(process.execPath, ['src/cli/main.ts', 'sync', 'reconcile', '--kind', 'invoice'], {
    env,
  });
  await expect(mistake).rejects.toMatchObject({
    stderr: expect.stringContaining('--kind invoice is not one of account'),
  });
});
