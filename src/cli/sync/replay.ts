import { retryDeadLetters } from '#src/operations/write/retry-dead-letters.ts';
import { textOption } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from './chosen-connections.ts';
import type { Subcommand } from './subcommand.ts';

export const replaySync: Subcommand = {
  usage: '[--connection NAME] [--object OBJECT] [--code CODE]',
  summary: 'Sends refused writes again, once what stood in their way was put right.',
  options: ['connection', 'object', 'code'],
  run: (values) =>
    withDeps(async (deps) => {
      const which = {
        object: textOption(values['object']) ?? undefined,
        code: textOption(values['code']) ?? undefined,
      };
      for (const { id, name } of await chosenConnections(deps, textOption(values['connection']))) {
        const count = await retryDeadLetters(deps, { connectionId: id, ...which, personId: null });
        console.log(
          `${name}: ${count === 0 ? 'nothing to send again' : `${count} ${count === 1 ? 'write' : 'writes'} on the way again`}.`,
        );
      }
      return 0;
    }),
};
