import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Org } from './records/org.ts';
import type { ObjectDef } from './records/schema.ts';
import { systemRow } from './records/system-row.ts';
import { rowError } from './rest/api-error.ts';
import { readInput } from './rest/read-input.ts';

const approvalSchema = z.strictObject({
  /** `flow`: an approval by flow. `process`: an approval process, which came before. */
  kind: z.enum(['flow', 'process']),
  recordId: z.string(),
  decision: z.enum(['Approved', 'Rejected']),
  comments: z.string().nullable().default(null),
  /** The user, or for flows a group or a queue, that the step was assigned to. */
  assignedToId: z.string(),
  reviewedById: z.string(),
  /** A flow's step that Salesforce decided as an earlier answer to the same question. */
  autoReviewed: z.boolean().default(false),
});
type Approval = z.infer<typeof approvalSchema>;

/** A person decides a step of an approval. The flow or the process itself is not here. */
export function orgApprovalRoutes(app: FastifyInstance, org: Org): void {
  app.post('/sandbox/approvals', (request, reply) => {
    const input = readInput(approvalSchema, request.body);
    const target = org.objectOfId(input.recordId);
    if (!target || !org.row(target.name, input.recordId))
      throw rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    return reply.send({ id: org.store.batch(() => decide(org, target, input)) });
  });
}

function decide(org: Org, target: ObjectDef, approval: Approval): string {
  const { recordId, decision, comments, assignedToId, reviewedById } = approval;
  const by = { CreatedById: reviewedById, LastModifiedById: reviewedById };
  if (approval.kind === 'flow')
    return saved(org, 'ApprovalWorkItem', {
      ...by,
      AssignedToId: assignedToId,
      ReviewedById: reviewedById,
      RelatedRecordId: recordId,
      RelatedRecordObjectName: target.name,
      Status: decision,
      Comments: comments,
      IsAutoReviewed: approval.autoReviewed,
    });
  saved(org, 'Name', { Id: recordId, Type: target.name, Name: recordId });
  const instance = saved(org, 'ProcessInstance', { ...by, TargetObjectId: recordId, Status: decision });
  return saved(org, 'ProcessInstanceStep', {
    ...by,
    ProcessInstanceId: instance,
    ActorId: reviewedById,
    OriginalActorId: assignedToId,
    StepStatus: decision,
    Comments: comments,
  });
}

function saved(org: Org, name: string, values: Readonly<Record<string, unknown>>): string {
  const object = org.schema().object(name);
  if (!object) throw rowError('INVALID_TYPE', `sObject type '${name}' is not supported.`);
  const row = systemRow(org, object, values);
  org.save(object, row);
  return row.Id;
}
