import { resolve } from 'node:path';
import type { ConnectCommand } from '#connectors/contract/connect-command.ts';
import { AppError } from '#src/domain/errors.ts';
import { isEncoding } from '#connectors/contract/text/file-text.ts';

export const filesConnectCommand: ConnectCommand = {
  details: 'Reads invoices as CSV files from the inbox and writes payout files to the outbox.',
  options: [
    { name: 'inbox', value: 'folder', help: 'the folder to which the ERP writes invoice files' },
    { name: 'outbox', value: 'folder', help: 'the folder from which finance collects payout files' },
    {
      name: 'encoding',
      value: 'name',
      help: 'the encoding of files that are neither UTF-8 nor UTF-16, such as windows-1252',
    },
    {
      name: 'company-column',
      value: 'column',
      help: 'the column with the company that issued a document, where several companies use the same numbers',
    },
    { name: 'numbers-restart', value: null, help: 'document numbers begin again each year' },
  ],
  examples: [
    '--inbox /srv/erp/invoices --outbox /srv/erp/payouts',
    '--inbox /srv/erp/invoices --outbox /srv/erp/payouts --encoding windows-1252',
  ],
  read: async (given) => {
    const encoding = given.text('encoding');
    if (encoding !== null && !isEncoding(encoding))
      throw new AppError('bad_request', `${encoding} is no encoding. Use a name such as windows-1252.`);
    const companyColumn = given.text('company-column');
    return {
      settings: {
        inbox: resolve(given.required('inbox')),
        outbox: resolve(given.required('outbox')),
        ...(encoding !== null && { encoding }),
        ...(companyColumn !== null && { companyColumn }),
        ...(given.isSet('numbers-restart') && { numbersRestart: 'yearly' }),
      },
      secrets: {},
    };
  },
};
