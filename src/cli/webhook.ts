import { AppError } from '#src/domain/errors.ts';
import { closeWebhookAddress, openWebhookAddress } from '#src/operations/connections/webhook-address.ts';
import { textOption, type Command } from './command.ts';
import { chosenConnections } from './sync/chosen-connections.ts';
import { withDeps } from './with-deps.ts';

export const webhookCommand: Command = {
  usage: '--connection NAME [--close]',
  summary:
    'Makes the secret address for the webhooks of a CRM that does not sign them, and shows it, this once; the one before stops working. --close takes none any more.',
  options: { connection: { type: 'string' }, close: { type: 'boolean' } },
  positionals: false,
  async run(values) {
    const name = textOption(values['connection']);
    if (name === null) throw new AppError('bad_request', 'Say which: --connection NAME.');
    return withDeps(async (deps) => {
      for (const { id: connectionId, name: known } of await chosenConnections(deps, name)) {
        if (values['close'] === true) {
          await closeWebhookAddress(deps, { connectionId });
          console.log(`${known} takes no unsigned webhooks any more.`);
        } else {
          console.log(
            `${await openWebhookAddress(deps, { connectionId })}\nKeep it like a password: it is not shown again.`,
          );
        }
      }
      return 0;
    });
  },
};
