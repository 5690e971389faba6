import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../../../web', import.meta.url));
const dist = join(web, 'dist');
const stampName = '.built-from';

/**
 * Builds the console when its sources are not the ones it was last built from. Built aside and moved into
 * place, so that a build that fails, or two at once, leave a whole console. An image that ships only the
 * build is left alone.
 */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  if (!existsSync(join(web, 'src'))) return;
  const sources = sourceHash();
  const stamp = join(dist, stampName);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('Building the console');
  const fresh = `${dist}.${process.pid}`;
  try {
    await vite('build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', fresh);
    writeFileSync(join(fresh, stampName), sources);
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** npm may install Vite in the console's folder or at the root; Node resolves it. */
function vite(...args: readonly string[]): Promise<void> {
  const program = join(
    dirname(createRequire(join(web, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  );
  return new Promise((done, fail) => {
    // A test run sets NODE_ENV to something else, and would leave a development build behind.
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = spawn(process.execPath, [program, ...args], { cwd: web, env, stdio: ['ignore', 2, 2] });
    child.once('error', fail);
    child.once('exit', (exitCode) =>
      exitCode === 0 ? done() : fail(new Error('The console could not be built; the reason is above.')),
    );
  });
}

function sourceHash(): string {
  const hash = createHash('sha256');
  const files = globSync('{src/**/*,*.{html,json,ts,cjs,mjs},public/**/*}', { cwd: web, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((a, b) => (a < b ? -1 : 1));
  for (const file of files) hash.update(file.slice(web.length)).update(readFileSync(file));
  return hash.digest('hex');
}
