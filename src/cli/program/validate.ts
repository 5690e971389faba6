import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { programHash, problemSentence } from '#src/domain/program/document/document.ts';
import { programFromYaml } from '#src/domain/program/document/yaml.ts';
import { fileArgument, readProgramText } from './program-file.ts';

export const validateProgram: Command = {
  arguments: [fileArgument],
  options: [jsonOption],
  examples: ['program validate programme.yaml'],
  details: 'Names each wrong setting and what to write. Needs no database.',
  async run(values, [file]) {
    const reading = programFromYaml(await readProgramText(file));
    const problems = reading.ok ? [] : reading.problems.map(problemSentence);
    const hash = reading.ok ? programHash(reading.document) : null;
    const summary = hash === null ? `${problems.length} to correct` : `valid, content ${hash.slice(0, 12)}`;
    printResult(values, { valid: reading.ok, problems, hash }, [
      `${file}: ${summary}`,
      ...problems.map((problem) => `  ${problem}`),
    ]);
    return reading.ok ? exitCodes.ok : exitCodes.failed;
  },
};
