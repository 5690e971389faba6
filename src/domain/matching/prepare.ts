import type { NormalisedCompany } from './company.ts';
import { isUnderUmbrella, labelOf } from './fields/domain.ts';
import { comparableWords, foldUmlauts, withoutFillers } from './names/comparable-words.ts';
import { initialsOf, spelledOut } from './names/initials.ts';
import { optionalForms } from './names/legal-forms.ts';
import { isDistinctive, isPartWord, placeHeads } from './names/name-words.ts';
import { termBits, type TermStats } from './names/term-stats.ts';

/** A name split into words once, because it may be compared thousands of times. */
export interface PreparedName {
  readonly core: string;
  /** The comparable words without fillers. Empty for a name without letters and digits. */
  readonly words: readonly string[];
  /** The words with their umlauts as written: "aebama" may be "arebama" with a letter lost. */
  readonly unfolded: readonly string[];
  /** The value of each word, in bits. */
  readonly bits: readonly number[];
  /** For each word, true if it only names a part of a group or is a legal form before the name. */
  readonly isPart: readonly boolean[];
  /** For each word, true if sharing it is evidence. */
  readonly isTelling: readonly boolean[];
  /**
   * The words joined, and the name joined as it is written except for umlauts: "TechData" and "Tech Data" are one
   * name.
   */
  readonly joined: string;
  readonly written: string;
  /** Its sorted numbers, or '' if it has none. */
  readonly numbers: string;
  /** The abbreviations that its initials can form. */
  readonly initials: readonly string[];
  /** The name as initials, if it is short enough to be those of another name. */
  readonly asInitials: string | null;
  /** Its first word that a place distinguishes, such as "university". */
  readonly head: string | undefined;
  /** True if a place follows its first word after "of", as in "University of Miami". */
  readonly isOfPlace: boolean;
  /** True if the name was written in another script. */
  readonly isTransliterated: boolean;
}

export interface PreparedCompany {
  readonly company: NormalisedCompany;
  /** The name, followed by the aliases. */
  readonly names: readonly PreparedName[];
  /** The label of its domain without hyphens: `acme` of acme.com. Null for a department: health.ny.gov. */
  readonly label: string | null;
  readonly terms: TermStats;
}

/** A shorter word is part of many labels by chance. */
const shortestBrandWord = 3;

/** Further words are ignored, because comparing takes time in the square of their number. */
const maxWords = 12;

const cache = new WeakMap<TermStats, WeakMap<NormalisedCompany, PreparedCompany>>();

/** The result is cached as long as the company object exists. */
export function prepareCompany(company: NormalisedCompany, terms: TermStats): PreparedCompany {
  let known = cache.get(terms);
  if (!known) cache.set(terms, (known = new WeakMap()));
  let prepared = known.get(company);
  if (!prepared) {
    const names = [company.core, ...(company.aliases ?? [])].map((core) => prepareName(core, terms, company));
    known.set(company, (prepared = { company, names, label: brandLabel(company.domain), terms }));
  }
  return prepared;
}

function brandLabel(domain: string | null): string | null {
  return domain === null || isUnderUmbrella(domain) ? null : labelOf(domain);
}

/** The names without the words of a label, for companies that share a chain's domain. */
export function namesWithout({ company, terms }: PreparedCompany, label: string): readonly PreparedName[] {
  const rest = (core: string): string =>
    core
      .split(' ')
      .filter((word) => word.length < shortestBrandWord || !label.includes(word))
      .join(' ');
  return [company.core, ...(company.aliases ?? [])]
    .map((core) => prepareName(rest(core), terms, company))
    .filter(({ words }) => words.length > 0);
}

function prepareName(
  core: string,
  terms: TermStats,
  { legalForm, transliterated }: NormalisedCompany,
): PreparedName {
  const all = comparableWords(core);
  const found = withoutFillers(all).slice(0, maxWords);
  const words = found.map(({ word }) => word);
  const parts = found.map(({ counted }) => isPartWord(counted));
  return {
    core,
    words,
    unfolded: found.map(({ unfolded }) => unfolded),
    bits: found.map(({ counted }) => termBits(counted, terms)),
    isPart: parts.map(
      (isPart, at) => isPart || (at === 0 && words.length > 1 && optionalForms.has(words[0] ?? '')),
    ),
    isTelling: found.map(({ counted }) => isDistinctive(counted)),
    joined: words.join(''),
    written: core.split(' ').map(foldUmlauts).join(''),
    numbers: numbersIn(words),
    initials: initialsOf(core, legalForm),
    asInitials: words.length <= 2 && words.length > 0 ? spelledOut(words.join('')) : null,
    head: words.find((word) => placeHeads.has(word)),
    isOfPlace: all[1]?.word === 'of',
    isTransliterated: transliterated === true,
  };
}

const lastDigit = '9'.charCodeAt(0);

function numbersIn(words: readonly string[]): string {
  if (!words.some((word) => word.charCodeAt(0) <= lastDigit)) return '';
  return words
    .filter((word) => /^\d+(?:st|nd|rd|th)?$/.test(word))
    .toSorted()
    .join(' ');
}
