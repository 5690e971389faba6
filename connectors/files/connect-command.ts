import { resolve } from 'node:path';
import type { ConnectCommand } from '#connectors/contract/connect-command.ts';

export const filesConnectCommand: ConnectCommand = {
  usage: '--inbox DIR --outbox DIR',
  options: [
    { name: 'inbox', value: 'DIR' },
    { name: 'outbox', value: 'DIR' },
  ],
  read: async (given) => ({
    settings: { inbox: resolve(given.required('inbox')), outbox: resolve(given.required('outbox')) },
    secrets: {},
  }),
};
