import { fieldsOf, type CanonicalValue } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';

/** A field in which two accounts differ. */
export interface FieldDifference {
  readonly field: string;
  readonly survivorValue: CanonicalValue;
  readonly otherValue: CanonicalValue;
}

type Values = Readonly<Record<string, CanonicalValue>>;

/**
 * The canonical account fields that are read from the CRM, without the owner: every account has one, and who looks
 * after it says nothing about the company.
 */
export const accountFields: readonly string[] = Object.entries(fieldsOf('account'))
  .filter(([name, { owner }]) => owner === 'remote' && name !== 'owner')
  .map(([name]) => name);

/**
 * The fields in which the other account has a value that the survivor does not have. A merge must choose one.
 */
export function differencesOf(survivor: Values, other: Values): readonly FieldDifference[] {
  return accountFields.flatMap((field) => {
    const survivorValue = survivor[field] ?? null;
    const otherValue = other[field] ?? null;
    if (!isFilled(otherValue) || sameValue(survivorValue, otherValue)) return [];
    return [{ field, survivorValue, otherValue }];
  });
}

/** The number of fields with a value. A checkbox counts only if it is ticked. */
export function filledFields(values: Values): number {
  return accountFields.filter((field) => isFilled(values[field] ?? null)).length;
}

function isFilled(value: CanonicalValue): boolean {
  return value !== null && value !== '' && value !== false;
}
