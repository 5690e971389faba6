import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { reconciledKinds, type ReconciledKind } from '#src/operations/pull/reconcile-object.ts';
import { startReconcile } from '#src/operations/pull/start-reconcile.ts';
import { textOption } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from './chosen-connections.ts';
import type { Subcommand } from './subcommand.ts';

export const reconcileSync: Subcommand = {
  usage: '[--connection NAME] [--kind account|opportunity|registration] [--agree]',
  summary:
    'Compares everything the CRMs hold with what Fairway holds. --agree: records may vanish even if they are more than the limit.',
  options: ['connection', 'kind', 'agree'],
  async run(values) {
    const kind = textOption(values['kind']);
    if (kind !== null && !isReconciled(kind))
      throw new AppError('bad_request', `--kind ${kind} is not one of ${reconciledKinds.join(', ')}.`);
    const name = textOption(values['connection']);
    const vanishAgreed = values['agree'] === true;
    if (vanishAgreed && name === null)
      throw new AppError(
        'bad_request',
        'Say with --connection NAME which CRM’s records may vanish: --agree is not for all of them at once.',
      );
    return withDeps(async (deps) => {
      const wanted = (await chosenConnections(deps, name)).filter(
        (one) => name !== null || holdsAny(deps, one),
      );
      for (const { id, name: connection } of wanted) {
        const input = { connectionId: id, vanishAgreed, personId: null };
        const { alreadyRunning } = await startReconcile(deps, kind === null ? input : { ...input, kind });
        console.log(
          `${connection}: ${alreadyRunning ? 'is being compared already' : 'the comparison is put out'}.`,
        );
      }
      console.log('A worker does it; npm run fairway -- sync status shows what comes of it.');
      return 0;
    });
  },
};

function isReconciled(text: string): text is ReconciledKind {
  return (reconciledKinds as readonly string[]).includes(text);
}

/** An ERP's folder holds nothing that could be compared. */
function holdsAny(deps: Deps, connection: Parameters<typeof packFor>[1]): boolean {
  return reconciledKinds.some((kind) => packFor(deps, connection, kind) !== null);
}
