import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { DuplicateReport } from '#src/db/duplicates/duplicate-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { duplicatesCsv } from '#src/operations/duplicates/duplicates-csv.ts';
import { findDuplicates } from '#src/operations/duplicates/find-duplicates.ts';
import { shownGroups, type ShownGroup } from '#src/operations/duplicates/list-groups.ts';
import { openReport } from '#src/operations/duplicates/start-duplicates.ts';
import { chosenConnections } from '#src/cli/sync/chosen-connections.ts';
import { connectionOption, exitCodes, jsonOption, textOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';

export const duplicatesCommand: Command = {
  options: [
    connectionOption,
    ['--out <file>', 'write all groups to this CSV file'],
    ['--related', 'also list companies that are only related'],
    jsonOption,
  ],
  examples: ['match duplicates', 'match duplicates --connection Sales --out duplicates.csv'],
  details: 'Fairway merges nothing: you merge in the CRM.',
  run: (values) =>
    withDeps(async (deps) => {
      const connection = await chosenCrm(deps, textOption(values['connection']));
      const input = { connectionId: connection.id, related: values['related'] === true, personId: null };
      const reportId = await deps.db.transaction((tx) => openReport({ ...deps, db: tx }, input));
      const report = await findDuplicates(deps, { reportId }, reportEvery(5_000));
      if (!report) throw new AppError('conflict', 'Another scan replaced this one. Try again.', { reportId });
      const out = textOption(values['out']);
      if (out !== null) await pipeline(duplicatesCsv(deps.db, connection, report), createWriteStream(out));
      if (values['json'] === true) console.log(JSON.stringify(summaryOf(connection, report)));
      else for await (const line of lines(deps, connection, report, out)) console.log(line);
      return exitCodes.ok;
    }),
};

/**
 * The connection with this name, or the only one that has accounts. @throws AppError when there are several
 */
async function chosenCrm(deps: Deps, name: string | null): Promise<Connection> {
  const all = (await chosenConnections(deps, name)).filter((one) => packFor(deps, one, 'account') !== null);
  const [only] = all;
  if (!only)
    throw new AppError(
      'bad_request',
      `${name === null ? 'No connection has' : `${name} does not have`} accounts to compare.`,
    );
  if (all.length > 1)
    throw new AppError(
      'bad_request',
      `Name one CRM with --connection: ${all.map((one) => one.name).join(', ')}. Accounts are merged within one CRM.`,
    );
  return only;
}

/** Prints the progress at most once in `ms` milliseconds. */
function reportEvery(ms: number) {
  let last = Date.now();
  return (progress: {
    readonly label: string;
    readonly done: number;
    readonly total: number | null;
  }): Promise<void> => {
    if (Date.now() - last >= ms) {
      last = Date.now();
      console.error(`${progress.label}: ${progress.done} of ${progress.total ?? '?'}`);
    }
    return Promise.resolve();
  };
}

function summaryOf(
  { name }: Connection,
  { id, accounts, compared, groups, surplus, modelVersion, normaliserVersion }: DuplicateReport,
) {
  return {
    report: id,
    connection: name,
    accounts,
    compared,
    groups,
    surplus,
    modelVersion,
    normaliserVersion,
  };
}

const shownAtMost = 20;

async function* lines(
  { db }: Deps,
  { name }: Connection,
  report: DuplicateReport,
  out: string | null,
): AsyncGenerator<string> {
  const { accounts, groups, surplus } = report;
  yield `${name}: of ${accounts} accounts, ${surplus} repeat another, in ${groups} groups.${out === null ? '' : ` See ${out}.`}`;
  let shown = 0;
  for await (const group of shownGroups(db, report)) {
    if (shown === shownAtMost) {
      yield `\n… ${out === null ? '--out FILE.csv writes' : `${out} has`} all of them.`;
      return;
    }
    yield* groupLines(group);
    shown += 1;
  }
}

function* groupLines({ survivor, reason, others }: ShownGroup): Generator<string> {
  yield `\n${survivor.name} (${survivor.extId}) stays. ${reason}`;
  for (const { account, score, reasons } of others)
    yield `  ${account.name} (${account.extId}), ${score.toFixed(2)}: ${reasons.for.slice(0, 3).join('; ')}`;
}
