import type { CrmEntry } from '#connectors/contract/registry-entry.ts';
import { salesforceConnectCommand } from './connect-command.ts';
import { createSalesforce } from './connector.ts';
import { salesforceRecordUrl } from './record-url.ts';
import { decisionObjectName } from './schema/naming.ts';
import { toSource } from './schema/metadata.ts';
import { salesforceApiVersion } from './settings.ts';

export const salesforce: CrmEntry = {
  kind: 'salesforce',
  role: 'crm',
  label: 'Salesforce',
  addressSetting: 'loginUrl',
  create: createSalesforce,
  connectCommand: salesforceConnectCommand,
  recordUrl: salesforceRecordUrl,
  decisionObject: decisionObjectName,
  schemaSource: {
    folder: 'salesforce-source',
    deployCommand: 'sf project deploy start',
    files: (schema) => toSource(schema, salesforceApiVersion),
  },
};
