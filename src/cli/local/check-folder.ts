import { spawn } from 'node:child_process';
import { AppError } from '#src/domain/errors.ts';
import { environmentFault } from '#src/cli/faults/fault-sentence.ts';

const answersWithinMs = 15_000;

/**
 * Runs as a separate process: a call to a folder that hangs, such as one on a network drive, cannot be
 * interrupted, and it would hang this process with it.
 */
const probe = `
  const fs = require('node:fs');
  const path = require('node:path');
  const dir = process.argv[1];
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (const name of ['key', 'lock.json', 'lock.sqlite', 'address']) {
      const found = fs.lstatSync(path.join(dir, name), { throwIfNoEntry: false });
      if (found && !found.isFile()) throw Object.assign(new Error(), { code: 'NOT_A_FILE', path: path.join(dir, name) });
    }
    const file = path.join(dir, '.probe-' + process.pid);
    try {
      const handle = fs.openSync(file, 'w', 0o600);
      fs.writeSync(handle, Buffer.alloc(65536, 1));
      fs.fsyncSync(handle);
      fs.closeSync(handle);
    } finally {
      fs.rmSync(file, { force: true });
    }
  } catch ({ code, path: at }) {
    console.log(JSON.stringify({ code: String(code), path: at }));
  }
`;

/**
 * Checks that the folder of Fairway's data answers and can be written.
 * @throws AppError `setting_invalid` with one sentence that says what is wrong and the fix
 */
export async function checkFolder(dir: string, withinMs = answersWithinMs): Promise<void> {
  const child = spawn(process.execPath, ['-e', probe, dir], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const answered = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    child.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  if (!answered) {
    child.kill('SIGKILL');
    child.unref();
    child.stdout.destroy();
    throw new AppError(
      'setting_invalid',
      `${dir} does not answer within ${withinMs / 1000} s. Check the disk or the network drive that it is on, or set FAIRWAY_DIR to another folder.`,
    );
  }
  if (text === '') return;
  const { code, path } = JSON.parse(text) as { readonly code: string; readonly path?: string };
  const fault =
    code === 'NOT_A_FILE'
      ? `${path} is not a regular file. Move it away.`
      : environmentFault(Object.assign(new Error(code), { code, path: path ?? dir }));
  throw new AppError(
    'setting_invalid',
    fault ?? `${dir} cannot be used (${code}). Set FAIRWAY_DIR to another folder.`,
  );
}
