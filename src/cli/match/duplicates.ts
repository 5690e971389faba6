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
import { textOption } from '#src/cli/command.ts';
import { chosenConnections } from '#src/cli/sync/chosen-connections.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { withDeps } from '#src/cli/with-deps.ts';

export const duplicatesCommand: Subcommand = {
  usage: '[--connection NAME] [--out FILE.csv] [--related] [--json]',
  summary: 'Which accounts of a CRM are one customer, and which of them should stay. Merges nothing.',
  options: ['connection', 'out', 'related', 'json'],
  run: (values) =>
    withDeps(async (deps) => {
      const connection = await chosenCrm(deps, textOption(values['connection']));
      const input = { connectionId: connection.id, related: values['related'] === true, personId: null };
      const reportId = await deps.db.transaction((tx) => openReport({ ...deps, db: tx }, input));
      const report = await findDuplicates(deps, { reportId }, tellEvery(5_000));
      if (!report)
        throw new AppError('conflict', 'Somebody has begun this anew meanwhile. Try again.', { reportId });
      const out = textOption(values['out']);
      if (out !== null) await pipeline(duplicatesCsv(deps.db, connection, report), createWriteStream(out));
      if (values['json'] === true) console.log(JSON.stringify(summaryOf(connection, report)));
      else for await (const line of lines(deps, connection, report, out)) console.log(line);
      return 0;
    }),
};

/** Of the connections that hold accounts, the one of this name or the only one. */
async function chosenCrm(deps: Deps, name: string | null): Promise<Connection> {
  const all = (await chosenConnections(deps, name)).filter((one) => packFor(deps, one, 'account') !== null);
  const [only] = all;
  if (!only)
    throw new AppError(
      'bad_request',
      `${name === null ? 'No connection has' : `${name} does not have`} accounts to look through.`,
    );
  if (all.length > 1)
    throw new AppError(
      'bad_request',
      `Say which CRM with --connection: ${all.map((one) => one.name).join(', ')}. A merge happens within one.`,
    );
  return only;
}

/** Says how far it is, and not with every part. */
function tellEvery(ms: number) {
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

function* groupLines({ survivor, why, others }: ShownGroup): Generator<string> {
  yield `\n${survivor.name} (${survivor.extId}) stays. ${why}`;
  for (const { account, score, reasons } of others)
    yield `  ${account.name} (${account.extId}), ${score.toFixed(2)}: ${reasons.for.slice(0, 3).join('; ')}`;
}
