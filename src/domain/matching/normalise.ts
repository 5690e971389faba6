/**
 * Normalises companies, so that they can be compared. This runs once when a record arrives, and the result is
 * stored with `normaliserVersion`. After a change here, increase the version: older results are then
 * normalised again instead of being compared with new ones.
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

export const normaliserVersion = 'n5';

/** Spellings that mean the same word. They are replaced after legal forms are removed. */
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

/** The largest number of aliases. A longer list contains something else than names. */
const maxAliases = 4;

/**
 * Longer texts are cut before they are read, so that no record takes long to read. Names and addresses are
 * shorter.
 */
const longest = { name: 500, field: 500, address: 2_000, aliases: 200 } as const;

function cut(text: string | null | undefined, length: number): string | null | undefined {
  return typeof text === 'string' && text.length > length ? text.slice(0, length) : text;
}

/** A part of a number or an id is another number, so a longer one is left out. */
function ifShort(text: string | null | undefined, length: number = longest.field): string | null | undefined {
  return typeof text === 'string' && text.length > length ? null : text;
}

function withinLimits(input: CompanyInput): CompanyInput {
  const { registryIds: ids } = input;
  return {
    name: cut(input.name, longest.name) ?? '',
    aliases: input.aliases?.slice(0, longest.aliases).map((alias) => cut(alias, longest.name) ?? ''),
    domain: ifShort(input.domain, longest.address),
    otherDomain: ifShort(input.otherDomain, longest.address),
    email: ifShort(input.email),
    phone: ifShort(input.phone),
    street: cut(input.street, longest.field),
    postcode: ifShort(input.postcode),
    city: cut(input.city, longest.field),
    country: ifShort(input.country),
    registryIds: ids && { vat: ifShort(ids.vat), lei: ifShort(ids.lei), duns: ifShort(ids.duns) },
  };
}

export function normaliseCompany(given: CompanyInput): NormalisedCompany {
  const input = withinLimits(given);
  const written = (cut(input.name.normalize('NFKC'), longest.name) ?? '').trim();
  const { main, others, bracketed } = writtenNames(written);
  const name = normaliseName(main);
  // A name without letters or digits gets a placeholder as core. It has no tokens, so it matches nothing.
  const core = name.tokens.join(' ') || written || '-';
  // A text that is not a country counts as no country, because a wrong country would be evidence.
  const country = input.country ? countryCode(input.country) : null;
  const short = bracketed.filter((one) => isShortFor(one, main) || isSecondName(one));
  const aliases = otherCores([...others, ...short, ...(input.aliases ?? [])], core);
  const words = [core, ...aliases].map((one) => one.split(' '));
  const website = companyDomain(input.domain, words);
  const mailbox = mailDomain(input.email) ?? companyDomain(input.otherDomain, words);
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

/** Long, common words. A typing error in one of them does not make another name. */
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
  const corrected = longSynonyms.find((long) => isTypo(word, long));
  return corrected === undefined ? word : (synonyms.get(corrected) ?? corrected);
}

function normaliseName(name: string): { tokens: readonly string[]; legalForm: string | null } {
  const native = stripNativeForms(name);
  const { words, legalForm } = stripForms(foldWords(native.name));
  return { tokens: words.map(usualSpelling), legalForm: native.legalForm ?? legalForm };
}

/**
 * True if the text in brackets is a second name. A single word is a place, a share class or a status:
 * "(Cayman)", "(publ)".
 */
function isSecondName(bracketed: string): boolean {
  return countryCode(bracketed) === null && normaliseName(bracketed).tokens.filter(isDistinctive).length >= 2;
}

/**
 * The cores of other names. A text that only gives a country, a part of a group or a kind of business is not
 * a name: "Acme (UK) Ltd".
 */
function otherCores(names: readonly string[], mainCore: string): readonly string[] {
  const cores = names.flatMap((name) => {
    const { tokens } = normaliseName(name.normalize('NFKC').trim());
    return tokens.join('').length >= 2 && tokens.some(isDistinctive) ? [tokens.join(' ')] : [];
  });
  return [...new Set(cores)].filter((core) => core !== mainCore).slice(0, maxAliases);
}

function stripNativeForms(name: string): { name: string; legalForm: string | null } {
  if (!/[^ -~]/.test(name)) return { name, legalForm: null };
  const found = name.match(unspacedNative) ?? name.match(spacedNative);
  if (found === null) return { name, legalForm: null };
  const stripped = name.replace(unspacedNative, ' ').replace(spacedNative, ' ');
  return { name: /[\p{L}\p{N}]/u.test(stripped) ? stripped : name, legalForm: found[0].toLowerCase() };
}

/** Removes legal forms from both ends, but never the last word: a company called "Limited" keeps its name. */
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
