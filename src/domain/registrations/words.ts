/** How findings are put to the people who read them on a CRM record. */
import type { CompanyMatch, MatchEvidence } from '#src/domain/matching/company.ts';
import type { FamilyRelation } from './families.ts';
import type { RegistrationRival } from './precedence.ts';
import type { Rival } from './registration.ts';

/** Begins a sentence about a rival. */
export function customerWords(rival: Rival): string {
  return rival.match.verdict === 'same' ? 'Same customer' : 'Possibly the same customer';
}

export function submittedOn(rival: RegistrationRival): string {
  return `submitted ${day(rival.submittedAt)}`;
}

/** The UTC day of an ISO instant. */
export function day(instant: string): string {
  return instant.slice(0, 10);
}

const familyPhrases: Readonly<Record<FamilyRelation, string | null>> = {
  same: null,
  unknown: null,
  ancestor: 'overlapping product family',
  sibling: 'related product family',
  disjoint: 'other product family',
};

/**
 * What a rival's product family has to do with the claim's: `related product family`. Null where there is
 * nothing to say.
 */
export function familyWords(relation: FamilyRelation): string | null {
  return familyPhrases[relation];
}

/** The same with the family's name, which is for reviewers only. */
export function namedFamilyWords(relation: FamilyRelation, family: string | null): string | null {
  const words = familyWords(relation);
  return words === null ? null : `${words} ${family ?? ''}`.trimEnd();
}

/** `(a, b)` of what there is to say. */
export function inBrackets(...details: readonly (string | null)[]): string {
  return `(${details.filter((detail) => detail !== null).join(', ')})`;
}

const wordsByLevel: Readonly<Record<string, string>> = {
  'domain exact': 'domain identical',
  'name exact': 'name identical',
  'name strong': 'name almost identical',
  'name close': 'name alike, different part of a group',
  'domain close': 'domain alike, different ending',
  'name weak': 'name contained in the other',
};

/** The strongest evidence for the match, then what speaks against it. */
export function describeMatch(match: CompanyMatch): string {
  const found = (evidence: MatchEvidence): string | undefined =>
    wordsByLevel[`${evidence.field} ${evidence.level}`];
  const strongest = match.evidence
    .filter((evidence) => found(evidence) !== undefined)
    .toSorted((a, b) => b.weight - a.weight)[0];
  const against = match.evidence
    .filter(({ field, level }) => field === 'country' && level === 'different')
    .map(() => 'other country');
  return [(strongest && found(strongest)) ?? `match ${Math.round(match.score * 100)} %`, ...against].join(
    ', ',
  );
}
