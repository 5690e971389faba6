import { textOption } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from './chosen-connections.ts';
import { stateOf } from './connection-state.ts';
import { statusText } from './status-words.ts';
import type { Subcommand } from './subcommand.ts';

export const syncStatus: Subcommand = {
  usage: '[--connection NAME] [--json]',
  summary:
    'Each connection: its state, how fresh its data is, what waits, what was refused, the calls used. Ends with 1 if one needs somebody: a sign-in or a write was refused, or a person is asked.',
  options: ['connection', 'json'],
  run: (values) =>
    withDeps(async (deps) => {
      const connections = await chosenConnections(deps, textOption(values['connection']));
      const states = await Promise.all(connections.map(({ id }) => stateOf(deps, id)));
      console.log(values['json'] === true ? JSON.stringify(states, null, 2) : statusText(states));
      return states.some((one) => one.needsSomebody) ? 1 : 0;
    }),
};
