import {
  grantedTokens,
  type ConnectCommand,
  type GivenConnection,
  type GivenOptions,
} from '#connectors/contract/connect-command.ts';

export const salesforceConnectCommand: ConnectCommand = {
  details:
    'Signs in with a private key (--username and --key-file) or with a refresh token from an administrator’s approval of your app (--instance-url and --refresh-token-file; afterwards only Fairway may use the token).',
  options: [
    { name: 'client-id', value: 'id', help: 'the consumer key of the external client app' },
    { name: 'username', value: 'user', help: 'the integration user, for the JWT bearer flow' },
    { name: 'key-file', value: 'file', help: 'the private key of the uploaded certificate' },
    { name: 'instance-url', value: 'url', help: 'the address of the org, for a refresh token' },
    { name: 'refresh-token-file', value: 'file', help: 'a file with the refresh token' },
    { name: 'client-secret-file', value: 'file', help: 'a file with the client secret, if the app has one' },
    { name: 'login-url', value: 'url', help: 'https://test.salesforce.com for a sandbox org' },
    {
      name: 'audience',
      value: 'url',
      help: 'the audience of the sign-in, where it is neither https://login.salesforce.com nor https://test.salesforce.com',
    },
    { name: 'no-change-events', value: null, help: 'do not subscribe to change events' },
  ],
  examples: ['--client-id CONSUMER_KEY --username integration@example.com --key-file fairway.key'],
  read: async (given) => {
    const { settings, ...signIn } = await readSignIn(given);
    return {
      ...signIn,
      settings: {
        loginUrl: given.text('login-url') ?? 'https://login.salesforce.com',
        clientId: given.required('client-id'),
        ...(given.text('audience') === null ? {} : { audience: given.text('audience') }),
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
