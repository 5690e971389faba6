import type { NormalisedCompany } from './company.ts';
import { fillers, isPartWord } from './names/name-words.ts';
import { termBits, type TermStats } from './names/term-stats.ts';

/** A name taken apart once, so that comparing it thousands of times costs little. */
export interface PreparedName {
  readonly core: string;
  /** Without fillers, Roman numerals as digits; empty for a name without words. */
  readonly words: readonly string[];
  /** What each word is worth, in bits. */
  readonly bits: readonly number[];
  /** Whether each word names only a part of a group. */
  readonly isPart: readonly boolean[];
  readonly joined: string;
  /** Its numbers, sorted; '' when it has none. */
  readonly numbers: string;
  readonly initials: string;
}

export interface PreparedCompany {
  readonly company: NormalisedCompany;
  /** The name, then the aliases. */
  readonly names: readonly PreparedName[];
  /** Labels of its domains without hyphens: `acme` of acme.com. */
  readonly label: string | null;
}

/** More words than this are a sentence, and comparing takes the square of them. */
const mostWords = 12;

const cache = new WeakMap<TermStats, WeakMap<NormalisedCompany, PreparedCompany>>();

/** Remembered for as long as the company is. */
export function prepareCompany(company: NormalisedCompany, terms: TermStats): PreparedCompany {
  let known = cache.get(terms);
  if (!known) cache.set(terms, (known = new WeakMap()));
  let prepared = known.get(company);
  if (!prepared) {
    const names = [company.core, ...(company.aliases ?? [])].map((core) => prepareName(core, terms));
    known.set(
      company,
      (prepared = { company, names, label: company.domain === null ? null : labelOf(company.domain) }),
    );
  }
  return prepared;
}

export function labelOf(domain: string): string {
  return domain.slice(0, domain.indexOf('.')).replaceAll('-', '');
}

function prepareName(core: string, terms: TermStats): PreparedName {
  // The core of a name without letters or digits is only a placeholder.
  const tokens = core.split(' ').filter((word) => /^[a-z0-9]+$/.test(word));
  const numbered = tokens.map((token, index) => (index > 0 ? arabic(token) : token));
  const telling = numbered.filter((token) => !fillers.has(token));
  const words = (telling.length === 0 ? numbered : telling).slice(0, mostWords);
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
