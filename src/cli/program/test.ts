import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { runProgramTests } from '#src/domain/program/document/run-tests.ts';
import { fileArgument, programInFile } from './program-file.ts';

export const testProgram: Command = {
  arguments: [fileArgument],
  options: [jsonOption],
  examples: ['program test programme.yaml'],
  details:
    'Runs the tests in the file by the rules that decide real registrations and calculate real commissions. Needs no database.',
  async run(values, [file]) {
    const results = runProgramTests(await programInFile(file));
    const failed = results.filter(({ failures }) => failures.length > 0).length;
    printResult(values, results, [
      ...results.flatMap(({ name, failures }) => [
        `${failures.length === 0 ? 'passed' : 'FAILED'}  ${name}`,
        ...failures.map((failure) => `        ${failure}`),
      ]),
      `${results.length - failed} passed, ${failed} failed`,
    ]);
    return failed === 0 ? exitCodes.ok : exitCodes.failed;
  },
};
