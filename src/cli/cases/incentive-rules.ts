import type { Command } from '#src/cli/command.ts';
import { printCases, readCases } from './case-file.ts';
import { runIncentiveRule } from './incentive-rule-case.ts';

export const incentiveRules: Command = {
  arguments: [['<file>', 'JSON with a list of single calculations']],
  examples: ['incentive cases cases.json'],
  details: 'Prints a line per case and how many passed and failed. Exit code 1 when one failed.',
  async run(_values, [file = '']) {
    const cases = await readCases(file, 'cases');
    return printCases(cases.map(runIncentiveRule));
  },
};
