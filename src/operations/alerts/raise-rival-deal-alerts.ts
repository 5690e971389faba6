import type { Db } from '#src/db/client.ts';
import type { NamedRivalDeal } from '#src/db/registrations/rival-deal-store.ts';
import type { Deps } from '#src/deps.ts';
import { raiseAlert } from './raise-alert.ts';

/** An alert names this many deals, so that the alert of the first run stays readable. */
const longest = 5;

/**
 * Alerts channel operations to direct deals that compete with registrations: one alert for each CRM that has such
 * deals. Each line names the channel account manager, who has to talk to the partner and to the deal's owner.
 */
export async function raiseRivalDealAlerts(
  deps: Deps,
  tx: Db,
  deals: readonly NamedRivalDeal[],
): Promise<void> {
  for (const [connectionId, some] of Map.groupBy(deals, (deal) => deal.connectionId)) {
    // A deal that is in no CRM any more has no owner to talk to.
    if (connectionId === null) continue;
    const lines = some.slice(0, longest).map(lineOf);
    const rest = some.length - lines.length;
    const message = [...lines, ...(rest > 0 ? [`And ${rest} more: see Registrations.`] : [])].join(' ');
    await raiseAlert(deps, tx, { connectionId, state: 'rival_deal', message });
  }
}

function lineOf(deal: NamedRivalDeal): string {
  const { dealName, accountName, ownerName, number, partnerName, customerName, managerName, status } = deal;
  const at = accountName === null ? '' : ` at ${accountName}`;
  const owner = ownerName === null ? 'owner not known' : `owner ${ownerName}`;
  const manager = managerName === null ? 'not known' : managerName;
  const verdict = deal.verdict === 'same' ? 'the same customer' : 'possibly the same customer';
  return `The deal "${dealName}"${at} (${owner}) is about ${verdict} as registration ${number} by ${partnerName} for ${customerName} (${status.replace('_', ' ')}). Channel account manager: ${manager}.`;
}
