import { grantedTokens, type ConnectCommand } from '#connectors/contract/connect-command.ts';

/**
 * The client secret also signs the webhooks of a private app. With the client id and the app id as well, the
 * app can follow the webhooks journal.
 */
export const hubspotConnectCommand: ConnectCommand = {
  usage:
    '(--token-file FILE [--client-id ID] [--client-secret-file FILE] | --client-id ID --client-secret-file FILE --refresh-token-file FILE) [--app-id ID]',
  options: [
    { name: 'token-file', value: 'FILE' },
    { name: 'client-id', value: 'ID' },
    { name: 'client-secret-file', value: 'FILE' },
    { name: 'refresh-token-file', value: 'FILE' },
    { name: 'app-id', value: 'ID' },
  ],
  read: async (given) => {
    const clientId = given.text('client-id');
    const appId = given.text('app-id');
    const settings = {
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
