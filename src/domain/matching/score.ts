/**
 * Scores whether two companies are the same customer. Each compared field adds its weight in bits; one bit
 * doubles the odds. The sum gives the probability. For the verdict `same` there must also be no objection
 * (`verdictOf`), which is a rule that can be explained to people.
 */
import { addressLine } from './fields/address.ts';
import { sharedDomain } from './compare-domains.ts';
import { compareCompanies, type Comparison } from './compare.ts';
import {
  matchFields,
  type CompanyMatch,
  type MatchEvidence,
  type MatchField,
  type MatchLevel,
  type MatchVerdict,
  type NormalisedCompany,
} from './company.ts';
import { defaultModel } from './default-model.ts';
import { gradeOf } from './explain.ts';
import { bitsOf, calibrated, weightOf, type MatchModel } from './model.ts';
import { normaliserVersion } from './normalise.ts';
import { prepareCompany } from './prepare.ts';

export const modelVersion = defaultModel.version;

/** The range of scores of each verdict, so that score and verdict always agree. */
const scoreRanges: Readonly<Record<MatchVerdict, readonly [low: number, high: number]>> = {
  same: [0.9, 1],
  related: [0.5, 0.89],
  different: [0, 0.49],
};

/**
 * Matches two companies; the order does not matter. The result depends only on the companies and the model.
 */
export function matchCompanies(
  left: NormalisedCompany,
  right: NormalisedCompany,
  model: MatchModel = defaultModel,
): CompanyMatch {
  const comparison = compareCompanies(prepareCompany(left, model.terms), prepareCompany(right, model.terms));
  const { bits, domainBits } = scoreOf(comparison, model);
  const probability = calibrated(model.calibration, bits);
  const verdict = verdictOf(comparison, bits, model);
  const [low, high] = scoreRanges[verdict];
  return {
    verdict,
    score: Math.min(high, Math.max(low, probability)),
    bits,
    probability,
    grade: gradeOf((field) => comparison[field]),
    ...(comparison.isInitials ? { isInitials: true } : {}),
    evidence: evidenceOf(left, right, comparison, domainBits, model),
    modelVersion: model.version,
    normaliserVersion,
  };
}

/**
 * The sum of all evidence, and the part of the domain. Another website does not remove an alert that the other
 * fields raise, because one company has several websites, unless the website is shown to belong to another
 * company.
 */
function scoreOf(
  found: Comparison,
  model: MatchModel,
): { readonly bits: number; readonly domainBits: number } {
  const bits = bitsOf(found, model);
  const domainBits = weightOf(model, 'domain', found);
  if (found.domain !== 'different' || found.websitesDiffer) return { bits, domainBits };
  const { related } = model.thresholds;
  const others = bitsOf({ ...found, domain: 'missing' }, model);
  return bits >= related || others < related
    ? { bits, domainBits }
    : { bits: related, domainBits: related - others };
}

/**
 * Bits alone are not enough for `same` if something objects: different numbers in the names, different
 * registry ids, or, unless domain or registry id agree, different countries, different websites, a name of a
 * part of the group or only the initials in common. An equal domain is also not enough if neither the names nor
 * any other identifying field agree.
 */
export function verdictOf(found: Comparison, bits: number, { thresholds }: MatchModel): MatchVerdict {
  if (bits >= thresholds.same && !isOnlyByDomain(found) && !hasObjection(found)) return 'same';
  return bits >= thresholds.related ? 'related' : 'different';
}

/** True if the names have nothing in common, and no phone number, address or registry id connects the two. */
function isOnlyByDomain({ registry_id, name, phone, address }: Comparison): boolean {
  const connected = [registry_id, phone, address].some((level) => level === 'exact' || level === 'strong');
  return name === 'different' && !connected;
}

function hasObjection({ registry_id, domain, name, numbers, country, isInitials }: Comparison): boolean {
  if (numbers === 'different' || registry_id === 'different') return true;
  if (registry_id === 'exact' || domain === 'exact' || domain === 'strong') return false;
  return name === 'close' || isInitials || country === 'different' || domain === 'different';
}

const alwaysShown: ReadonlySet<MatchField> = new Set(['name', 'domain', 'country']);

function evidenceOf(
  left: NormalisedCompany,
  right: NormalisedCompany,
  found: Comparison,
  domainBits: number,
  model: MatchModel,
): readonly MatchEvidence[] {
  const evidence: MatchEvidence[] = [];
  for (const field of matchFields) {
    const level = found[field];
    if (level === 'missing' && !alwaysShown.has(field)) continue;
    const bits = field === 'domain' ? domainBits : weightOf(model, field, found);
    const [a, b] = valuesOf(field, left, right, found);
    evidence.push({ field, left: a, right: b, level, bits, weight: Math.round(bits * 10) / 10 });
  }
  return evidence;
}

type Values = readonly [left: string | null, right: string | null];

function valuesOf(
  field: MatchField,
  left: NormalisedCompany,
  right: NormalisedCompany,
  { names, registry_id, domain }: Comparison,
): Values {
  switch (field) {
    case 'name':
      return [names.left.core, names.right.core];
    case 'words':
      return [names.left.words.join(' '), names.right.words.join(' ')];
    case 'numbers':
      return [names.left.numbers, names.right.numbers];
    case 'registry_id':
      return registryValues(left, right, registry_id === 'exact');
    case 'address':
      return [addressLine(left), addressLine(right)];
    case 'domain':
      return domainValues(left, right, domain);
    case 'country':
      return [left.country, right.country];
    case 'phone':
    case 'postcode':
    case 'city':
      return [left[field] ?? null, right[field] ?? null];
  }
}

/** The compared values: the domain that agrees, or the name that equals the other's domain. */
function domainValues(left: NormalisedCompany, right: NormalisedCompany, level: MatchLevel): Values {
  if (level === 'different') return [left.domain, right.domain];
  const shared = sharedDomain(left, right);
  if (shared !== null) return [shared, shared];
  return level === 'weak'
    ? [left.domain ?? left.core, right.domain ?? right.core]
    : [left.domain, right.domain];
}

/** The ids of the first kind that fits the level. */
function registryValues(left: NormalisedCompany, right: NormalisedCompany, agree: boolean): Values {
  const kinds = (['vat', 'lei', 'duns'] as const).filter(
    (kind) => left[kind] !== undefined && right[kind] !== undefined,
  );
  const kind = kinds.find((one) => (left[one] === right[one]) === agree) ?? 'vat';
  return [left[kind] ?? null, right[kind] ?? null];
}
