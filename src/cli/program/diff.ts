import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { numberedProgram } from '#src/operations/program/current-program.ts';
import { programInFile } from './program-file.ts';

export const diffProgram: Command = {
  arguments: [
    ['<before>', 'a version, such as 3, or a file'],
    ['<now>', 'a version or a file'],
  ],
  options: [jsonOption],
  examples: ['program diff 1 programme.yaml', 'program diff 1 2'],
  details: 'Two files are compared without a database.',
  async run(values, [before, now]) {
    const changes = programChanges(await programNamed(before), await programNamed(now));
    printResult(
      values,
      changes,
      changes.length === 0 ? ['No difference.'] : changes.map(({ sentence }) => sentence),
    );
    return exitCodes.ok;
  },
};

/** A whole number names a version of the database, everything else a file. */
async function programNamed(name: string | undefined): Promise<ProgramDocument> {
  if (name === undefined || !/^\d+$/.test(name)) return programInFile(name);
  return withDeps(async (deps) => (await numberedProgram(deps, Number(name))).document);
}
