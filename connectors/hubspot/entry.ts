import type { CrmEntry } from '#connectors/contract/registry-entry.ts';
import { hubspotConnectCommand } from './connect-command.ts';
import { createHubspot } from './connector.ts';
import { hubspotRecordUrl } from './record-url.ts';

export const hubspot: CrmEntry = {
  kind: 'hubspot',
  role: 'crm',
  label: 'HubSpot',
  addressSetting: 'basePath',
  create: createHubspot,
  connectCommand: hubspotConnectCommand,
  recordUrl: hubspotRecordUrl,
};
