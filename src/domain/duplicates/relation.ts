import type { CompanyMatch, MatchField } from '#src/domain/matching/company.ts';
import type { Relation } from './cluster.ts';

/** Fields with one value per company. */
const uniqueFields: ReadonlySet<MatchField> = new Set(['registry_id', 'domain', 'numbers', 'country']);
/**
 * Fields with possibly several values per company. Two places are two accounts unless something else links
 * them.
 */
const placeFields: ReadonlySet<MatchField> = new Set(['phone', 'address', 'postcode', 'city']);

/**
 * The relation of two accounts that are both the same customer as a third. Two incomplete copies may have
 * little in common and different names; that alone does not make them different customers.
 */
export function relationOf({ verdict, evidence }: CompanyMatch): Relation {
  if (verdict === 'same') return 'same';
  const differ = (fields: ReadonlySet<MatchField>): boolean =>
    evidence.some(({ field, level }) => level === 'different' && fields.has(field));
  return differ(uniqueFields) || (verdict === 'different' && differ(placeFields)) ? 'apart' : 'open';
}
