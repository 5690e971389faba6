import { ApiError, rowError } from '#sandbox/salesforce/rest/api-error.ts';
import type { Org } from './org.ts';
import type { Row } from './row.ts';
import type { ObjectDef } from './schema.ts';
import { settingsOf } from '#sandbox/salesforce/settings.ts';
import type { DuplicateRule } from '#sandbox/salesforce/settings.ts';
import { planQuery } from '#sandbox/salesforce/soql/plan.ts';

/**
 * The org's own rules, in Salesforce's order: validation first, then duplicates. @throws ApiError when one
 * refuses the record.
 */
export function refuseByRules(org: Org, object: ObjectDef, row: Row, allowDuplicates: boolean): void {
  const { validationRules, duplicateRules } = settingsOf(org);
  for (const rule of validationRules) {
    if (rule.object !== object.name) continue;
    if (!planQuery(org, org.schema(), conditionQuery(rule)).matches(row)) continue;
    if (rule.trigger !== undefined)
      throw rowError(
        'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        `${rule.trigger}: execution of BeforeUpdate caused by: ${rule.message}`,
      );
    throw rowError(
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      rule.message,
      rule.field === undefined ? [] : [rule.field],
    );
  }
  for (const rule of duplicateRules) {
    if (rule.object !== object.name || (rule.action === 'alert' && allowDuplicates)) continue;
    const found = duplicatesOf(org, rule, row);
    if (found.length) throw duplicatesDetected(rule, found);
  }
}

/** The query whose condition a validation rule is. */
export const conditionQuery = (rule: { readonly object: string; readonly errorCondition: string }): string =>
  `SELECT Id FROM ${rule.object} WHERE ${rule.errorCondition}`;

const folded = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

function duplicatesOf(org: Org, rule: DuplicateRule, row: Row): Row[] {
  const same = (other: Row, field: string): boolean =>
    (row[field] ?? null) !== null && folded(other[field]) === folded(row[field]);
  return org
    .rows(rule.object)
    .values()
    .filter(
      (other) =>
        other.Id !== row.Id && !other['IsDeleted'] && rule.fields.every((field) => same(other, field)),
    )
    .toArray();
}

/** Salesforce spells the member `duplicateResut`, and clients have come to rely on it. */
function duplicatesDetected(rule: DuplicateRule, found: readonly Row[]): ApiError {
  const message = 'Use one of these records?';
  const duplicateResut = {
    allowSave: rule.action === 'alert',
    duplicateRule: rule.name,
    duplicateRuleEntityType: rule.object,
    errorMessage: message,
    matchResults: [
      {
        entityType: rule.object,
        errors: [],
        matchEngine: 'ExactMatchEngine',
        matchRecords: found.map(({ Id }) => ({
          additionalInformation: [],
          fieldDiffs: [],
          matchConfidence: 100,
          record: { attributes: { type: rule.object }, Id },
        })),
        rule: rule.name,
        size: found.length,
        success: true,
      },
    ],
  };
  return new ApiError(400, 'DUPLICATES_DETECTED', message, [], { duplicateResut });
}
