import { resolve } from 'node:path';
import type { ConnectCommand } from '#connectors/contract/connect-command.ts';

export const filesConnectCommand: ConnectCommand = {
  details: 'Reads invoices as CSV files from the inbox and writes payout files to the outbox.',
  options: [
    { name: 'inbox', value: 'folder', help: 'the folder to which the ERP writes invoice files' },
    { name: 'outbox', value: 'folder', help: 'the folder from which finance collects payout files' },
  ],
  examples: ['--inbox /srv/erp/invoices --outbox /srv/erp/payouts'],
  read: async (given) => ({
    settings: { inbox: resolve(given.required('inbox')), outbox: resolve(given.required('outbox')) },
    secrets: {},
  }),
};
