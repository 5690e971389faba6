import { z } from 'zod';
import type { Connector } from '#connectors/contract/connector.ts';
import type { PartnerCandidate, PartnerRule } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import { saveCursor } from '#src/db/connections/connection-store.ts';
import type { Db } from '#src/db/client.ts';
import { markUnmapped } from '#src/db/sync/remote-store.ts';

const rulesShape = z.array(z.object({ field: z.string(), values: z.array(z.string()).min(1) }));

/** The rules that were chosen when this CRM was connected; empty for the shipped rule. */
export function partnerRulesOf(settings: RemoteFields): readonly PartnerRule[] {
  return rulesShape.safeParse(settings['partnerRules']).data ?? [];
}

/** The person at the connect command, or the choice that is made without a person. */
export type ChoosePartners = (candidates: readonly PartnerCandidate[]) => Promise<readonly PartnerRule[]>;

/** Rules that can mean nothing else. */
const usualRules: ChoosePartners = async (candidates) => candidates.filter(({ usual }) => usual);

export interface ChosenPartners {
  readonly candidates: readonly PartnerCandidate[];
  readonly rules: readonly PartnerRule[];
}

/**
 * Offers the ways in which this CRM's accounts may say that they are partners. What was chosen when the CRM was
 * connected before stays, unless something else is chosen: connecting again to replace a credential must not change
 * who is a partner.
 *
 * @param choose missing when no person can choose
 */
export async function choosePartners(
  connector: Connector,
  earlier: readonly PartnerRule[],
  choose: ChoosePartners = earlier.length > 0 ? async () => earlier : usualRules,
): Promise<ChosenPartners> {
  if (connector.role !== 'crm' || !connector.partnerCandidates) return { candidates: [], rules: [] };
  const candidates = await shownCandidates(connector.partnerCandidates());
  const chosen = await choose(candidates);
  const rules = chosen.length > 0 ? chosen : earlier;
  return { candidates, rules: rules.map(({ field, values }) => ({ field, values })) };
}

/** None when the CRM does not show them. A run without partners says so. */
async function shownCandidates(
  asked: Promise<readonly PartnerCandidate[]>,
): Promise<readonly PartnerCandidate[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ConnectorError) return [];
    throw error;
  }
}

/** Reads and places all accounts again, because a changed rule says something new about each of them. */
export async function rereadAccounts(tx: Db, connectionId: string, object: string): Promise<void> {
  await saveCursor(tx, connectionId, object, { since: null, startedAt: null, resume: null });
  await markUnmapped(tx, connectionId, object);
}
