import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemKinds, type SystemKind, type Tokens } from '#connectors/contract/crm.ts';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { connect, type ConnectInput } from '#src/operations/connections/connect.ts';
import { textOption, type Command } from './command.ts';
import { lockFolder } from './local/folder-lock.ts';
import { deleteLocalData } from './local/forget.ts';
import { isSandbox } from './local/sandbox.ts';
import { withDeps } from './with-deps.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Secrets come from files, never from arguments: a process list is readable by every user of the machine. */
export const connectCommand: Command = {
  usage: [
    'salesforce --client-id ID (--username USER --key-file FILE | --instance-url URL --refresh-token-file FILE [--client-secret-file FILE]) [--login-url URL] [--no-change-events]',
    'hubspot (--token-file FILE [--client-id ID] [--client-secret-file FILE] | --client-id ID --client-secret-file FILE --refresh-token-file FILE) [--app-id ID]',
    'files --inbox DIR --outbox DIR   [--name NAME] [--fresh]',
  ].join(' | '),
  summary:
    'Signs in to a CRM or an ERP drop folder, adds Fairway’s objects and fields where they are missing, and remembers it. A refresh token is what an administrator’s approval of your OAuth app gave; from then on only Fairway may use it. Connecting again under the same name brings a paused connection back at once.',
  options: {
    name: { type: 'string' },
    'login-url': { type: 'string' },
    fresh: { type: 'boolean' },
    'client-id': { type: 'string' },
    'app-id': { type: 'string' },
    username: { type: 'string' },
    'key-file': { type: 'string' },
    'no-change-events': { type: 'boolean' },
    'token-file': { type: 'string' },
    'instance-url': { type: 'string' },
    'client-secret-file': { type: 'string' },
    'refresh-token-file': { type: 'string' },
    inbox: { type: 'string' },
    outbox: { type: 'string' },
  },
  positionals: true,
  async run(values, [kind]) {
    if (!isSystemKind(kind))
      throw new AppError('bad_request', `Say what to connect: ${systemKinds.join(', ')}.`);
    const input = await inputs[kind](values);
    if (values['fresh'] === true) await startOver();
    return withDeps(async (deps) => {
      await refuseBesideSandbox(deps);
      const { account, installed } = await connect(deps, input);
      console.log(
        `Connected to ${account} as “${input.name}”. ${installed.length === 0 ? 'Nothing had to be added.' : `Added: ${installed.join(', ')}.`}`,
      );
      return 0;
    });
  },
};

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

const hasRefreshToken = (values: Values): boolean => textOption(values['refresh-token-file']) !== null;

/** No access token yet: the first call gets one. */
const grantedTokens = async (values: Values): Promise<Tokens> => ({
  accessToken: '',
  refreshToken: await secretFile(values, 'refresh-token-file'),
  expiresAt: new Date(0).toISOString(),
});

async function salesforceSignIn(
  values: Values,
): Promise<Pick<ConnectInput, 'settings' | 'secrets' | 'tokens'>> {
  if (!hasRefreshToken(values)) {
    return {
      settings: { username: needed(values, 'username') },
      secrets: { privateKeyPem: await secretFile(values, 'key-file') },
    };
  }
  return {
    settings: { authType: 'refresh_token', instanceUrl: needed(values, 'instance-url') },
    // An app of the public kind has none.
    secrets:
      textOption(values['client-secret-file']) === null
        ? {}
        : { clientSecret: await secretFile(values, 'client-secret-file') },
    tokens: await grantedTokens(values),
  };
}

/**
 * The client secret signs the webhooks of a private app, too; with the client and app ids the app can also
 * follow the journal.
 */
async function hubspotSignIn(values: Values): Promise<Pick<ConnectInput, 'settings' | 'secrets' | 'tokens'>> {
  const settings = { ...given(values, 'client-id', 'clientId'), ...given(values, 'app-id', 'appId') };
  const hasSecret = textOption(values['client-secret-file']) !== null;
  const app = hasSecret ? { clientSecret: await secretFile(values, 'client-secret-file') } : {};
  if (!hasRefreshToken(values))
    return { settings, secrets: { accessToken: await secretFile(values, 'token-file'), ...app } };
  return {
    settings: { authType: 'oauth', ...settings, clientId: needed(values, 'client-id') },
    secrets: { clientSecret: await secretFile(values, 'client-secret-file') },
    tokens: await grantedTokens(values),
  };
}

function given(values: Values, option: string, setting: string): Readonly<Record<string, string>> {
  const value = textOption(values[option]);
  return value === null ? {} : { [setting]: value };
}

const inputs: Readonly<Record<SystemKind, (values: Values) => Promise<ConnectInput>>> = {
  salesforce: async (values) => {
    const { settings, ...signIn } = await salesforceSignIn(values);
    const common = {
      loginUrl: textOption(values['login-url']) ?? 'https://login.salesforce.com',
      clientId: needed(values, 'client-id'),
    };
    const events = values['no-change-events'] === true ? { changeEvents: 'off' } : {};
    return {
      kind: 'salesforce',
      name: textOption(values['name']) ?? 'Salesforce',
      settings: { ...common, ...events, ...settings },
      ...signIn,
    };
  },
  hubspot: async (values) => ({
    kind: 'hubspot',
    name: textOption(values['name']) ?? 'HubSpot',
    ...(await hubspotSignIn(values)),
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
