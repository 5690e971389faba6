import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitCodes, textOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { journalCsv } from '#src/operations/incentive/journal-csv.ts';
import { periodArgument } from './period-argument.ts';

export const exportLedger: Command = {
  arguments: [['[period]', 'month, such as 2026-10; all months by default']],
  options: [['--out <file>', 'write to this file instead of standard output']],
  examples: ['ledger export 2026-10 --out journal-2026-10.csv'],
  details:
    'Writes the journal for the general ledger as CSV, one line for each posting with its debit or credit. Texts that a spreadsheet would run as a formula get an apostrophe; numbers never do.',
  run: (values, [text]) =>
    withDeps(async (deps) => {
      const parts = journalCsv(deps.db, periodArgument(text));
      const file = textOption(values['out']);
      if (file === null) for await (const part of parts) process.stdout.write(part);
      else await pipeline(Readable.from(parts), createWriteStream(file, { mode: 0o600 }));
      return exitCodes.ok;
    }),
};
