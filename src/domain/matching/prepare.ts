import type { NormalisedCompany } from './company.ts';
import { isUnderUmbrella, labelOf } from './fields/domain.ts';
import { fillers, isPartWord } from './names/name-words.ts';
import { termBits, type TermStats } from './names/term-stats.ts';

/** A name split into words once, because it may be compared thousands of times. */
export interface PreparedName {
  readonly core: string;
  /** The words without fillers, Roman numerals as digits. Empty for a name without letters and digits. */
  readonly words: readonly string[];
  /** The value of each word, in bits. */
  readonly bits: readonly number[];
  /** For each word, true if it only names a part of a group. */
  readonly isPart: readonly boolean[];
  readonly joined: string;
  /** Its sorted numbers, or '' if it has none. */
  readonly numbers: string;
  readonly initials: string;
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
    const names = [company.core, ...(company.aliases ?? [])].map((core) => prepareName(core, terms));
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
    .map((core) => prepareName(rest(core), terms))
    .filter(({ words }) => words.length > 0);
}

function prepareName(core: string, terms: TermStats): PreparedName {
  // A name without letters and digits has only a placeholder as core.
  const tokens = core.split(' ').filter((word) => /^[a-z0-9]+$/.test(word));
  const numbered = tokens.map((token, index) => (index > 0 ? arabic(token) : token));
  const withoutFillers = numbered.filter((token) => !fillers.has(token));
  const words = (withoutFillers.length === 0 ? numbered : withoutFillers).slice(0, maxWords);
  return {
    core,
    words,
    bits: words.map((word) => termBits(word, terms)),
    isPart: words.map(isPartWord),
    joined: words.join(''),
    numbers: words
      .filter((word) => /^\d+$/.test(word))
      .toSorted()
      .join(' '),
    initials: words.map((word) => word[0]).join(''),
  };
}

function arabic(token: string): string {
  const [whole, tens = '', units = ''] = /^(x{0,3})(ix|iv|v?i{0,3})$/.exec(token) ?? [];
  if (whole === undefined || whole === '') return token;
  const ones: Readonly<Record<string, number>> = { ix: 9, iv: 4 };
  const value = tens.length * 10 + (ones[units] ?? (units.startsWith('v') ? 4 + units.length : units.length));
  return String(value);
}
