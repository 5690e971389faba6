import type { Connector } from '#connectors/contract/connector.ts';
import { textSetting } from '#connectors/contract/remote-system.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { isTimeZone } from '#src/domain/service-levels/zone.ts';

/** The regional settings of a CRM's account, as they are stored with the connection. @throws ConnectorError */
export async function readRegion(connector: Connector): Promise<RemoteFields> {
  if (connector.role !== 'crm' || !connector.region) return {};
  const { currency, timeZone } = await connector.region();
  return {
    ...(currency === null ? {} : { accountCurrency: currency }),
    ...(timeZone !== null && isTimeZone(timeZone) ? { timeZone } : {}),
  };
}

/**
 * The currency of an amount that names none: the one of the CRM's account. A connection from before it was read
 * has the programme's until it is connected or checked again.
 */
export function amountCurrency({ settings }: Pick<Connection, 'settings'>, programCurrency: string): string {
  return textSetting(settings as RemoteFields, 'accountCurrency') ?? programCurrency;
}
