import type { ErpEntry } from '#connectors/contract/registry-entry.ts';
import { filesConnectCommand } from './connect-command.ts';
import { createFiles } from './connector.ts';
import { payoutFile } from './payout-file.ts';

export const files: ErpEntry = {
  kind: 'files',
  role: 'erp',
  label: 'ERP files',
  addressSetting: 'inbox',
  create: createFiles,
  connectCommand: filesConnectCommand,
  acceptsDrafts: true,
  payoutFile,
};
