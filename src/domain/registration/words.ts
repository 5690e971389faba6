/** How findings are put to the people who read them on a CRM record. */
import type { CompanyMatch, MatchEvidence } from '../matching/company.ts';
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
  const found = (evidence: MatchEvidence): string | undefined => wordsByLevel[`${evidence.field} ${evidence.level}`];
  const strongest = match.evidence.filter((evidence) => found(evidence) !== undefined).toSorted((a, b) => b.weight - a.weight)[0];
  const against = match.evidence.filter(({ field, level }) => field === 'country' && level === 'different').map(() => 'other country');
  return [(strongest && found(strongest)) ?? `match ${Math.round(match.score * 100)} %`, ...against].join(', ');
}
