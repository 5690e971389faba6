import type { MatchField, MatchLevel, NormalisedCompany } from './company.ts';
import { compareDomains, withShortLabels } from './compare-domains.ts';
import { labelOf } from './fields/domain.ts';
import { compareNames, type NameLevels } from './names/compare-names.ts';
import { namesWithout, type PreparedCompany } from './prepare.ts';
import { isTypo } from './names/typo.ts';

/** The result of comparing two companies: a level for each field. */
export type Comparison = Readonly<Record<MatchField, MatchLevel>> & {
  readonly names: NameLevels;
  /** True if one name is only the initials of the other. */
  readonly isInitials: boolean;
  /** True if a website is shown to belong to another company than the one it was compared with. */
  readonly websitesDiffer: boolean;
};

/**
 * Compares two companies; the order does not matter. A field that one side lacks is `missing` and no
 * evidence.
 */
export function compareCompanies(left: PreparedCompany, right: PreparedCompany): Comparison {
  const a = left.company;
  const b = right.company;
  const found = compareDomains(left, right);
  const names =
    found.manyShare === null ? compareNames(left, right) : compareApart(left, right, found.manyShare);
  const domains = withShortLabels(found, left, right, names);
  return {
    registry_id: registryLevel(a, b),
    domain: domains.level,
    phone: phoneLevel(a.phone, b.phone),
    name: names.name,
    words: names.words,
    numbers: names.numbers,
    address: addressLevel(a, b),
    postcode: postcodeLevel(a.postcode, b.postcode),
    city: a.city === undefined || b.city === undefined ? 'missing' : cityLevel(a.city, b.city),
    country:
      a.country === null || b.country === null ? 'missing' : a.country === b.country ? 'exact' : 'different',
    names,
    isInitials: names.isInitials,
    websitesDiffer: domains.websitesDiffer,
  };
}

/**
 * Companies at one chain's domain all have the chain's name, so the name says who they are only by its other
 * words.
 */
function compareApart(left: PreparedCompany, right: PreparedCompany, domain: string): NameLevels {
  const whole = compareNames(left, right);
  const [a, b] = [namesWithout(left, labelOf(domain)), namesWithout(right, labelOf(domain))];
  if (a.length === 0 || b.length === 0 || whole.name === 'exact') return whole;
  const { name, words, numbers } = compareNames({ ...left, names: a }, { ...right, names: b });
  return { ...whole, name, words, numbers };
}

/** Different ids of one kind mean two companies, unless another kind agrees. */
function registryLevel(a: NormalisedCompany, b: NormalisedCompany): MatchLevel {
  let level: MatchLevel = 'missing';
  for (const kind of ['vat', 'lei', 'duns'] as const) {
    const left = a[kind];
    const right = b[kind];
    if (left === undefined || right === undefined) continue;
    if (left === right) return 'exact';
    // One company may have tax numbers of several countries.
    if (kind !== 'vat' || left.slice(0, 2) === right.slice(0, 2)) level = 'different';
  }
  return level;
}

/** The fewest digits that a number without country or area code must share with a complete number. */
const localDigits = 7;

/** `strong`: one lacks the country or area code · `close`: two extensions of the same number. */
function phoneLevel(a: string | undefined, b: string | undefined): MatchLevel {
  if (a === undefined || b === undefined) return 'missing';
  if (a === b) return 'exact';
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length >= localDigits && short.length < long.length && long.endsWith(short.replace(/^0/, '')))
    return 'strong';
  return a.length === b.length && a.length > localDigits && a.slice(0, -2) === b.slice(0, -2)
    ? 'close'
    : 'different';
}

/**
 * `strong`: a street with a typing error or shortened on one side, or the same house number and postcode (a
 * corner house has two streets) · `close`: a neighbouring house · `weak`: only the same house number.
 */
function addressLevel(a: NormalisedCompany, b: NormalisedCompany): MatchLevel {
  if (a.street === undefined || b.street === undefined) return 'missing';
  const street = streetLevel(a.street, b.street);
  if (a.house === undefined || b.house === undefined) return street === 'exact' ? 'close' : 'missing';
  if (a.house === b.house) {
    if (street !== 'different') return street;
    return a.postcode !== undefined && a.postcode === b.postcode ? 'strong' : 'weak';
  }
  return street === 'exact' &&
    Math.abs(Number.parseInt(a.house, 10) - Number.parseInt(b.house, 10)) <= nextDoor
    ? 'close'
    : 'different';
}

/** The largest difference between house numbers of one block. */
const nextDoor = 20;

function streetLevel(a: string, b: string): MatchLevel {
  if (a === b) return 'exact';
  const left = a.split(' ');
  const right = b.split(' ');
  if (left[0] === right[0]) return left.length === right.length ? 'strong' : 'exact';
  const alike = left.some((word) => right.some((other) => word === other || isTypo(word, other)));
  return alike || a.startsWith(b) || b.startsWith(a) ? 'strong' : 'different';
}

/** `close`: the same district (first three characters). */
function postcodeLevel(a: string | undefined, b: string | undefined): MatchLevel {
  if (a === undefined || b === undefined) return 'missing';
  if (a === b) return 'exact';
  return a.slice(0, 3) === b.slice(0, 3) ? 'close' : 'different';
}

/** `close`: a typing error, or "Frankfurt" and "Frankfurt am Main". */
function cityLevel(a: string, b: string): MatchLevel {
  if (a === b) return 'exact';
  return a.startsWith(`${b} `) || b.startsWith(`${a} `) || isTypo(a, b) ? 'close' : 'different';
}
