import { closeWebhookAddress, openWebhookAddress } from '#src/operations/connections/webhook-address.ts';
import { exitCodes, jsonOption, printResult, requiredOption, type Command } from './command.ts';
import { chosenConnections } from './sync/chosen-connections.ts';
import { withDeps } from './with-deps.ts';

export const webhookCommand: Command = {
  options: [
    ['--connection <name>', 'the connection'],
    ['--close', 'accept no unsigned webhooks'],
    jsonOption,
  ],
  examples: ['webhook --connection Sales', 'webhook --connection Sales --close'],
  details: 'The address is shown only once. A new address replaces the previous one.',
  async run(values) {
    const name = requiredOption(values, 'connection');
    return withDeps(async (deps) => {
      for (const { id: connectionId, name: known } of await chosenConnections(deps, name)) {
        if (values['close'] === true) {
          await closeWebhookAddress(deps, { connectionId });
          printResult(values, { connection: known, address: null }, [
            `${known} no longer accepts unsigned webhooks.`,
          ]);
        } else {
          const address = await openWebhookAddress(deps, { connectionId });
          printResult(values, { connection: known, address }, [
            address,
            'Treat this address like a password. It is not shown again.',
          ]);
        }
      }
      return exitCodes.ok;
    });
  },
};
