import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { comparedJson, compareFiles, differenceLines } from './compare-files.ts';
import { folderOf, readMappingFiles, requireReadable } from './mapping-files.ts';

export const diffMappings: Subcommand = {
  usage: 'FOLDER [--connection NAME] [--json]',
  summary: 'What the files say differently from what is live, in sentences. Asks no CRM.',
  options: ['connection', 'json'],
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const compared = compareFiles(deps, requireReadable(await readMappingFiles(deps, folder, values)));
      if (values['json'] === true) console.log(JSON.stringify(compared.map(comparedJson), null, 2));
      else for (const one of compared) console.log(differenceLines(one).join('\n'));
      return 0;
    });
  },
};
