import type { CrmConnector } from './crm.ts';
import type { ErpConnector } from './erp.ts';

/** Every vendor's folder makes one of these; `role` says which. */
export type Connector = CrmConnector | ErpConnector;

/** Null for an ERP. */
export function asCrm(connector: Connector): CrmConnector | null {
  return connector.role === 'crm' ? connector : null;
}

/** For work that only a CRM can do. */
export function requireCrm(connector: Connector): CrmConnector {
  if (connector.role !== 'crm') throw new Error(`${connector.kind} is not a CRM`);
  return connector;
}

/** For work that only an ERP can do. */
export function requireErp(connector: Connector): ErpConnector {
  if (connector.role !== 'erp') throw new Error(`${connector.kind} is not an ERP`);
  return connector;
}
