import { AppError } from '#src/domain/errors.ts';
import type { Command } from './command.ts';
import { duplicatesCommand } from './match/duplicates.ts';
import { evalMatch } from './match/eval.ts';
import { explainMatchCommand } from './match/explain.ts';
import { fitMatch } from './match/fit.ts';
import { rescoreCommand } from './match/rescore.ts';
import type { Subcommand } from './sync/subcommand.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
  fit: fitMatch,
  eval: evalMatch,
  explain: explainMatchCommand,
  rescore: rescoreCommand,
  duplicates: duplicatesCommand,
};

export const matchCommand: Command = {
  usage: Object.entries(subcommands)
    .map(([name, { usage }]) => `${name} ${usage}`.trim())
    .join(' | '),
  summary: `Looks at how companies are matched.${Object.entries(subcommands)
    .map(([name, { summary }]) => `\n      ${name.padEnd(10)}${summary}`)
    .join('')}`,
  options: {
    pairs: { type: 'string' },
    clusters: { type: 'string' },
    id: { type: 'string' },
    source: { type: 'string' },
    map: { type: 'string' },
    reference: { type: 'string' },
    queries: { type: 'string' },
    text: { type: 'string' },
    deals: { type: 'string' },
    seed: { type: 'string' },
    errors: { type: 'string' },
    answers: { type: 'boolean' },
    companies: { type: 'string' },
    out: { type: 'string' },
    connection: { type: 'string' },
    weights: { type: 'boolean' },
    related: { type: 'boolean' },
    model: { type: 'string' },
    propose: { type: 'boolean' },
    apply: { type: 'boolean' },
    as: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: true,
  async run(values, [name = '', ...rest]) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (!subcommand) {
      const which = name === '' ? 'Say what to do' : `There is no “match ${name}”. Say one of these`;
      throw new AppError('bad_request', `${which}: ${Object.keys(subcommands).join(', ')}.`);
    }
    const foreign = Object.keys(values).find((option) => !subcommand.options.includes(option));
    if (foreign !== undefined)
      throw new AppError(
        'bad_request',
        `match ${name} knows no --${foreign}. Usage: fairway match ${name} ${subcommand.usage}`,
      );
    return subcommand.run(values, rest);
  },
};
