import type { CompanyMatch, MatchField } from '#src/domain/matching/company.ts';
import type { Relation } from './cluster.ts';

/** What a company has one of … */
const single: ReadonlySet<MatchField> = new Set(['registry_id', 'domain', 'numbers', 'country']);
/**
 * … and what it may have several of: two places are two accounts unless something else brings them together.
 */
const places: ReadonlySet<MatchField> = new Set(['phone', 'address', 'postcode', 'city']);

/**
 * What two accounts are to each other when both are the same customer as a third. Two half-filled copies may
 * have too little in common to be called one, and other names; that does not tell them apart.
 */
export function relationOf({ verdict, evidence }: CompanyMatch): Relation {
  if (verdict === 'same') return 'same';
  const differ = (fields: ReadonlySet<MatchField>): boolean =>
    evidence.some(({ field, level }) => level === 'different' && fields.has(field));
  return differ(single) || (verdict === 'different' && differ(places)) ? 'apart' : 'open';
}
