import { retryDeadLetters } from '#src/operations/write/retry-dead-letters.ts';
import {
  connectionOption,
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  type Command,
} from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from './chosen-connections.ts';

export const replaySync: Command = {
  options: [
    connectionOption,
    ['--object <object>', 'only writes to this object of the vendor, for example Account'],
    ['--code <code>', 'only writes refused with this code of the vendor'],
    jsonOption,
  ],
  examples: ['sync replay --connection Sales --code FIELD_CUSTOM_VALIDATION_EXCEPTION'],
  run: (values) =>
    withDeps(async (deps) => {
      const which = {
        object: textOption(values['object']) ?? undefined,
        code: textOption(values['code']) ?? undefined,
      };
      const replayed = [];
      for (const { id, name } of await chosenConnections(deps, textOption(values['connection']))) {
        const count = await retryDeadLetters(deps, { connectionId: id, ...which, personId: null });
        replayed.push({ connection: name, count });
      }
      printResult(values, replayed, replayed.map(replayedLine));
      return exitCodes.ok;
    }),
};

function replayedLine({
  connection,
  count,
}: {
  readonly connection: string;
  readonly count: number;
}): string {
  if (count === 0) return `${connection}: no refused writes to send again.`;
  return `${connection}: ${count} ${count === 1 ? 'write is' : 'writes are'} queued again.`;
}
