import type { CallGate } from '#connectors/connector.ts';

/** Lets every call through: for systems whose calls cost nothing. */
export const openGate: CallGate = {
  admit: async () => {},
  learn: async () => {},
  hold: async () => {},
};
