import type { ErpEntry } from '#connectors/contract/registry-entry.ts';
import { createToyErp } from './connector.ts';

export const toyErp: ErpEntry = {
  kind: 'toy-erp',
  role: 'erp',
  label: 'Toy ERP',
  addressSetting: 'company',
  create: createToyErp,
  connectCommand: {
    usage: '--company NAME --key-file FILE',
    options: [
      { name: 'company', value: 'NAME' },
      { name: 'key-file', value: 'FILE' },
    ],
    read: async (given) => ({
      settings: { company: given.required('company') },
      secrets: { apiKey: await given.secretFile('key-file') },
    }),
  },
  acceptsDrafts: false,
};
