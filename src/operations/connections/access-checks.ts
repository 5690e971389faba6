import type { Connector } from '#connectors/contract/connector.ts';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';

/**
 * What a system lets Fairway do, one by one. Null where its connector can only sign in.
 * @throws ConnectorError when the sign-in is refused
 */
export async function accessChecks(connector: Connector): Promise<readonly AccessCheck[] | null> {
  const checks = connector.role === 'crm' ? connector.checkAccess?.(crmSchema) : connector.checkAccess?.();
  return (await checks) ?? null;
}
