import type { Connector, ConnectorInput, SystemKind } from './contract/crm.ts';
import { createFiles } from './files/connector.ts';
import { createHubspot } from './hubspot/connector.ts';
import { createSalesforce } from './salesforce/connector.ts';

/** Every system Fairway can connect to: a new one is a folder and a line here. */
const factories: Readonly<Record<SystemKind, (input: ConnectorInput) => Connector>> = {
  salesforce: createSalesforce,
  hubspot: createHubspot,
  files: createFiles,
};

export function createConnector(kind: SystemKind, input: ConnectorInput): Connector {
  return factories[kind](input);
}
