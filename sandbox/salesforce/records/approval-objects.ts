/**
 * What is left of approvals that people decided in the org: of approvals by flow and of approval processes.
 * Sources: Object Reference, ApprovalWorkItem, ProcessInstance, ProcessInstanceStep; SOQL and SOSL Reference,
 * Understanding Polymorphic Keys and Relationships (`TargetObject.Type`).
 */
import type { FieldDef, ObjectDef } from './schema.ts';
import { systemFields } from './standard-objects.ts';

const text = (name: string, label: string, length: number): FieldDef => ({
  name,
  label,
  type: 'string',
  length,
});
const reference = (name: string, label: string, referenceTo: string): FieldDef => ({
  name,
  label,
  type: 'reference',
  referenceTo,
  relationshipName: name.replace(/Id$/, ''),
});
const readOnly = (field: FieldDef): FieldDef => ({ ...field, readOnly: true });

const runTime = (name: string, keyPrefix: string, label: string, fields: readonly FieldDef[]): ObjectDef => ({
  name,
  label,
  labelPlural: `${label}s`,
  keyPrefix,
  custom: false,
  creatable: false,
  fields: [...systemFields(), ...fields],
});

/** The object to which a reference to records of several objects leads. It has no records that a query selects. */
export const namedRecord: ObjectDef = runTime('Name', '---', 'Name', [
  readOnly(text('Name', 'Name', 255)),
  readOnly(text('Type', 'Type', 40)),
]);

/** Since API version 66 its fields can be updated. */
const approvalWorkItem = runTime('ApprovalWorkItem', '9jR', 'Approval Work Item', [
  reference('AssignedToId', 'Assigned To ID', 'User'),
  reference('ReviewedById', 'Reviewed By ID', 'User'),
  text('RelatedRecordId', 'Related Record ID', 18),
  text('RelatedRecordObjectName', 'Related Record Object', 255),
  text('Status', 'Status', 40),
  { name: 'Comments', label: 'Comments', type: 'textarea', length: 32_000 },
  { name: 'IsAutoReviewed', label: 'Auto Reviewed', type: 'boolean' },
]);

const processInstance = runTime('ProcessInstance', '04g', 'Process Instance', [
  readOnly(reference('TargetObjectId', 'Target Object ID', 'Name')),
  readOnly(text('Status', 'Status', 40)),
]);

const processInstanceStep = runTime('ProcessInstanceStep', '04h', 'Process Instance Step', [
  readOnly(reference('ProcessInstanceId', 'Process Instance ID', 'ProcessInstance')),
  readOnly(reference('ActorId', 'Actor ID', 'User')),
  readOnly(reference('OriginalActorId', 'Original Actor ID', 'User')),
  readOnly(text('StepStatus', 'Step Status', 40)),
  readOnly(text('Comments', 'Comments', 4_000)),
]);

export const approvalObjects: readonly ObjectDef[] = [
  namedRecord,
  approvalWorkItem,
  processInstance,
  processInstanceStep,
];
