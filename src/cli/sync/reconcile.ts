import type { Deps } from '#src/deps.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { reconciledKinds, type ReconciledKind } from '#src/operations/pull/reconcile-object.ts';
import { startReconcile } from '#src/operations/pull/start-reconcile.ts';
import {
  connectionOption,
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  UsageError,
  type Command,
} from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from './chosen-connections.ts';

export const reconcileSync: Command = {
  options: [
    connectionOption,
    ['--kind <kind>', 'only this kind of record: account, opportunity, registration …'],
    ['--agree', 'accept the removals even above the limit; needs --connection'],
    jsonOption,
  ],
  examples: ['sync reconcile', 'sync reconcile --connection Sales --kind account'],
  details:
    'A worker does the comparison in the background. Records that a CRM no longer shows are removed only up to the limit of the connection.',
  async run(values) {
    const kind = textOption(values['kind']);
    if (kind !== null && !isReconciled(kind))
      throw new UsageError(`--kind ${kind} is not one of ${reconciledKinds.join(', ')}.`);
    const name = textOption(values['connection']);
    const acceptRemovals = values['agree'] === true;
    if (acceptRemovals && name === null)
      throw new UsageError(
        '--agree needs --connection NAME: removals are accepted for one connection at a time.',
      );
    return withDeps(async (deps) => {
      const chosen = (await chosenConnections(deps, name)).filter(
        (one) => name !== null || holdsAny(deps, one),
      );
      const started = [];
      for (const { id, name: connection } of chosen) {
        const input = { connectionId: id, acceptRemovals, personId: null };
        const { alreadyRunning } = await startReconcile(deps, kind === null ? input : { ...input, kind });
        started.push({ connection, alreadyRunning });
      }
      printResult(values, started, [
        ...started.map(
          ({ connection, alreadyRunning }) =>
            `${connection}: ${alreadyRunning ? 'a comparison is already in progress' : 'comparison queued'}.`,
        ),
        'A worker does it. npm run fairway -- sync status shows the result.',
      ]);
      return exitCodes.ok;
    });
  },
};

function isReconciled(text: string): text is ReconciledKind {
  return (reconciledKinds as readonly string[]).includes(text);
}

/** An ERP holds no records that could be compared. */
function holdsAny(deps: Deps, connection: Parameters<typeof packFor>[1]): boolean {
  return reconciledKinds.some((kind) => packFor(deps, connection, kind) !== null);
}
