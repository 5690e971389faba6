import type { Command } from '#src/cli/command.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import { openScratchDatabase } from '#src/db/scratch-database.ts';
import { buildDeps } from '#src/deps.ts';
import { printCases, readCases, type CaseResult, type NamedCase } from './case-file.ts';
import { runLifecycleCase } from './lifecycle-case.ts';
import { withScratchServer } from './with-scratch-server.ts';

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
  return withScratchServer(async ({ ownerUrl, url }, config) => {
    const packs = loadPacks();
    const results: CaseResult[] = [];
    for (const [index, one] of cases.entries()) {
      await using database = await openScratchDatabase(ownerUrl, `scenario_${index + 1}`);
      const copy = new URL(url);
      copy.pathname = `/${database.name}`;
      await using deps = await buildDeps(config, copy.href, { packs });
      results.push(await runLifecycleCase(deps, one));
    }
    return results;
  });
}
