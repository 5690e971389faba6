import type { Command } from './command.ts';
import { withDeps } from './with-deps.ts';

export const migrateCommand: Command = {
  usage: '',
  summary: 'Brings the database up to date. Safe while the previous version still runs.',
  options: {},
  positionals: false,
  run: () =>
    withDeps(
      async () => {
        console.log('The database is up to date.');
        return 0;
      },
      { mayMigrate: true },
    ),
};
