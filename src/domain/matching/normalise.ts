/**
 * Makes a company comparable. Runs once when a record arrives; the result is stored with `normaliserVersion`,
 * so that a change here can be found and re-run instead of quietly comparing old forms with new ones.
 */
import type { CompanyInput, NormalisedCompany } from './company.ts';
import { countryCode } from '#src/domain/country.ts';
import { companyDomain, mailDomain } from './fields/domain.ts';
import { cityOf, postcodeOf, streetAddress } from './fields/address.ts';
import { isShortFor, writtenNames } from './names/aliases.ts';
import { foldWords } from './names/fold.ts';
import { leadingForms, legalForms, spacedNativeForms, unspacedNativeForms } from './names/legal-forms.ts';
import { isDistinctive } from './names/name-words.ts';
import { phoneNumber } from './fields/phone.ts';
import { registryIds } from './fields/registry-id.ts';
import { isTypo } from './names/typo.ts';

export const normaliserVersion = 'n3';

/** Spellings of one word that companies use side by side. Applied after legal forms are gone. */
export const synonyms: ReadonlyMap<string, string> = new Map([
  ['intl', 'international'],
  ['int', 'international'],
  ['natl', 'national'],
  ['mfg', 'manufacturing'],
  ['mgmt', 'management'],
  ['svc', 'service'],
  ['svcs', 'service'],
  ['services', 'service'],
  ['assoc', 'associates'],
  ['bros', 'brothers'],
  ['univ', 'university'],
  ['grp', 'group'],
  ['hldgs', 'holdings'],
  ['holding', 'holdings'],
  ['hldg', 'holdings'],
  ['tech', 'technology'],
  ['technologies', 'technology'],
  ['sys', 'system'],
  ['systems', 'system'],
  ['solution', 'solutions'],
  ['industry', 'industries'],
  ['inds', 'industries'],
  ['labs', 'laboratories'],
  ['lab', 'laboratories'],
  ['laboratory', 'laboratories'],
  ['pharma', 'pharmaceuticals'],
  ['pharmaceutical', 'pharmaceuticals'],
  ['centre', 'center'],
  ['telecom', 'telecommunications'],
  ['eng', 'engineering'],
]);

const suffixForms = formIndex(() => true);
const prefixForms = formIndex((label) => leadingForms.has(label));
const longestForm = Math.max(...[...suffixForms.keys()].map((words) => words.split(' ').length));

