import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/**
 * A project as small as the launcher can see: its lock file, and an `npm` that notes each install and makes
 * it quickly.
 */
let root: string;
let children: ChildProcessWithoutNullStreams[] = [];

const lockFile = (version: string) =>
  JSON.stringify({ packages: { '': {}, 'node_modules/kept': { version, integrity: `sha512-${version}` } } });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairway launch '));
  for (const folder of ['src/cli', 'commands']) mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['launch.js', 'launch-command.js'])
    copyFileSync(`src/cli/${file}`, join(root, 'src/cli', file));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'package-lock.json'), lockFile('1.0.0'));
  const npm = `#!/bin/sh
echo "$@" >> npm-calls
echo "npm says hello"
sleep 0.3
mkdir -p node_modules/node/bin
ln -sf "${process.execPath}" node_modules/node/bin/node
cp package-lock.json node_modules/.package-lock.json
`;
  writeFileSync(join(root, 'commands/npm'), npm, { mode: 0o755 });
  main(`console.log(JSON.stringify(process.argv.slice(2)));`);
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(root, { recursive: true, force: true });
});

const main = (code: string) => writeFileSync(join(root, 'src/cli/main.ts'), code);
const npmCalls = () =>
  existsSync(join(root, 'npm-calls')) ? readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n') : [];

function launch(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const env = { ...process.env, PATH: `${join(root, 'commands')}:${process.env['PATH']}` };
  const child = spawn(process.execPath, [join(root, 'src/cli/launch.js'), ...args], { cwd: tmpdir(), env });
  children.push(child);
  return child;
}

async function outcome(child: ChildProcessWithoutNullStreams) {
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (data: Buffer) => (text[stream] += data.toString()));
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { ...text, exitCode, signal };
}

const line = async (child: ChildProcessWithoutNullStreams) =>
  String(((await once(child.stdout, 'data')) as [Buffer])[0]).trim();

describe('installing', () => {
  test('the first command installs and says so, and stdout holds the command’s words alone', async () => {
    const { stdout, stderr, exitCode } = await outcome(launch('start', '--once', '--json'));
    expect(stdout).toBe('["start","--once","--json"]\n');
    expect(stderr).toContain('Installing dependencies');
    expect(stderr).toContain('npm says hello');
    expect(exitCode).toBe(0);
  });

  test('the second command does not install', async () => {
    await outcome(launch('start'));
    await outcome(launch('start'));
    expect(npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund']);
  });

  test('a lock file that asks for something else installs again; one merely touched does not', async () => {
    await outcome(launch('start'));
    utimesSync(join(root, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000));
    await outcome(launch('start'));
    expect(npmCalls()).toHaveLength(1);
    writeFileSync(join(root, 'package-lock.json'), lockFile('2.0.0'));
    await outcome(launch('start'));
    expect(npmCalls()).toHaveLength(2);
  });

  test('a missing Node binary installs again', async () => {
    await outcome(launch('start'));
    rmSync(join(root, 'node_modules/node/bin/node'));
    expect((await outcome(launch('start'))).exitCode).toBe(0);
    expect(npmCalls()).toHaveLength(2);
  });

  test('two commands at once install once, and both run', async () => {
    const both = await Promise.all([outcome(launch('start')), outcome(launch('serve'))]);
    expect(both.map((each) => each.stdout)).toEqual(['["start"]\n', '["serve"]\n']);
    expect(npmCalls()).toHaveLength(1);
  });

  test('the lock of an install that was killed expires', async () => {
    const lock = join(root, '.fairway/install.lock');
    mkdirSync(lock, { recursive: true });
    utimesSync(lock, new Date(), new Date(Date.now() - 60_000));
    expect((await outcome(launch('start'))).exitCode).toBe(0);
  });

  test('a failed install stops the command with npm’s exit', async () => {
    writeFileSync(join(root, 'commands/npm'), '#!/bin/sh\necho "no network" >&2\nexit 1\n', { mode: 0o755 });
    const { stdout, stderr, exitCode } = await outcome(launch('start'));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toMatch(/no network[\s\S]*npm ci failed/);
  });
});

describe('handing over', () => {
  const waitForSignals = `
    let count = 0;
    process.on('SIGINT', () => { count += 1; setTimeout(() => { console.log('signals', count); process.exit(7); }, 300); });
    setInterval(() => {}, 1000);
    console.log(process.pid);`;

  test('the exit code is the command’s', async () => {
    main('process.exit(3)');
    expect((await outcome(launch('sync'))).exitCode).toBe(3);
  });

  test('Ctrl-C, sent by the terminal and again by npm, reaches the command once', async () => {
    main(waitForSignals);
    const child = launch('start');
    await line(child);
    child.kill('SIGINT');
    child.kill('SIGINT');
    const ended = outcome(child);
    expect(await ended).toMatchObject({ stdout: 'signals 1\n', exitCode: 7 });
  });

  test('a command ended by a signal makes the launcher end by that signal', async () => {
    main(`console.log('up'); setInterval(() => {}, 1000);`);
    const child = launch('start');
    await line(child);
    child.kill('SIGTERM');
    expect(await outcome(child)).toMatchObject({ signal: 'SIGTERM' });
  });

  test('the command notices when the launcher was killed outright', async () => {
    const note = join(root, 'note');
    main(`import { writeFileSync } from 'node:fs';
      process.on('disconnect', () => { writeFileSync(${JSON.stringify(note)}, 'orphaned'); process.exit(); });
      console.log('up');`);
    const child = launch('start');
    await line(child);
    child.kill('SIGKILL');
    await expect
      .poll(() => existsSync(note) && readFileSync(note, 'utf8'), { timeout: 5000 })
      .toBe('orphaned');
  });

  test('the command ends when the shell from which it was started is killed outright', async () => {
    const note = join(root, 'note');
    main(`import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => { writeFileSync(${JSON.stringify(note)}, 'ended'); process.exit(); });
      setInterval(() => {}, 1000);
      console.log('up');`);
    // A second command keeps the shell from being replaced by the first; npm starts a script the same way.
    const script = `sh -c '"${process.execPath}" "${join(root, 'src/cli/launch.js')}" start; true'; true`;
    const shell = spawn('bash', ['-c', script], {
      cwd: tmpdir(),
      env: { ...process.env, PATH: `${join(root, 'commands')}:${process.env['PATH']}` },
    });
    children.push(shell);
    await line(shell);
    shell.kill('SIGKILL');
    await expect
      .poll(() => existsSync(note) && readFileSync(note, 'utf8'), { timeout: 10_000 })
      .toBe('ended');
  });

  test('a finished command ends although the launcher still listens', async () => {
    copyFileSync('src/cli/until-stopped.ts', join(root, 'src/cli/until-stopped.ts'));
    main(`import { untilStopped } from './until-stopped.ts'; void untilStopped(); console.log('done');`);
    expect(await outcome(launch('start'))).toMatchObject({ stdout: 'done\n', exitCode: 0 });
  });

  test('an unknown benchmark is refused with the usage', async () => {
    const { stderr, exitCode } = await outcome(launch('bench', 'nothing'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('npm run bench -- NAME');
  });
});
