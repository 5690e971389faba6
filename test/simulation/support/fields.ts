import type { CanonicalValue } from '#src/domain/record.ts';
import type { WrittenField } from '#src/domain/sync/merge-record.ts';

/** One field that goes both ways for each policy, and one that Fairway owns. */
export const syncedFields: readonly WrittenField[] = [
  { field: 'city', direction: 'both', policy: 'crm' },
  { field: 'reason', direction: 'both', policy: 'fairway' },
  { field: 'amount', direction: 'both', policy: 'latest' },
  { field: 'product', direction: 'both', policy: 'crm_unless_blank' },
  { field: 'domain', direction: 'both', policy: 'ask' },
  { field: 'tier', direction: 'out', policy: 'fairway' },
];

export const ownedField = 'tier';
export const sharedFields = syncedFields
  .filter(({ direction }) => direction === 'both')
  .map(({ field }) => field);
export const fieldNames = syncedFields.map(({ field }) => field);

export type Values = Readonly<Record<string, CanonicalValue>>;

export function isShared(field: string): boolean {
  return field !== ownedField;
}
