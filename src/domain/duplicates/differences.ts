import { fieldsOf, type CanonicalValue } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';

/** A field in which two accounts differ. */
export interface FieldDifference {
  readonly field: string;
  readonly survivorValue: CanonicalValue;
  readonly otherValue: CanonicalValue;
}

type Values = Readonly<Record<string, CanonicalValue>>;

/** What a CRM says of an account: the fields of ours that are read from it. */
export const accountFields: readonly string[] = Object.entries(fieldsOf('account'))
  .filter(([, { owner }]) => owner === 'remote')
  .map(([name]) => name);

/**
 * Fields the other account says something else in, or something where the kept one says nothing: what a merge
 * has to choose between.
 */
export function differencesOf(kept: Values, other: Values): readonly FieldDifference[] {
  return accountFields.flatMap((field) => {
    const [ours = null, theirs = null] = [kept[field], other[field]];
    return isSaid(theirs) && !sameValue(ours, theirs)
      ? [{ field, survivorValue: ours, otherValue: theirs }]
      : [];
  });
}

/** How many fields say something: a box that is not ticked does not. */
export function filledFields(values: Values): number {
  return accountFields.filter((field) => isSaid(values[field] ?? null)).length;
}

function isSaid(value: CanonicalValue): boolean {
  return value !== null && value !== '' && value !== false;
}
