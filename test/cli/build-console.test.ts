import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { buildConsole } from '#src/cli/local/build-console.ts';

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));
beforeAll(() => buildConsole(() => {}), 60_000);

test('a console built during a test run is the one people get: a production build without paths of the machine', () => {
  const scripts = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(5);
  for (const name of scripts)
    expect(readFileSync(join(dist, 'assets', name), 'utf8')).not.toMatch(/jsxDEV|\/src\/ui\//);
});

test('a console is not built again while its sources stay the same', async () => {
  const before = statSync(join(dist, 'index.html')).mtimeMs;
  await buildConsole((line) => expect.fail(line));
  expect(statSync(join(dist, 'index.html')).mtimeMs).toBe(before);
});
