import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '#src/cli/command.ts';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { loadConfig } from '#src/config/config.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import { openScratchDatabase } from '#src/db/scratch-database.ts';
import { buildDeps, prepareDatabase } from '#src/deps.ts';
import { printCases, readCases, type CaseResult, type NamedCase } from './case-file.ts';
import { runLifecycleCase } from './lifecycle-case.ts';

export const lifecycleCases: Command = {
  arguments: [['<file>', 'JSON with a list “scenarios”']],
  examples: ['lifecycle cases lifecycle-cases.json'],
  details:
    'Plays each scenario through the operations on an empty database of a PostgreSQL that it starts in a temporary folder and removes afterwards. Prints a line per scenario and how many passed and failed. Exit code 1 when one failed.',
  async run(_values, [file = '']) {
    const cases = await readCases(file, 'scenarios');
    return printCases(await runLifecycleCases(cases));
  },
};

async function runLifecycleCases(cases: readonly NamedCase[]): Promise<readonly CaseResult[]> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'fairway-lifecycle-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({
    dir: join(dir, 'postgres'),
    log: () => {},
    // The data is removed, so a crash may lose it.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  stack.defer(() => server.stop());
  await prepareDatabase({ ownerUrl: server.url, url: server.applicationUrl });
  const config = { ...loadConfig({}, { dir }), logLevel: 'silent' } as const;
  const packs = loadPacks();
  const results: CaseResult[] = [];
  for (const [index, one] of cases.entries()) {
    await using database = await openScratchDatabase(server.url, `scenario_${index + 1}`);
    const url = new URL(server.applicationUrl);
    url.pathname = `/${database.name}`;
    await using deps = await buildDeps(config, url.href, { packs });
    results.push(await runLifecycleCase(deps, one));
  }
  return results;
}
