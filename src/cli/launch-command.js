// @ts-check
/**
 * Installs what is missing and runs the command with the project's own Node 24. Plain JavaScript without
 * dependencies, because it runs before they are installed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const nodeBinary = join(root, 'node_modules/node/bin/node');
const installLock = join(root, '.fairway/install.lock');

/**
 * Commands that need the development dependencies. Every other command is Fairway's own, in
 * `src/cli/main.ts`.
 */
const tools = {
  test: (/** @type {string[]} */ rest) => vitest(rest.some(namesFaults) ? [] : ['!faults'], rest),
  'test:unit': (/** @type {string[]} */ rest) => vitest(['unit'], rest),
  simulate: (/** @type {string[]} */ rest) => vitest(['simulation', 'faults'], rest),
  check: (/** @type {string[]} */ rest) => ['src/cli/check.ts', ...rest],
  mutants: (/** @type {string[]} */ rest) => ['test/mutation/run.ts', ...rest],
  attack: (/** @type {string[]} */ rest) => ['test/security/attack.ts', ...rest],
  bench: (/** @type {string[]} */ rest) => [benchFile(rest[0]), ...rest.slice(1)],
};

const [command = 'help', ...rest] = process.argv.slice(2);
const isTool = Object.hasOwn(tools, command);
try {
  await ensureInstalled(isTool);
  const script = isTool
    ? tools[/** @type {keyof typeof tools} */ (command)](rest)
    : ['src/cli/main.ts', command, ...rest];
  handOver(script.map((part, index) => (index === 0 ? join(root, part) : part)));
} catch (error) {
  console.error(sentence(error));
  process.exitCode = 1;
}

/**
 * One sentence with the fix, for a fault of the environment.
 * @param {unknown} error
 */
function sentence(error) {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (error);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${path ?? root} may not be written by this user. Correct its owner and rights.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk of ${path ?? root} is full. Make room on it.`;
    case 'ENOENT':
      return error.message.includes('spawn npm')
        ? 'npm was not found. Install Node with npm from https://nodejs.org.'
        : `${path} does not exist. Get the whole project again.`;
    default:
      return error instanceof SyntaxError
        ? `${join(root, 'package-lock.json')} or the one in node_modules is damaged. Run: git checkout package-lock.json && rm -rf node_modules`
        : error.message;
  }
}

/**
 * @param {string[]} projects
 * @param {string[]} rest
 */
function vitest(projects, rest) {
  return [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects.map((project) => `--project=${project}`),
    ...rest,
  ];
}

/** Whether somebody asks for the tests of a fault, which a run of all tests leaves out. @param {string} argument */
function namesFaults(argument) {
  return argument.includes('faults');
}

/** @param {string | undefined} name */
function benchFile(name) {
  const file = `bench/${name}.ts`;
  if (!name || !existsSync(join(root, file)))
    throw new Error(`usage: npm run bench -- NAME, where bench/NAME.ts exists`);
  return file;
}

/** @param {boolean} withDev */
async function ensureInstalled(withDev) {
  if (isInstalled(withDev)) return;
  await withInstallLock(async () => {
    if (isInstalled(withDev)) return; // the install we waited for did it
    console.error('Installing dependencies (npm ci): missing or older than package-lock.json');
    // npm starts from the system's Node, not from the one inside the folder it is about to replace.
    const path = pathEntries().filter((entry) => !entry.startsWith(join(root, 'node_modules')));
    const exitCode = await finished(
      // stdout stays clean for the command itself: everything npm says goes to stderr.
      spawn('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
        cwd: root,
        env: { ...process.env, PATH: path.join(delimiter) },
        stdio: ['ignore', 2, 2],
      }),
    );
    if (exitCode !== 0)
      throw new Error(
        'npm ci failed (its words are above). It needs the npm registry and a writable folder.',
      );
    if (!existsSync(nodeBinary)) {
      throw new Error(
        `npm ci left no ${nodeBinary}: install scripts are off. Run: npm rebuild --ignore-scripts=false`,
      );
    }
  });
}

/**
 * Whether what is installed is what package-lock.json asks for. npm keeps a lock file of what it installed;
 * comparing the two by content survives touched files and switched branches, and costs no file of our own.
 * @param {boolean} withDev
 */
function isInstalled(withDev) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(nodeBinary) || !existsSync(record)) return false;
  const has = packagesIn(record);
  return Object.entries(packagesIn(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    const skipped = path === '' || wanted.optional || wanted.devOptional || (wanted.dev && !withDev);
    return skipped || (has[path]?.version === wanted.version && has[path]?.integrity === wanted.integrity);
  });
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dev?: boolean, devOptional?: boolean
 * }} Package
 * @param {string} path
 * @returns {Record<string, Package>}
 */
function packagesIn(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * One install at a time. The lock is a folder its holder touches every second, so one left by a killed
 * install expires.
 * @param {() => Promise<void>} work
 */
async function withInstallLock(work) {
  mkdirSync(dirname(installLock), { recursive: true, mode: 0o700 });
  let reported = false;
  while (!acquireInstallLock()) {
    if (!reported) console.error('Waiting for another install in this folder');
    reported = true;
    await wait(300);
  }
  const heartbeat = setInterval(() => {
    mkdirSync(installLock, { recursive: true }); // removed as expired while this machine slept
    utimesSync(installLock, new Date(), new Date());
  }, 1000);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(installLock, { recursive: true, force: true });
  }
}

function acquireInstallLock() {
  try {
    mkdirSync(installLock);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const touched = statSync(installLock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - touched > 20_000) rmSync(installLock, { recursive: true, force: true });
  return false;
}

/**
 * Runs a script with the project's Node and ends with its exit code. Ctrl-C reaches this process from the
 * terminal and again from npm. Tools share this process group, so the terminal signals them directly. Fairway
 * has a separate group and receives each signal once, from here; its open channel closes when this process is
 * killed.
 * @param {string[]} script
 */
function handOver(script) {
  const env = {
    // Compiled TypeScript is cached on disk: a command then starts in half the time.
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
    // The full size of the simulation of the service; `npm test` plays a tenth of it.
    ...(command === 'simulate' ? { SCHEDULES: '100' } : {}),
    ...process.env,
    PATH: [join(root, 'node_modules/.bin'), ...pathEntries()].join(delimiter),
  };
  const child = isTool
    ? spawn(nodeBinary, script, { cwd: root, env, stdio: 'inherit' })
    : spawn(nodeBinary, script, {
        cwd: root,
        env,
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
        detached: true,
      });
  const byTerminal = isTool && Boolean(process.stdin.isTTY);
  let last = { signal: '', at: 0 };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => {
      const repeated = last.signal === signal && Date.now() - last.at < 1000;
      last = { signal, at: Date.now() };
      if (!repeated && !(byTerminal && signal === 'SIGINT')) child.kill(signal);
    });
  }
  // A shell that was killed sends no signal, and the service would go on unseen.
  const watch = endWithShell(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`${nodeBinary} did not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (exitCode, signal) => {
    clearInterval(watch);
    for (const each of signals) process.removeAllListeners(each);
    if (signal) process.kill(process.pid, signal);
    else process.exit(exitCode ?? 1);
  });
}

