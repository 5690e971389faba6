import { vi } from 'vitest';
import { readEvents } from '#src/cli/cases/incentive-event-case.ts';
import { addScenarioFinance, playEvents } from '#src/cli/cases/incentive-play.ts';
import { programCase } from '#src/cli/cases/incentive-program-case.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { runCommand } from './run-command.ts';

export interface BooksCommands extends AsyncDisposable {
  readonly service: TestDeps;
  /** Runs a command on the database of the service. Returns its exit code and the lines that it printed. */
  readonly output: (
    words: readonly string[],
    options?: Readonly<Record<string, string | boolean>>,
  ) => Promise<{ readonly code: number; readonly lines: readonly string[] }>;
}

/** Commands on a database whose only books, “Main”, have these versions and events in USD since January 2026. */
export async function startBooksCommands(
  versions: readonly object[],
  events: readonly object[],
): Promise<BooksCommands> {
  const service = await startDeps();
  const printed: string[] = [];
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  const program = programCase.parse({ currency: 'USD', firstPeriod: '2026-01', versions });
  const history = { name: 'Main', program, events: readEvents(events, 'USD') };
  await playEvents(service.deps, await addScenarioFinance(service.deps), history);
  return {
    service,
    output: async (words, options = {}) => {
      printed.length = 0;
      const code = await runCommand(words, options);
      return { code, lines: [...printed] };
    },
    [Symbol.asyncDispose]: async () => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
      await service[Symbol.asyncDispose]();
    },
  };
}
