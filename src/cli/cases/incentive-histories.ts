import type { Command } from '#src/cli/command.ts';
import { printCases, readCases } from './case-file.ts';
import { runIncentiveHistory } from './incentive-history-case.ts';

export const incentiveHistories: Command = {
  arguments: [['<file>', 'JSON with a list of histories']],
  examples: ['incentive histories histories.json'],
  details: 'Prints a line per case and how many passed and failed. Exit code 1 when one failed.',
  async run(_values, [file = '']) {
    const cases = await readCases(file, 'cases');
    return printCases(cases.map(runIncentiveHistory));
  },
};
