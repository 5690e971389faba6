/**
 * The conflict of a registration in full, for employees: which deals and registrations, whose they are, and which
 * partners. The partner reads the redacted `conflictSummary` instead.
 */
import { inBrackets } from './finding-text.ts';
import type { Finding } from './registration.ts';

/** A deal of the vendor's own sales team that competes with a registration. */
export interface CompetingDeal {
  readonly opportunityId: string;
  readonly dealName: string;
  readonly accountName: string | null;
  readonly ownerName: string | null;
  readonly stage: string | null;
  /** `YYYY-MM-DD` */
  readonly openedOn: string | null;
  readonly verdict: 'same' | 'related';
  readonly evidence: string;
}

/** The number of sentences. A reader who needs more opens the registration in Fairway. */
const longest = 10;

/**
 * The findings in their order, then the owner of each competing deal, and deals that were found after the
 * decision. Null if there is no conflict.
 */
export function internalConflict(
  findings: readonly Pick<Finding, 'message' | 'rival'>[],
  deals: readonly CompetingDeal[],
): string | null {
  const named = new Set(findings.map(({ rival }) => rival?.id));
  const owners = new Map(deals.map((deal) => [deal.opportunityId, deal.ownerName]));
  const sentences = [
    ...findings.map(({ message, rival }) => {
      const owner = rival?.kind === 'opportunity' ? owners.get(rival.id) : undefined;
      return owner === undefined ? message : `${message} ${ownerText(owner)}`;
    }),
    ...deals.filter(({ opportunityId }) => !named.has(opportunityId)).map(dealText),
  ];
  const shown = sentences.slice(0, longest);
  const rest = sentences.length - shown.length;
  return [...shown, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ') || null;
}

const ownerText = (owner: string | null): string =>
  owner === null ? 'The owner of the deal is not known.' : `The owner of the deal is ${owner}.`;

function dealText(deal: CompetingDeal): string {
  const opening = deal.verdict === 'same' ? 'Same customer' : 'Possibly the same customer';
  const opened = deal.openedOn === null ? null : `opened ${deal.openedOn}`;
  const at = deal.accountName === null ? '' : ` at ${deal.accountName}`;
  const details = inBrackets(deal.stage, opened, deal.evidence);
  return `${opening} as our open opportunity "${deal.dealName}"${at} ${details}, found after the decision. ${ownerText(deal.ownerName)}`;
}
