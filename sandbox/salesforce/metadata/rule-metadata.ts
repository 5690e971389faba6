import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { makeId } from '#sandbox/salesforce/records/ids.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { Schema } from '#sandbox/salesforce/records/schema.ts';
import type { FieldDef, ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import type { DuplicateRule, ValidationRule } from '#sandbox/salesforce/settings.ts';
import type { Plan } from '#sandbox/salesforce/soql/plan.ts';
import { systemFields } from '#sandbox/salesforce/records/standard-objects.ts';

const text = (name: string): FieldDef => ({ name, label: name, type: 'string', length: 255 });
const flag = (name: string): FieldDef => ({ name, label: name, type: 'boolean' });

const setupObject = (name: string, keyPrefix: string, fields: readonly FieldDef[]): ObjectDef => ({
  name,
  label: name,
  labelPlural: name,
  keyPrefix,
  custom: false,
  fields: [...systemFields(), ...fields],
});

/** The org's validation rules as the Tooling API shows them. */
export const validationRuleObjects: readonly ObjectDef[] = [
  setupObject('EntityDefinition', '4ie', [text('QualifiedApiName')]),
  setupObject('ValidationRule', '03d', [
    text('ValidationName'),
    flag('Active'),
    text('ErrorMessage'),
    text('ErrorDisplayField'),
    text('FullName'),
    { name: 'Metadata', label: 'Metadata', type: 'textarea' },
    {
      name: 'EntityDefinitionId',
      label: 'EntityDefinitionId',
      type: 'reference',
      referenceTo: 'EntityDefinition',
      relationshipName: 'EntityDefinition',
    },
  ]),
];

/**
 * Duplicate rules are queried like records. Neither what they do nor what they compare is among their fields.
 */
export const duplicateRuleSchema = new Schema(
  [
    setupObject('DuplicateRule', '0Bm', [
      text('DeveloperName'),
      text('MasterLabel'),
      flag('IsActive'),
      text('SobjectType'),
    ]),
  ],
  null,
);

interface Rules {
  readonly validationRules: readonly ValidationRule[];
  readonly duplicateRules: readonly DuplicateRule[];
}

/** Makes the rules of the settings what queries show. */
export function showRules(org: Org, { validationRules: all, duplicateRules }: Rules): void {
  const validationRules = all.filter(({ trigger }) => trigger === undefined);
  const stamps = { IsDeleted: false, CreatedDate: org.stamp(), SystemModstamp: org.stamp() };
  const replace = (
    name: string,
    rows: readonly (readonly [id: string, fields: Record<string, unknown>])[],
  ): void => {
    const collection = `salesforce:${name}`;
    for (const id of [...org.store.collection(collection).keys()]) org.store.remove(collection, id);
    for (const [id, fields] of rows) org.store.put(collection, id, { Id: id, ...stamps, ...fields });
  };
  const objects = [...new Set(validationRules.map((rule) => rule.object))];
  replace(
    'EntityDefinition',
    objects.map((name) => [name, { QualifiedApiName: name }]),
  );
  replace(
    'ValidationRule',
    validationRules.map((rule, n) => [
      makeId('03d', n + 1),
      validationRow(rule, rule.name ?? `Rule_${n + 1}`),
    ]),
  );
  replace(
    'DuplicateRule',
    duplicateRules.map(({ name, object }, n) => [
      makeId('0Bm', n + 1),
      { DeveloperName: name, MasterLabel: name.replaceAll('_', ' '), IsActive: true, SobjectType: object },
    ]),
  );
}

function validationRow(
  { object, errorCondition, formula, message, field }: ValidationRule,
  name: string,
): Record<string, unknown> {
  const shown = { errorMessage: message, errorDisplayField: field ?? null };
  return {
    ValidationName: name,
    FullName: `${object}.${name}`,
    EntityDefinitionId: object,
    Active: true,
    ErrorMessage: message,
    ErrorDisplayField: field ?? null,
    Metadata: {
      active: true,
      description: null,
      errorConditionFormula: formula ?? errorCondition,
      ...shown,
      urls: null,
    },
  };
}

/** Metadata is shown of one row at a time. @throws ApiError MALFORMED_QUERY */
export function refuseManyWithMetadata({ columns }: Plan, rows: readonly unknown[]): void {
  if (
    rows.length <= 1 ||
    !columns.some(({ field }) => field.name === 'Metadata' || field.name === 'FullName')
  )
    return;
  throw new ApiError(
    400,
    'MALFORMED_QUERY',
    `When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval. Result size: ${rows.length}`,
  );
}
