import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).default({}) }),
  ),
});

test('package-lock.json names the packages of every platform, or `npm ci` refuses it', () => {
  // npm leaves out what it could not see when the lock file was written: other platforms' binaries, most of
  // all.
  const { packages } = lockSchema.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const named = new Set(
    Object.keys(packages).map((path) =>
      path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    ),
  );
  const missing = Object.values(packages).flatMap((each) =>
    Object.keys(each.optionalDependencies).filter((name) => !named.has(name)),
  );
  expect(missing).toEqual([]);
});
