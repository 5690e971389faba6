import type { Command } from '#src/cli/command.ts';
import { buildDeps } from '#src/deps.ts';
import { printCases, readCases, type CaseResult } from './case-file.ts';
import { runIncentiveHistory } from './incentive-history-case.ts';
import { addScenarioFinance, playEvents } from './incentive-play.ts';
import { withScratchServer } from './with-scratch-server.ts';

export const incentiveHistories: Command = {
  arguments: [['<file>', 'JSON with a list of histories']],
  examples: ['incentive histories histories.json'],
  details:
    'Plays each history through the operations, on a PostgreSQL that it starts in a temporary folder and removes afterwards. Prints a line per case and how many passed and failed. Exit code 1 when one failed.',
  async run(_values, [file = '']) {
    const cases = await readCases(file, 'cases');
    const results = await withScratchServer(async ({ url }, config) => {
      await using deps = await buildDeps(config, url);
      const people = await addScenarioFinance(deps);
      const played: CaseResult[] = [];
      for (const [place, one] of cases.entries())
        played.push(
          await runIncentiveHistory(one, (id, program, events) =>
            playEvents(deps, people, { name: `${place + 1} ${id}`, program, events }),
          ),
        );
      return played;
    });
    return printCases(results);
  },
};
