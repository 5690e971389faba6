import { exitCodes, jsonOption, printResult, type Command } from './command.ts';
import { withDeps } from './with-deps.ts';

export const migrateCommand: Command = {
  options: [jsonOption],
  examples: ['migrate'],
  run: (values) =>
    withDeps(
      async () => {
        printResult(values, { upToDate: true }, ['The database is up to date.']);
        return exitCodes.ok;
      },
      { mayMigrate: true },
    ),
};
