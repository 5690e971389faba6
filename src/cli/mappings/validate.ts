import { connectionOption, exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { checkFiles } from './check-files.ts';
import { folderOf, problemLine, readMappingFiles } from './mapping-files.ts';

export const validateMappings: Command = {
  arguments: [['<folder>', 'the folder with the mapping files, for example crm-mappings']],
  options: [connectionOption, jsonOption],
  examples: ['mappings validate crm-mappings'],
  details: 'Names file, line, place and fix of every problem.',
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const checked = await checkFiles(deps, await readMappingFiles(deps, folder, values));
      if (values['json'] === true) {
        const results = checked.map(({ file, problems, warnings }) => ({
          file: file.file,
          connection: file.connection.name,
          problems,
          warnings,
        }));
        console.log(JSON.stringify(results));
      } else {
        for (const { file, problems, warnings } of checked) {
          console.log(
            `${file.file}: ${problems.length === 0 ? 'fits' : `${problems.length} to correct`} (${file.connection.name})`,
          );
          for (const problem of problems) console.log(`  ${problemLine(problem)}`);
          for (const warning of warnings) console.log(`  note: ${problemLine(warning)}`);
        }
      }
      return checked.every(({ problems }) => problems.length === 0) ? exitCodes.ok : exitCodes.failed;
    });
  },
};
