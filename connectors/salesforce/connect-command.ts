import {
  grantedTokens,
  type ConnectCommand,
  type GivenConnection,
  type GivenOptions,
} from '#connectors/contract/connect-command.ts';

export const salesforceConnectCommand: ConnectCommand = {
  usage:
    '--client-id ID (--username USER --key-file FILE | --instance-url URL --refresh-token-file FILE [--client-secret-file FILE]) [--login-url URL] [--no-change-events]',
  options: [
    { name: 'client-id', value: 'ID' },
    { name: 'username', value: 'USER' },
    { name: 'key-file', value: 'FILE' },
    { name: 'instance-url', value: 'URL' },
    { name: 'refresh-token-file', value: 'FILE' },
    { name: 'client-secret-file', value: 'FILE' },
    { name: 'login-url', value: 'URL' },
    { name: 'no-change-events', value: null },
  ],
  read: async (given) => {
    const { settings, ...signIn } = await readSignIn(given);
    return {
      ...signIn,
      settings: {
        loginUrl: given.text('login-url') ?? 'https://login.salesforce.com',
        clientId: given.required('client-id'),
        ...(given.isSet('no-change-events') ? { changeEvents: 'off' } : {}),
        ...settings,
      },
    };
  },
};

async function readSignIn(given: GivenOptions): Promise<GivenConnection> {
  if (given.text('refresh-token-file') === null) {
    return {
      settings: { username: given.required('username') },
      secrets: { privateKeyPem: await given.secretFile('key-file') },
    };
  }
  return {
    settings: { authType: 'refresh_token', instanceUrl: given.required('instance-url') },
    // A public app has no client secret.
    secrets:
      given.text('client-secret-file') === null
        ? {}
        : { clientSecret: await given.secretFile('client-secret-file') },
    tokens: await grantedTokens(given),
  };
}
