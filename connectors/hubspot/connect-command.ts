import { grantedTokens, type ConnectCommand } from '#connectors/contract/connect-command.ts';

/**
 * The client secret also signs the webhooks of a private app. With the client id and the app id as well, the
 * app can follow the webhooks journal.
 */
export const hubspotConnectCommand: ConnectCommand = {
  details:
    'Signs in with the token of a service key or private app (--token-file), or as an OAuth app (--client-id, --client-secret-file and --refresh-token-file). The client secret also signs webhooks; with --app-id Fairway reads the webhooks journal.',
  options: [
    {
      name: 'token-file',
      value: 'file',
      help: 'a file with the access token of a service key or private app',
    },
    { name: 'client-id', value: 'id', help: 'the client id of the app' },
    { name: 'client-secret-file', value: 'file', help: 'a file with the client secret of the app' },
    { name: 'refresh-token-file', value: 'file', help: 'a file with the refresh token of an OAuth app' },
    { name: 'app-id', value: 'id', help: 'the id of the app, for the webhooks journal' },
    { name: 'api-url', value: 'url', help: 'the address of the API, where it is not https://api.hubapi.com' },
  ],
  examples: [
    '--token-file hubspot.token',
    '--token-file hubspot.token --client-id ID --client-secret-file secret.txt --app-id ID',
  ],
  read: async (given) => {
    const clientId = given.text('client-id');
    const appId = given.text('app-id');
    const basePath = given.text('api-url');
    const settings = {
      ...(basePath === null ? {} : { basePath }),
      ...(clientId === null ? {} : { clientId }),
      ...(appId === null ? {} : { appId }),
    };
    const clientSecret =
      given.text('client-secret-file') === null ? null : await given.secretFile('client-secret-file');
    if (given.text('refresh-token-file') === null) {
      const accessToken = await given.secretFile('token-file');
      return { settings, secrets: clientSecret === null ? { accessToken } : { accessToken, clientSecret } };
    }
    return {
      settings: { authType: 'oauth', ...settings, clientId: given.required('client-id') },
      secrets: { clientSecret: clientSecret ?? (await given.secretFile('client-secret-file')) },
      tokens: await grantedTokens(given),
    };
  },
};
