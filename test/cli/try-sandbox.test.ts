import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

/** A newcomer copies the printed commands, as README says. */
let service: TestDeps;
let sandbox: ChildProcess;
let printed = '';
const dir = mkdtempSync(join(tmpdir(), 'fairway-try-'));

beforeAll(async () => {
  service = await startDeps();
  sandbox = start('sandbox', '--profile', 'minimum-access');
  sandbox.stdout?.on('data', (data: Buffer) => (printed += data.toString()));
  await vi.waitUntil(() => printed.includes('x-sandbox-key'), { timeout: 60_000 });
}, 120_000);
afterAll(async () => {
  const ended = once(sandbox, 'exit');
  sandbox.kill('SIGTERM');
  await ended;
  await service[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  const env = { ...process.env, ...service.env, FAIRWAY_DIR: dir };
  return spawn(process.execPath, ['src/cli/main.ts', ...args], { env });
}

async function outcome(...args: readonly string[]) {
  const child = start(...args);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (text += data.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { text, exitCode };
}

/** The words that follow `npm run fairway --` on a printed line. */
const printedCommand = (system: string): readonly string[] =>
  new RegExp(`npm run fairway -- (connect ${system} .+)`).exec(printed)?.[1]?.split(' ') ?? [];

describe('fairway sandbox', { timeout: 120_000 }, () => {
  it.each(['salesforce', 'hubspot'])(
    'prints a command that connects %s, and adds partners’ codes and registrations after that',
    async (system) => {
      const check = await outcome(...printedCommand(system), '--check');
      expect(check).toMatchObject({ exitCode: 1 });
      expect(check.text).toMatch(
        /(\d+) things are missing\. Connecting without --check provides \1 of them\./,
      );
      const connected = await outcome(...printedCommand(system));
      expect(connected).toMatchObject({ exitCode: 0 });
      expect(connected.text).toMatch(/\* .*: (24|36) accounts/);
      await vi.waitFor(
        () => expect(printed).toContain(`Partner codes and registrations are now in ${system}.`),
        { timeout: 30_000 },
      );
      const second = await outcome(...printedCommand(system), '--check');
      expect(second.text).toContain('Everything that Fairway needs is there.');
      expect(second.exitCode).toBe(0);
    },
  );

  it('prints a command that connects the files of the ERP', async () => {
    expect(await outcome(...printedCommand('files'))).toMatchObject({ exitCode: 0 });
  });
});

describe('a profile that does not exist', { timeout: 60_000 }, () => {
  it.each([['sandbox'], ['start']])(
    'ends %s with exit code 2 and the names of the profiles, before anything is deleted',
    async (command) => {
      const { text, exitCode } = await outcome(command, '--fresh', '--profile', 'minimum-acess');
      expect(text).toBe(
        `--profile: ${/There is no profile “minimum-acess”\. The profiles are default, .*minimum-access.*\n/.exec(text)?.[0]}`,
      );
      expect(exitCode).toBe(2);
    },
  );
});
