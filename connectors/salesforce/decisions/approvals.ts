import { z } from 'zod';
import type { CrmDecision, DecisionProblem, DecisionRequest } from '#connectors/contract/decisions.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { toUtc } from '#connectors/salesforce/record.ts';
import { crmObjectName } from '#connectors/salesforce/schema/naming.ts';
import { emailsOfPeople } from './people.ts';
import { changedSince, readInPages } from './read-in-pages.ts';

const registrations = crmObjectName('registration');

const workItemShape = z.object({
  Id: z.string(),
  AssignedToId: z.string().nullish(),
  ReviewedById: z.string().nullish(),
  RelatedRecordId: z.string(),
  Status: z.string(),
  Comments: z.string().nullish(),
  IsAutoReviewed: z.boolean(),
  LastModifiedById: z.string(),
  LastModifiedDate: z.string(),
  SystemModstamp: z.string(),
});
const workItemColumns = Object.keys(workItemShape.shape).join(', ');

const stepShape = z.object({
  Id: z.string(),
  ActorId: z.string(),
  OriginalActorId: z.string(),
  StepStatus: z.string(),
  Comments: z.string().nullish(),
  CreatedDate: z.string(),
  SystemModstamp: z.string(),
  ProcessInstance: z.object({ TargetObjectId: z.string() }),
});
const stepColumns =
  'Id, ActorId, OriginalActorId, StepStatus, Comments, CreatedDate, SystemModstamp, ProcessInstance.TargetObjectId';

type Decided = Omit<CrmDecision, 'authorEmail' | 'decision' | 'reasonCode' | 'text' | 'seenVersion'> & {
  readonly status: string;
  readonly comments: string | null;
  /** The id of the user who decided. */
  readonly actor: string;
};

/**
 * Decisions about registrations by approvals of Salesforce: steps of approvals by flow, and of approval processes. An
 * approval shows no version of the registration. A rejection has no reason code, so its comments are the text to the
 * reason `other`. An org without one of the two goes on without it.
 *
 * Sources: Object Reference, ApprovalWorkItem (all its fields can be updated since API version 66, so the last change
 * must be by the reviewer), ProcessInstanceStep (it cannot be written; `ActorId` is the user who decided).
 * @throws ConnectorError
 */
export async function readApprovals(
  client: SalesforceClient,
  { since, connectedAt }: DecisionRequest,
): Promise<readonly CrmDecision[]> {
  const decided = [
    ...(await unlessMissing(() => readWorkItems(client, since, connectedAt))),
    ...(await unlessMissing(() => readSteps(client, since, connectedAt))),
  ];
  if (decided.length === 0) return [];
  const emails = await emailsOfPeople(
    client,
    decided.map(({ actor }) => actor),
  );
  return decided.map(({ actor, status, comments, ...rest }): CrmDecision => {
    const authorEmail = emails.get(actor) ?? null;
    const isRejected = status === 'Rejected';
    return {
      ...rest,
      decision: isRejected ? 'reject' : 'approve',
      reasonCode: isRejected && comments !== null ? 'other' : null,
      text: comments,
      seenVersion: null,
      authorEmail,
      problem: rest.problem ?? (authorEmail === null ? 'author_not_proven' : null),
    };
  });
}

async function readWorkItems(
  client: SalesforceClient,
  since: string | null,
  connectedAt: string,
): Promise<readonly Decided[]> {
  const rows = await readInPages(client, workItemShape, {
    select: `SELECT ${workItemColumns} FROM ApprovalWorkItem`,
    conditions: [
      `RelatedRecordObjectName = '${registrations}'`,
      "Status IN ('Approved', 'Rejected')",
      `LastModifiedDate >= ${connectedAt}`,
      ...changedSince(since),
    ],
  });
  return rows.map((row) => ({
    key: row.Id,
    registration: row.RelatedRecordId,
    madeAt: toUtc(row.LastModifiedDate),
    changedAt: toUtc(row.SystemModstamp),
    status: row.Status,
    comments: row.Comments || null,
    actor: row.ReviewedById ?? '',
    problem: problemOfWorkItem(row),
  }));
}

/** The ids of users begin with this. A group or a queue names nobody, so any of its members may decide. */
const userPrefix = '005';

function problemOfWorkItem(row: z.infer<typeof workItemShape>): DecisionProblem | null {
  if (row.IsAutoReviewed || !row.ReviewedById) return 'author_not_proven';
  if (row.LastModifiedById !== row.ReviewedById) return 'decision_changed';
  const isUser = row.AssignedToId?.startsWith(userPrefix) ?? false;
  return isUser && row.AssignedToId !== row.ReviewedById ? 'decided_for_another' : null;
}

async function readSteps(
  client: SalesforceClient,
  since: string | null,
  connectedAt: string,
): Promise<readonly Decided[]> {
  const rows = await readInPages(client, stepShape, {
    select: `SELECT ${stepColumns} FROM ProcessInstanceStep`,
    conditions: [
      `ProcessInstance.TargetObject.Type = '${registrations}'`,
      "StepStatus IN ('Approved', 'Rejected')",
      `CreatedDate >= ${connectedAt}`,
      ...changedSince(since),
    ],
  });
  return rows.map((row) => ({
    key: row.Id,
    registration: row.ProcessInstance.TargetObjectId,
    madeAt: toUtc(row.CreatedDate),
    changedAt: toUtc(row.SystemModstamp),
    status: row.StepStatus,
    comments: row.Comments || null,
    actor: row.ActorId,
    problem:
      row.OriginalActorId.startsWith(userPrefix) && row.OriginalActorId !== row.ActorId
        ? 'decided_for_another'
        : null,
  }));
}

async function unlessMissing<Row>(read: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConnectorError && absent.has(error.failure.class)) return [];
    throw error;
  }
}

const absent: ReadonlySet<string> = new Set(['mapping', 'permission', 'gone']);
