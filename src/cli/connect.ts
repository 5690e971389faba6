import { readFile } from 'node:fs/promises';
import type { GivenOptions } from '#connectors/contract/connect-command.ts';
import { requireSystem } from '#connectors/contract/systems.ts';
import { shippedSystems } from '#connectors/registry.ts';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { textOption, type Command } from './command.ts';
import { lockFolder } from './local/folder-lock.ts';
import { deleteLocalData } from './local/forget.ts';
import { isSandbox } from './local/sandbox.ts';
import { withDeps } from './with-deps.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

const usage = shippedSystems.map(({ kind, connectCommand }) => `${kind} ${connectCommand.usage}`);
const systemOptions = shippedSystems.flatMap(({ connectCommand }) => connectCommand.options);

/** Secrets come from files, never from arguments: every user of the machine can read the process list. */
export const connectCommand: Command = {
  usage: `${usage.join(' | ')}   [--name NAME] [--fresh]`,
  summary:
    'Signs in to a CRM or an ERP, adds Fairway’s objects and fields to a CRM where they are missing, and stores the connection. A refresh token is the result of an administrator’s approval of your OAuth app; after this only Fairway may use it. Connecting again under the same name ends the pause of a paused connection.',
  options: {
    name: { type: 'string' },
    fresh: { type: 'boolean' },
    ...Object.fromEntries(
      systemOptions.map(
        ({ name, value }) => [name, { type: value === null ? 'boolean' : 'string' }] as const,
      ),
    ),
  },
  positionals: true,
  async run(values, [kind]) {
    if (kind === undefined)
      throw new AppError(
        'bad_request',
        `Name what to connect: ${shippedSystems.map((one) => one.kind).join(', ')}.`,
      );
    const { label, connectCommand: command } = requireSystem(shippedSystems, kind);
    const name = textOption(values['name']) ?? label;
    const given = await command.read(givenOptions(values));
    if (values['fresh'] === true) await startOver();
    return withDeps(async (deps) => {
      await refuseBesideSandbox(deps);
      const { account, installed } = await connect(deps, { kind, name, ...given });
      console.log(
        `Connected to ${account} as “${name}”. ${installed.length === 0 ? 'Nothing had to be added.' : `Added: ${installed.join(', ')}.`}`,
      );
      return 0;
    });
  },
};

function givenOptions(values: Values): GivenOptions {
  const text = (option: string): string | null => textOption(values[option]);
  const required = (option: string): string => {
    const value = text(option);
    if (value === null) throw new AppError('bad_request', `--${option} is missing.`);
    return value;
  };
  return {
    text,
    required,
    isSet: (option) => values[option] === true,
    secretFile: async (option) => {
      const path = required(option);
      try {
        return (await readFile(path, 'utf8')).trim();
      } catch (error) {
        throw new AppError('bad_request', `--${option}: ${path} cannot be read.`, {}, error);
      }
    },
  };
}

async function startOver(): Promise<void> {
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  const lock = lockFolder(config.dir, 'Fairway');
  try {
    await deleteLocalData(config);
  } finally {
    lock.release();
  }
}

/**
 * Real partners and made-up ones must not meet: their claims would conflict, and their payouts would be paid.
 */
async function refuseBesideSandbox({ db }: Deps): Promise<void> {
  if (!(await listConnections(db)).some(isSandbox)) return;
  throw new AppError(
    'conflict',
    'This Fairway is filled from the sandbox. Stop it, and run this again with --fresh to forget the sandbox and begin with your own data.',
  );
}
