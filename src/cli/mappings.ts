import { AppError } from '#src/domain/errors.ts';
import type { Command } from './command.ts';
import { applyMappings } from './mappings/apply.ts';
import { diffMappings } from './mappings/diff.ts';
import { mappingsDrift } from './mappings/drift.ts';
import { exportMappings } from './mappings/export.ts';
import { initMappings } from './mappings/init.ts';
import { planMappings } from './mappings/plan.ts';
import { rollBackMappings } from './mappings/rollback.ts';
import { validateMappings } from './mappings/validate.ts';
import type { Subcommand } from './sync/subcommand.ts';

const subcommands: Readonly<Record<string, Subcommand>> = {
  init: initMappings,
  validate: validateMappings,
  diff: diffMappings,
  plan: planMappings,
  apply: applyMappings,
  rollback: rollBackMappings,
  drift: mappingsDrift,
  export: exportMappings,
};

export const mappingsCommand: Command = {
  usage: Object.entries(subcommands)
    .map(([name, { usage }]) => `${name} ${usage}`.trim())
    .join(' | '),
  summary: `Keeps mappings as YAML files, e.g. in git: docs/mappings-in-git.md.${Object.entries(subcommands)
    .map(([name, { summary }]) => `\n      ${name.padEnd(10)}${summary}`)
    .join('')}`,
  options: {
    json: { type: 'boolean' },
    connection: { type: 'string' },
    as: { type: 'string' },
    author: { type: 'string' },
    note: { type: 'string' },
    object: { type: 'string' },
    kind: { type: 'string' },
    to: { type: 'string' },
    reason: { type: 'string' },
  },
  positionals: true,
  async run(values, [name = '', ...rest]) {
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (!subcommand) {
      const which = name === '' ? 'Say what to do' : `There is no “mappings ${name}”. Say one of these`;
      throw new AppError('bad_request', `${which}: ${Object.keys(subcommands).join(', ')}.`);
    }
    const foreign = Object.keys(values).find((option) => !subcommand.options.includes(option));
    if (foreign !== undefined)
      throw new AppError(
        'bad_request',
        `mappings ${name} knows no --${foreign}. Usage: fairway mappings ${name} ${subcommand.usage}`,
      );
    return subcommand.run(values, rest);
  },
};
