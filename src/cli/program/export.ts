import { exitCodes, UsageError, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { programJsonSchema } from '#src/domain/program/document/document.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import { currentProgram, numberedProgram } from '#src/operations/program/current-program.ts';

export const exportProgram: Command = {
  arguments: [['[version]', 'a version; without it, the one in force']],
  options: [['--schema', 'print the JSON Schema instead, for editors']],
  examples: [
    'program export > programme.yaml',
    'program export 3',
    'program export --schema > program.schema.json',
  ],
  details: 'The file is complete: it contains the settings that have defaults, too.',
  async run(values, [version]) {
    if (values['schema'] === true) {
      console.log(JSON.stringify(programJsonSchema(), null, 2));
      return exitCodes.ok;
    }
    if (version !== undefined && !/^\d+$/.test(version))
      throw new UsageError(`"${version}" is not the number of a version.`);
    return withDeps(async (deps) => {
      const found =
        version === undefined ? await currentProgram(deps) : await numberedProgram(deps, Number(version));
      process.stdout.write(programToYaml(found.document));
      return exitCodes.ok;
    });
  },
};
