import type { MatchLevel, NormalisedCompany } from './company.ts';
import { isSharedByMany } from './fields/domain.ts';
import { foldUmlauts } from './names/comparable-words.ts';
import type { NameLevels } from './names/compare-names.ts';
import { isPartWord } from './names/name-words.ts';
import { isTypo } from './names/typo.ts';
import type { PreparedCompany } from './prepare.ts';

export interface DomainComparison {
  readonly level: MatchLevel;
  /** The domain that both have, if so many companies have it that it is no evidence. */
  readonly manyShare: string | null;
  /** See `Comparison`. */
  readonly websitesDiffer: boolean;
}

/** Shorter labels of domains are used by many companies. */
const shortestLabel = 4;

/** From so many differently named companies on, a shared domain is weaker evidence; with many, it is no evidence. */
const sharing = { some: 2, several: 5, many: 20 } as const;

/**
 * Compares websites and mail domains. `exact`: one website · `strong`: one website or mail domain · `close`:
 * one label with two endings, acme.com and acme.de, or a domain that a few differently named companies have ·
 * `weak`: the label is the name of the other company, or several differently named companies have the domain ·
 * `missing`: also a domain that says nothing because many companies have it.
 */
export function compareDomains(left: PreparedCompany, right: PreparedCompany): DomainComparison {
  const a = left.company;
  const b = right.company;
  if (a.domain === null || b.domain === null)
    return result(isNamed(left, right) || isNamed(right, left) ? 'weak' : 'missing');
  const shared = sharedDomain(a, b);
  if (shared !== null) return sharedLevel(shared, a, b);
  if (isSharedByMany(a.domain) || isSharedByMany(b.domain)) return result('missing');
  const label = left.label ?? '';
  if (label.length >= shortestLabel && label === right.label) return result('close');
  const websitesDiffer =
    isNamedApart(left, right) || isNamedApart(right, left) || haveSisterSites(left, right);
  return { ...result('different'), websitesDiffer };
}

function result(level: MatchLevel): DomainComparison {
  return { level, manyShare: null, websitesDiffer: false };
}

/** The website or mail domain that both have. */
export function sharedDomain(a: NormalisedCompany, b: NormalisedCompany): string | null {
  if (a.domain === b.domain) return a.domain;
  const found = [a.domain, a.mailDomain].find(
    (one) => one !== undefined && (one === b.domain || one === b.mailDomain),
  );
  return found ?? null;
}

function sharedLevel(domain: string, a: NormalisedCompany, b: NormalisedCompany): DomainComparison {
  const companies = isSharedByMany(domain)
    ? Number.POSITIVE_INFINITY
    : Math.max(companiesAt(a, domain), companiesAt(b, domain));
  if (companies >= sharing.many) return { ...result('missing'), manyShare: domain };
  if (companies >= sharing.several) return result('weak');
  if (companies >= sharing.some) return result('close');
  return result(a.domain === b.domain ? 'exact' : 'strong');
}

function companiesAt({ sharedDomains }: NormalisedCompany, domain: string): number {
  return sharedDomains !== undefined && Object.hasOwn(sharedDomains, domain)
    ? (sharedDomains[domain] ?? 1)
    : 1;
}

function isNamed({ label }: PreparedCompany, { names, company }: PreparedCompany): boolean {
  return (
    label !== null &&
    company.domain === null &&
    label.length > shortestLabel &&
    names.some(
      ({ joined, written }) => written === label || joined === label || joined === foldUmlauts(label),
    )
  );
}

/**
 * The comparison, with the evidence of a label that is too short to be evidence without the names.
 *
 * @param names the comparison of the names
 */
export function withShortLabels(
  domains: DomainComparison,
  left: PreparedCompany,
  right: PreparedCompany,
  names: NameLevels,
): DomainComparison {
  if (domains.level === 'missing' && domains.manyShare === null && isCalled(left, right, names))
    return result('weak');
  return domains.level === 'different' && isShortBrand(left, right, names) ? result('close') : domains;
}

/** "UPS" with ups.com, and "United Parcel Service" without a website. */
function isCalled(left: PreparedCompany, right: PreparedCompany, names: NameLevels): boolean {
  const label = left.label ?? right.label;
  const { country } = left.company;
  const isElsewhere = country !== null && right.company.country !== null && country !== right.company.country;
  if (!names.isInitials || label === null || isElsewhere) return false;
  const [short, long] = [names.left, names.right].toSorted((a, b) => a.joined.length - b.joined.length);
  return (
    short !== undefined && long !== undefined && (label === short.joined || long.initials.includes(label))
  );
}

/** The label of at most three letters is the whole name or the first word of a company: sap.com and sap.de. */
function isShortBrand({ label }: PreparedCompany, right: PreparedCompany, names: NameLevels): boolean {
  return (
    label !== null &&
    label === right.label &&
    [names.left, names.right].some(({ joined, words }) => joined === label || words[0] === label)
  );
}

/**
 * True if the website is named after a word by which its company differs from the other: deltafaucet.com of
 * Delta Faucet is not the website of Delta Air Lines. A word that could be a typing error counts only if the
 * other website is named after the other spelling, because the same error is hardly made twice: serco.com and
 * serko.com.
 */
function isNamedApart(
  { label, names: [name] }: PreparedCompany,
  { label: otherLabel, names: others }: PreparedCompany,
): boolean {
  if (label === null || name === undefined) return false;
  return name.words.some((word) => {
    if (word.length < shortestLabel || !label.includes(word) || isPartWord(word)) return false;
    if (otherLabel?.includes(word) === true || others.some(({ joined }) => joined.includes(word)))
      return false;
    const spellings = others.flatMap(({ words }) => words.filter((other) => isTypo(word, other)));
    return spellings.every((other) => otherLabel?.includes(other) === true);
  });
}

/**
 * True if both websites are named after a word that the names share and the names differ in other words:
 * maruzen-kitchen.co.jp of Maruzen and maruzen-chi.co.jp of Maruzen CHI.
 */
function haveSisterSites(left: PreparedCompany, right: PreparedCompany): boolean {
  const [[a], [b]] = [left.names, right.names];
  if (a === undefined || b === undefined || left.label === null || right.label === null) return false;
  const [labels, others] = [[left.label, right.label], new Set(b.words)];
  const differing = [
    ...a.words.filter((word) => !others.has(word)),
    ...b.words.filter((word) => !a.words.includes(word)),
  ];
  return (
    differing.some((word) => !isPartWord(word)) &&
    a.words.some(
      (word) =>
        word.length >= shortestLabel &&
        others.has(word) &&
        !isPartWord(word) &&
        labels.every((label) => label.includes(word)),
    )
  );
}
