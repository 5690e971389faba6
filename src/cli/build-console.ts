import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../../web', import.meta.url));
const stamp = join(web, 'dist', '.built-from');

/** Builds the console when its sources are not the ones it was last built from. An image that ships only the build is left alone. */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  const vite = join(web, 'node_modules/.bin/vite');
  if (!existsSync(join(web, 'src')) || !existsSync(vite)) return;
  const sources = sourceHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('Building the console');
  await new Promise<void>((done, fail) => {
    const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: web, stdio: ['ignore', 2, 2] });
    child.once('error', fail);
    child.once('exit', (exitCode) => (exitCode === 0 ? done() : fail(new Error('The console could not be built; the reason is above.'))));
  });
  writeFileSync(stamp, sources);
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of globSync('{src/**/*,*.{html,json,ts,cjs,mjs},public/**/*}', { cwd: web, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(file.slice(web.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
