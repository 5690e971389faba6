import { openOutbound } from '#src/outbound/open-outbound.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import type { Tokens } from '#connectors/contract/tokens.ts';

/**
 * The other inputs of a connector, for tests that create one directly: no limits, no stored tokens.
 */
const local = openOutbound({
  privateHosts: ['localhost', '127.0.0.1'],
  // Names are answered by nock, so any public address will do.
  resolve: async (host) => (host === 'localhost' ? ['127.0.0.1'] : ['9.9.9.9']),
});

/** Outgoing calls to the sandboxes on this machine. */
export const localOutbound: Pick<ConnectorInput, 'outbound' | 'resolve'> = {
  outbound: local.call,
  resolve: local.resolve,
};

export const alone: Pick<ConnectorInput, 'gate' | 'tokens' | 'outbound' | 'resolve'> = {
  ...localOutbound,
  gate: { admit: async () => {}, learn: async () => {}, hold: async () => {}, noteClock: async () => {} },
  tokens: {
    current: async () => null,
    renew: async (): Promise<Tokens> => {
      throw new Error('this connector has no stored tokens');
    },
  },
};