const unspacedNative = new RegExp(alternatives(unspacedNativeForms), 'gu');
const spacedNative = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${alternatives(spacedNativeForms)})(?![\\p{L}\\p{N}])`,
  'giu',
);

/** Other names kept of one company; more are lists of something else. */
const mostAliases = 4;

export function normaliseCompany(input: CompanyInput): NormalisedCompany {
  const written = input.name.normalize('NFKC').trim();
  const { own, others, bracketed } = writtenNames(written);
  const name = normaliseName(own);
  // A name without a single letter or digit still needs a core of its own; it has no tokens, so it matches
  // nothing.
  const core = name.tokens.join(' ') || written || '-';
  // A wrong country would count as evidence, so an unknown one counts as none.
  const country = input.country ? countryCode(input.country) : null;
  const website = companyDomain(input.domain);
  const mailbox = mailDomain(input.email) ?? companyDomain(input.otherDomain);
  const short = bracketed.filter((one) => isShortFor(one, own) || isSecondName(one));
  const aliases = otherCores([...others, ...short, ...(input.aliases ?? [])], core);
  const phone = phoneNumber(input.phone, country);
  const postcode = postcodeOf(input.postcode, country);
  const city = cityOf(input.city);
  return {
    core,
    tokens: name.tokens,
    legalForm: name.legalForm,
    domain: website ?? mailbox,
    country,
    ...(aliases.length > 0 && { aliases }),
    ...(website !== null && mailbox !== null && mailbox !== website && { mailDomain: mailbox }),
    ...(phone !== null && { phone }),
    ...streetAddress(input.street),
    ...(postcode !== null && { postcode }),
    ...(city !== null && { city }),
    ...registryIds(input.registryIds, country),
  };
}

/** Long words of many names, for which a slip of the hand is not another name. */
const longSynonyms = [
  ...synonyms.keys(),
  'technology',
  'manufacturing',
  'international',
  'pharmaceuticals',
  'industries',
  'laboratories',
  'engineering',
].filter((word) => word.length >= 8);

function usualSpelling(word: string): string {
  const known = synonyms.get(word);
  if (known !== undefined || word.length < 7) return known ?? word;
  const meant = longSynonyms.find((long) => isTypo(word, long));
  return meant === undefined ? word : (synonyms.get(meant) ?? meant);
}

function normaliseName(name: string): { tokens: readonly string[]; legalForm: string | null } {
  const native = stripNativeForms(name);
  const { words, legalForm } = stripForms(foldWords(native.name));
  return { tokens: words.map(usualSpelling), legalForm: native.legalForm ?? legalForm };
}

/**
 * A single word in brackets is a place, a share class or a state: "(Cayman)", "(publ)", "(in liquidation)"
 * names nobody.
 */
function isSecondName(bracketed: string): boolean {
  return countryCode(bracketed) === null && normaliseName(bracketed).tokens.filter(isDistinctive).length >= 2;
}

/**
 * Cores of the other names. What only says a country, a part of a group or a kind of business names nobody:
 * "Acme (UK) Ltd".
 */
function otherCores(names: readonly string[], own: string): readonly string[] {
  const cores = names.flatMap((name) => {
    const { tokens } = normaliseName(name.normalize('NFKC').trim());
    return tokens.join('').length >= 2 && tokens.some(isDistinctive) ? [tokens.join(' ')] : [];
  });
  return [...new Set(cores)].filter((core) => core !== own).slice(0, mostAliases);
}

function stripNativeForms(name: string): { name: string; legalForm: string | null } {
  if (!/[^ -~]/.test(name)) return { name, legalForm: null };
  const found = name.match(unspacedNative) ?? name.match(spacedNative);
  if (found === null) return { name, legalForm: null };
  const stripped = name.replace(unspacedNative, ' ').replace(spacedNative, ' ');
  return { name: /[\p{L}\p{N}]/u.test(stripped) ? stripped : name, legalForm: found[0].toLowerCase() };
}

/**
 * Takes legal forms off both ends until none is left, but never the last word: a company called "Limited"
 * keeps its name.
 */
function stripForms(folded: readonly string[]): { words: readonly string[]; legalForm: string | null } {
  let words = folded[0] === 'the' && folded.length > 1 ? folded.slice(1) : folded;
  let legalForm: string | null = null;
  for (;;) {
    const found = formAt(words, suffixForms, 'end') ?? formAt(words, prefixForms, 'start');
    if (!found) return { words, legalForm };
    legalForm ??= found.label;
    words = found.rest;
  }
}

function formAt(
  words: readonly string[],
  forms: ReadonlyMap<string, string>,
  end: 'start' | 'end',
): { label: string; rest: readonly string[] } | null {
  for (let length = Math.min(longestForm, words.length - 1); length > 0; length--) {
    const form = end === 'end' ? words.slice(-length) : words.slice(0, length);
    const label = forms.get(form.join(' '));
    if (label !== undefined)
      return { label, rest: end === 'end' ? words.slice(0, -length) : words.slice(length) };
  }
  return null;
}

function formIndex(included: (label: string) => boolean): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(legalForms)
      .filter(([label]) => included(label))
      .flatMap(([label, spellings]) =>
        spellings.split('|').map((spelling) => [foldWords(spelling).join(' '), label] as const),
      ),
  );
}

function alternatives(literals: readonly string[]): string {
  return literals
    .toSorted((a, b) => b.length - a.length)
    .map((literal) => literal.normalize('NFKC').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}
