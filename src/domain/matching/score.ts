/**
 * Whether two companies are the same customer. Each compared field adds its weight, in bits: a weight of 1 doubles the
 * odds. The sum gives the probability that is shown; what may be called `same` is a rule people can be told.
 */
import type { CompanyMatch, MatchEvidence, MatchField, MatchLevel, MatchVerdict, NormalisedCompany } from './company.ts';
import { compareNames, type NameLevel } from './compare-names.ts';
import { gradeOf } from './explain.ts';
import { normaliserVersion } from './normalise.ts';

export const modelVersion = 'm1';

/** Of the pairs that share enough to be compared, about one in sixteen is one customer. */
const priorBits = -4;

const nameWeights: Readonly<Record<NameLevel, number>> = {
  exact: 8,
  strong: 7.4,
  close: 6,
  weak: 4.5,
  missing: 0,
  different: -4,
  other_number: -9,
};
const domainWeights = { exact: 14, close: 10, missing: 0, different: -4 } as const;
const countryWeights = { exact: 0.5, missing: 0, different: -2 } as const;

type DomainLevel = keyof typeof domainWeights;
type CountryLevel = keyof typeof countryWeights;

/** The band of scores of each verdict, so that the number never contradicts the word. */
const bands: Readonly<Record<MatchVerdict, readonly [low: number, high: number]>> = {
  same: [0.9, 1],
  related: [0.5, 0.89],
  different: [0, 0.49],
};

/** Symmetric. `same`: one customer. `related`: one group, or too alike to tell. The score lies in the verdict's band. */
export function matchCompanies(left: NormalisedCompany, right: NormalisedCompany): CompanyMatch {
  const name = compareNames(left, right);
  const domain = domainLevel(left.domain, right.domain);
  const country = countryLevel(left.country, right.country);
  const bits = priorBits + nameWeights[name] + domainWeights[domain] + countryWeights[country];
  const verdict = verdictOf(name, domain, country, bits);
  const [low, high] = bands[verdict];
  const evidence: readonly MatchEvidence[] = [
    entry('name', left.core, right.core, name === 'other_number' ? 'different' : name, nameWeights[name]),
    entry('domain', left.domain, right.domain, domain, domainWeights[domain]),
    entry('country', left.country, right.country, country, countryWeights[country]),
  ];
  const probability = 1 / (1 + 2 ** -bits);
  const levels = new Map(evidence.map(({ field, level }) => [field, level]));
  return {
    verdict,
    score: Math.min(high, Math.max(low, probability)),
    bits,
    probability,
    grade: gradeOf((field) => levels.get(field) ?? 'missing'),
    evidence,
    modelVersion,
    normaliserVersion,
  };
}

function entry(field: MatchField, left: string | null, right: string | null, level: MatchLevel, bits: number): MatchEvidence {
  return { field, left, right, level, bits, weight: Math.round(bits * 10) / 10 };
}

/** One domain is one customer, whatever it is called there; one name is, as long as neither domain nor country objects. */
function verdictOf(name: NameLevel, domain: DomainLevel, country: CountryLevel, bits: number): MatchVerdict {
  if (domain === 'exact' && name !== 'other_number') return 'same';
  const oneName = name === 'exact' || name === 'strong';
  if (oneName && domain !== 'different' && country !== 'different') return 'same';
  return bits >= 0 ? 'related' : 'different';
}

/** `close`: the same label under another ending, acme.com and acme.de. Short labels are everybody's. */
function domainLevel(left: string | null, right: string | null): DomainLevel {
  if (left === null || right === null) return 'missing';
  if (left === right) return 'exact';
  const label = labelOf(left);
  return label.length >= 4 && label === labelOf(right) ? 'close' : 'different';
}

function labelOf(domain: string): string {
  return domain.slice(0, domain.indexOf('.'));
}

function countryLevel(left: string | null, right: string | null): CountryLevel {
  if (left === null || right === null) return 'missing';
  return left === right ? 'exact' : 'different';
}
