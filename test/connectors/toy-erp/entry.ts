import type { ErpEntry } from '#connectors/contract/registry-entry.ts';
import { createToyErp } from './connector.ts';

export const toyErp: ErpEntry = {
  kind: 'toy-erp',
  role: 'erp',
  label: 'Toy ERP',
  addressSetting: 'company',
  create: createToyErp,
  connectCommand: {
    details: 'Signs in with an API key.',
    options: [
      { name: 'company', value: 'name', help: 'the company' },
      { name: 'key-file', value: 'file', help: 'a file with the API key' },
    ],
    examples: ['--company acme --key-file key.txt'],
    read: async (given) => ({
      settings: { company: given.required('company') },
      secrets: { apiKey: await given.secretFile('key-file') },
    }),
  },
  acceptsDrafts: false,
};
