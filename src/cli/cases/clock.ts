import type { Command } from '#src/cli/command.ts';
import { printCases, readCases } from './case-file.ts';
import { runClockCase } from './clock-case.ts';

export const clockCases: Command = {
  arguments: [['<file>', 'JSON with a list “cases”']],
  examples: ['clock cases clock-cases.json'],
  details: 'Prints a line per case and how many passed and failed. Exit code 1 when one failed.',
  async run(_values, [file = '']) {
    const cases = await readCases(file, 'cases');
    return printCases(cases.map(runClockCase));
  },
};
