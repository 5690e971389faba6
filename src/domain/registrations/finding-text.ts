/** Phrases for the messages of findings. */
import type { CompanyMatch, MatchEvidence } from '#src/domain/matching/company.ts';
import type { FamilyRelation } from './families.ts';
import type { RegistrationRival } from './precedence.ts';
import type { Rival } from './registration.ts';

/** The beginning of a sentence about a rival. */
export function verdictText(rival: Rival): string {
  return rival.match.verdict === 'same' ? 'Same customer' : 'Possibly the same customer';
}

export function submittedOn(rival: RegistrationRival): string {
  return `submitted ${dayOf(rival.submittedAt)}`;
}

/** The UTC day of an ISO instant. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

const familyPhrases: Readonly<Record<FamilyRelation, string | null>> = {
  same: null,
  unknown: null,
  ancestor: 'overlapping product family',
  sibling: 'related product family',
  disjoint: 'different product family',
};

/**
 * The relation to the rival's product family, such as `related product family`. Null if it is the same or not
 * known.
 */
export function familyText(relation: FamilyRelation): string | null {
  return familyPhrases[relation];
}

/** The same with the name of the rival's family, for reviewers only. */
export function namedFamilyText(relation: FamilyRelation, family: string | null): string | null {
  const text = familyText(relation);
  return text === null ? null : `${text} ${family ?? ''}`.trimEnd();
}

/** `(a, b)`, without the details that are null. */
export function inBrackets(...details: readonly (string | null)[]): string {
  return `(${details.filter((detail) => detail !== null).join(', ')})`;
}

const evidencePhrases: Readonly<Record<string, string>> = {
  'domain exact': 'same domain',
  'name exact': 'same name',
  'name strong': 'almost the same name',
  'name close': 'similar name, possibly another company of the same group',
  'domain close': 'same domain name with another ending',
  'name weak': 'one name contains the other',
};

/** The strongest evidence for the match, and a country that differs. */
export function describeMatch(match: CompanyMatch): string {
  const phraseOf = (evidence: MatchEvidence): string | undefined =>
    evidencePhrases[`${evidence.field} ${evidence.level}`];
  const [strongest] = match.evidence
    .filter((evidence) => phraseOf(evidence) !== undefined)
    .toSorted((a, b) => b.weight - a.weight);
  const against = match.evidence
    .filter(({ field, level }) => field === 'country' && level === 'different')
    .map(() => 'different country');
  const support = (strongest && phraseOf(strongest)) ?? `match ${Math.round(match.score * 100)} %`;
  return [support, ...against].join(', ');
}
