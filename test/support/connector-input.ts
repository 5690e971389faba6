import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import type { Tokens } from '#connectors/contract/tokens.ts';

/**
 * The other inputs of a connector, for tests that create one directly: no limits, no stored tokens.
 */
export const alone: Pick<ConnectorInput, 'gate' | 'tokens'> = {
  gate: { admit: async () => {}, learn: async () => {}, hold: async () => {} },
  tokens: {
    current: async () => null,
    renew: async (): Promise<Tokens> => {
      throw new Error('this connector has no stored tokens');
    },
  },
};
