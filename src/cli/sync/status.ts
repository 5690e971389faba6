import { connectionOption, jsonOption, textOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from './chosen-connections.ts';
import { stateOf } from './connection-state.ts';
import { statusText } from './status-words.ts';

export const syncStatus: Command = {
  options: [connectionOption, jsonOption],
  examples: ['sync status', 'sync status --connection Sales --json'],
  details:
    'Shows for each connection its state, how fresh its data is, the work that waits, refused writes and the calls used. A connection needs attention when a sign-in or a write was refused, or when a conflict waits for a person.',
  run: (values) =>
    withDeps(async (deps) => {
      const connections = await chosenConnections(deps, textOption(values['connection']));
      const states = await Promise.all(connections.map(({ id }) => stateOf(deps, id)));
      console.log(values['json'] === true ? JSON.stringify(states) : statusText(states));
      return states.some((one) => one.needsSomebody) ? 1 : 0;
    }),
};
