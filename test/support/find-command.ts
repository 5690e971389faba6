import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The path of the first of these commands on PATH. Without any: `null`, and the tests that need one skip
 * themselves — except in CI, where a skipped test would pass for a green one, so there it throws.
 */
export function findCommand(names: readonly string[], aptPackage: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = names.map((name) => join(folder, name)).find(isExecutable);
    if (found) return found;
  }
  const missing = `none of ${names.join(', ')} is on PATH (Debian: apt-get install ${aptPackage})`;
  if (process.env['CI'] === 'true') throw new Error(missing);
  console.warn(`skipping: ${missing}`);
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
