import { AppError } from '#src/domain/errors.ts';
import type { Command } from './command.ts';
import { explainSync } from './sync/explain.ts';
import { reconcileSync } from './sync/reconcile.ts';
import { replaySync } from './sync/replay.ts';
import { runSync } from './sync/run.ts';
import { syncStatus } from './sync/status.ts';
import type { Subcommand } from './sync/subcommand.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
  status: syncStatus,
  run: runSync,
  reconcile: reconcileSync,
  replay: replaySync,
  explain: explainSync,
};

export const syncCommand: Command = {
  usage: Object.entries(subcommands)
    .map(([name, { usage }]) => `${name} ${usage}`.trim())
    .join(' | '),
  summary: `Looks at the synchronisation and steers it.${Object.entries(subcommands)
    .map(([name, { summary }]) => `\n      ${name.padEnd(10)}${summary}`)
    .join('')}`,
  options: {
    json: { type: 'boolean' },
    connection: { type: 'string' },
    kind: { type: 'string' },
    agree: { type: 'boolean' },
    object: { type: 'string' },
    code: { type: 'string' },
  },
  positionals: true,
  async run(values, [name = '', ...rest]) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (!subcommand) {
      const which = name === '' ? 'Say what to do' : `There is no “sync ${name}”. Say one of these`;
      throw new AppError('bad_request', `${which}: ${Object.keys(subcommands).join(', ')}.`);
    }
    const foreign = Object.keys(values).find((option) => !subcommand.options.includes(option));
    if (foreign !== undefined)
      throw new AppError(
        'bad_request',
        `sync ${name} knows no --${foreign}. Usage: fairway sync ${name} ${subcommand.usage}`,
      );
    return subcommand.run(values, rest);
  },
};
