import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { checkFiles } from './check-files.ts';
import { folderOf, problemLine, readMappingFiles } from './mapping-files.ts';

export const validateMappings: Subcommand = {
  usage: 'FOLDER [--connection NAME] [--json]',
  summary:
    'Holds the files against what the CRM has now. Ends with 1 when something does not fit, naming file, line, place and fix.',
  options: ['connection', 'json'],
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const checked = await checkFiles(deps, await readMappingFiles(deps, folder, values));
      if (values['json'] === true) {
        const told = checked.map(({ file, problems, warnings }) => ({
          file: file.file,
          connection: file.connection.name,
          problems,
          warnings,
        }));
        console.log(JSON.stringify(told, null, 2));
      } else {
        for (const { file, problems, warnings } of checked) {
          console.log(
            `${file.file}: ${problems.length === 0 ? 'fits' : `${problems.length} to correct`} (${file.connection.name})`,
          );
          for (const problem of problems) console.log(`  ${problemLine(problem)}`);
          for (const warning of warnings) console.log(`  note: ${problemLine(warning)}`);
        }
      }
      return checked.every(({ problems }) => problems.length === 0) ? 0 : 1;
    });
  },
};
