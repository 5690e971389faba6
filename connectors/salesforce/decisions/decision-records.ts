import { z } from 'zod';
import type { CrmDecision, DecisionProblem, DecisionRequest } from '#connectors/contract/decisions.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { toUtc } from '#connectors/salesforce/record.ts';
import { decisionObjectName } from '#connectors/salesforce/schema/naming.ts';
import { emailsOfPeople } from './people.ts';
import { changedSince, readInPages } from './read-in-pages.ts';

const decisionShape = z.object({
  Id: z.string(),
  CreatedById: z.string(),
  CreatedDate: z.string(),
  LastModifiedById: z.string(),
  LastModifiedDate: z.string(),
  SystemModstamp: z.string(),
  Registration__c: z.string().nullish(),
  Decision__c: z.string().nullish(),
  Reason_Code__c: z.string().nullish(),
  Text__c: z.string().nullish(),
  Seen_Version__c: z.number().nullish(),
});
type DecisionRow = z.infer<typeof decisionShape>;
const columns = Object.keys(decisionShape.shape).join(', ');

/**
 * Decisions are records that people insert. Salesforce sets `CreatedById`, which cannot be written without the
 * permission “Set Audit Fields upon Record Creation”. A record that was changed after its creation counts no more:
 * somebody may have changed what another person decided, or to which registration it belongs.
 * @throws ConnectorError
 */
export async function readDecisionRecords(
  client: SalesforceClient,
  { since }: DecisionRequest,
): Promise<readonly CrmDecision[]> {
  const rows = await readInPages(client, decisionShape, {
    select: `SELECT ${columns} FROM ${decisionObjectName}`,
    conditions: changedSince(since),
  });
  if (rows.length === 0) return [];
  const emails = await emailsOfPeople(
    client,
    rows.map(({ CreatedById }) => CreatedById),
  );
  return rows.map((row) => toDecision(row, emails.get(row.CreatedById) ?? null));
}

function toDecision(row: DecisionRow, authorEmail: string | null): CrmDecision {
  return {
    key: row.Id,
    registration: row.Registration__c ?? null,
    madeAt: toUtc(row.CreatedDate),
    changedAt: toUtc(row.SystemModstamp),
    decision: row.Decision__c ?? '',
    reasonCode: row.Reason_Code__c ?? null,
    text: row.Text__c ?? null,
    seenVersion: row.Seen_Version__c ?? null,
    authorEmail,
    problem: problemOf(row, authorEmail),
  };
}

function problemOf(row: DecisionRow, authorEmail: string | null): DecisionProblem | null {
  if (authorEmail === null) return 'author_not_proven';
  const isChanged = row.LastModifiedById !== row.CreatedById || row.LastModifiedDate !== row.CreatedDate;
  return isChanged ? 'decision_changed' : null;
}
