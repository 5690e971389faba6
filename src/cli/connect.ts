import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemKinds, type SystemKind } from '#connectors/connector.ts';
import { AppError } from '#src/domain/errors.ts';
import { connect, type ConnectInput } from '#src/operations/connect.ts';
import { textOption, type Command } from './command.ts';
import { withDeps } from './with-deps.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Secrets come from files, never from arguments: a process list is readable by every user of the machine. */
export const connectCommand: Command = {
  usage:
    'salesforce --client-id ID --username USER --key-file FILE [--login-url URL] | hubspot --token-file FILE | files --inbox DIR --outbox DIR   [--name NAME]',
  summary: 'Signs in to a CRM or an ERP drop folder, adds Fairway’s objects and fields where they are missing, and remembers it.',
  options: {
    name: { type: 'string' },
    'login-url': { type: 'string' },
    'client-id': { type: 'string' },
    username: { type: 'string' },
    'key-file': { type: 'string' },
    'token-file': { type: 'string' },
    inbox: { type: 'string' },
    outbox: { type: 'string' },
  },
  positionals: true,
  async run(values, [kind]) {
    if (!isSystemKind(kind)) throw new AppError('bad_request', `Say what to connect: ${systemKinds.join(', ')}.`);
    const input = await inputs[kind](values);
    return withDeps(async (deps) => {
      const { account, installed } = await connect(deps, input);
      console.log(
        `Connected to ${account} as “${input.name}”. ${installed.length === 0 ? 'Nothing had to be added.' : `Added: ${installed.join(', ')}.`}`,
      );
      return 0;
    });
  },
};

const inputs: Readonly<Record<SystemKind, (values: Values) => Promise<ConnectInput>>> = {
  salesforce: async (values) => ({
    kind: 'salesforce',
    name: textOption(values['name']) ?? 'Salesforce',
    settings: {
      loginUrl: textOption(values['login-url']) ?? 'https://login.salesforce.com',
      clientId: needed(values, 'client-id'),
      username: needed(values, 'username'),
    },
    secrets: { privateKeyPem: await secretFile(values, 'key-file') },
  }),
  hubspot: async (values) => ({
    kind: 'hubspot',
    name: textOption(values['name']) ?? 'HubSpot',
    settings: {},
    secrets: { accessToken: await secretFile(values, 'token-file') },
  }),
  files: async (values) => ({
    kind: 'files',
    name: textOption(values['name']) ?? 'ERP files',
    settings: { inbox: resolve(needed(values, 'inbox')), outbox: resolve(needed(values, 'outbox')) },
    secrets: {},
  }),
};

function isSystemKind(text: string | undefined): text is SystemKind {
  return (systemKinds as readonly (string | undefined)[]).includes(text);
}

function needed(values: Values, option: string): string {
  const value = textOption(values[option]);
  if (value === null) throw new AppError('bad_request', `--${option} is missing.`);
  return value;
}

async function secretFile(values: Values, option: string): Promise<string> {
  const path = needed(values, option);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new AppError('bad_request', `--${option}: ${path} cannot be read.`, {}, error);
  }
}
