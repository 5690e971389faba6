import type { CrmDecision, DecisionRequest } from '#connectors/contract/decisions.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { readApprovals } from './approvals.ts';
import { readDecisionRecords } from './decision-records.ts';

/** Decisions as records, and those of Salesforce's approvals. @throws ConnectorError */
export async function readSalesforceDecisions(
  client: SalesforceClient,
  request: DecisionRequest,
): Promise<readonly CrmDecision[]> {
  const records = await readDecisionRecords(client, request);
  return [...records, ...(await readApprovals(client, request))];
}
