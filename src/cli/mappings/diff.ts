import { connectionOption, exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { comparedJson, compareFiles, differenceLines } from './compare-files.ts';
import { folderOf, readMappingFiles, requireReadable } from './mapping-files.ts';

export const diffMappings: Command = {
  arguments: [['<folder>', 'the folder with the mapping files, for example crm-mappings']],
  options: [connectionOption, jsonOption],
  examples: ['mappings diff crm-mappings'],
  details: 'Makes no calls to the CRM.',
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const compared = compareFiles(deps, requireReadable(await readMappingFiles(deps, folder, values)));
      if (values['json'] === true) console.log(JSON.stringify(compared.map(comparedJson)));
      else for (const one of compared) console.log(differenceLines(one).join('\n'));
      return exitCodes.ok;
    });
  },
};