/**
 * Calls `end` when the shell is gone from which this was started: the first process above this one that is not
 * npm. A command that ignores hang-ups, as `nohup` makes it, goes on without a shell.
 * @param {() => void} end
 */
function endWithShell(end) {
  const watched = ignoresHangUp() ? [] : ancestors();
  return setInterval(() => {
    if (watched.some((pid) => !isAlive(pid))) {
      watched.length = 0;
      end();
    }
  }, 1000).unref();
}

function ignoresHangUp() {
  try {
    const [, mask = '0'] = /SigIgn:\s*([0-9a-f]+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return false; // Not Linux.
  }
}

/** The processes above this one, up to the first that is neither npm nor a shell that npm started. */
function ancestors() {
  /** @type {number[]} */
  const found = [];
  let pid = process.ppid;
  while (pid > 1 && found.length < 10) {
    found.push(pid);
    const above = processOf(pid);
    if (above === null || !/^(npm|node\b.*npm|sh -c |\S*\/sh -c )/.test(above.command)) break;
    pid = above.parent;
  }
  return found;
}

/**
 * @param {number} pid
 * @returns {{ parent: number, command: string } | null}
 */
function processOf(pid) {
  try {
    const words = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [, parent = '0', command = ''] = /^(\d+)\s+(.*)$/s.exec(words) ?? [];
    return { parent: Number(parent), command };
  } catch {
    return null;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Whether a process has ended and only waits for its parent to notice.
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') === true;
  } catch {
    return false; // Not Linux.
  }
}

function pathEntries() {
  return (process.env['PATH'] ?? '').split(delimiter);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function finished(child) {
  return new Promise((resolveExit, reject) => {
    child.on('error', reject);
    child.on('exit', (exitCode) => resolveExit(exitCode ?? 1));
  });
}
