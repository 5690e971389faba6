import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { runFairway } from '#src/cli/command-line.ts';
import { commands } from '#src/cli/commands.ts';
import type { CommandTable } from '#src/cli/command.ts';

const run = promisify(execFile);
const env = { ...process.env, DATABASE_URL: 'nowhere', PORT: 'not a port' };
const fairway = (...args: readonly string[]) => run(process.execPath, ['src/cli/main.ts', ...args], { env });

/** Help of a command, as it is printed, without running the command. */
async function helpOf(path: readonly string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  try {
    await expect(runFairway([...path, '--help'])).rejects.toMatchObject({ exitCode: 0 });
  } finally {
    write.mockRestore();
  }
  return text;
}

async function pathsIn(table: CommandTable, parent: readonly string[] = []): Promise<string[][]> {
  const paths = await Promise.all(
    Object.entries(table).map(async ([name, entry]) =>
      'commands' in entry ? pathsIn(await entry.commands(), [...parent, name]) : [[...parent, name]],
    ),
  );
  return paths.flat();
}

describe('help', { timeout: 60_000 }, () => {
  test('lists every command and the exit codes, also without a command', async () => {
    const [{ stdout }, bare] = await Promise.all([fairway('help'), fairway()]);
    expect(Object.keys(commands).filter((name) => !stdout.includes(`\n  ${name} `))).toEqual([]);
    expect(stdout).toContain(
      '3 incomplete (a CRM was unreachable, out of calls, or refused what Fairway needs)',
    );
    expect(bare.stdout).toBe(stdout);
  });

  test('of every command has an example that names it', async () => {
    const paths = await pathsIn(commands);
    expect(paths.length).toBeGreaterThan(25);
    const without: string[] = [];
    for (const path of paths) {
      const text = await helpOf(path);
      if (!text.includes(`Examples:\n  npm run fairway -- ${path.join(' ')}`)) without.push(path.join(' '));
    }
    expect(without).toEqual([]);
  });

  test('needs no settings that could be loaded', async () => {
    const { stdout } = await fairway('sync', '--help');
    expect(stdout).toMatch(/\n  reconcile +compare everything/);
  });

  test('prints the version', async () => {
    expect((await fairway('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** The message of a wrong call: commander prints its own, a command throws it. */
async function mistakeIn(args: readonly string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  try {
    await runFairway(args);
    return '';
  } catch (error) {
    return `${text}${error instanceof Error ? error.message : ''}`;
  } finally {
    write.mockRestore();
  }
}

describe('wrong usage', { timeout: 60_000 }, () => {
  test.each([
    [['synk'], 'Did you mean sync?'],
    [['sync', 'statsu'], 'Did you mean status?'],
    [['sync', 'status', '--conection', 'x'], 'Did you mean --connection?'],
    [['sync', 'explain'], "missing required argument 'record'"],
    [['login', '--role', 'boss'], '--role boss is not one of admin'],
  ])('says what is right: %o', async (args, message) => {
    expect(await mistakeIn(args)).toContain(message);
  });

  test('ends with exit code 2', async () => {
    await expect(fairway('synk')).rejects.toMatchObject({ code: 2 });
  });

  test('in a value ends with exit code 2, and with --json is printed as JSON', async () => {
    const mistake = fairway('sync', 'reconcile', '--kind', 'invoice', '--json');
    await expect(mistake).rejects.toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^\{"error":\{"code":"bad_request","message":"--kind invoice/),
    });
  });
});
