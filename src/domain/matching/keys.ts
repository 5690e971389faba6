import type { CompanyKeys, NormalisedCompany } from './company.ts';
import { fillers } from './names/name-words.ts';

/** Longer joined words add nothing to the keys of their parts. */
const longestJoin = 30;
/** Shorter labels of domains are abbreviations that many companies share. */
const shortestLabel = 5;

/**
 * The search keys of a company. Each key begins with its kind.
 *
 * Strong kinds:
 * - `dom:` registrable domain of the website or of the contact's e-mail address
 * - `tel:` phone
 * - `vat:` `lei:` `duns:` registry id
 * - `name:` the sorted words of a name
 *
 * Weak kinds:
 * - `tok:` a word of a name
 * - `cat:` two neighbouring words joined, a long word, or the label of the domain, so that "Data Dog" is
 * found
 *   by datadog.com
 * - `acr:` initials, or a name that is short enough to be initials
 * - `zip:` postcode and the first letters of the name
 * - `addr:` house number with street, and house number with postcode
 */
export function companyKeys(company: NormalisedCompany): CompanyKeys {
  const names = [company.core, ...(company.aliases ?? [])].map(keyWords).filter((words) => words.length > 0);
  const strong = [
    ...prefixed('dom', company.domain, company.mailDomain),
    ...prefixed('tel', company.phone),
    ...prefixed('vat', company.vat),
    ...prefixed('lei', company.lei),
    ...prefixed('duns', company.duns),
    ...names.map((words) => `name:${words.toSorted().join(' ')}`),
  ];
  const weak = [...names.flatMap(nameKeys), ...labelKeys(company), ...placeKeys(company, names)];
  return { strong: [...new Set(strong)], weak: [...new Set(weak)] };
}

/**
 * The word without each of its letters in turn. Two words that differ in one letter share such a form, or one
 * is a form of the other.
 */
export function oneDeletions(token: string): string[] {
  const shortened = new Set<string>();
  for (let at = 0; at < token.length; at++) shortened.add(token.slice(0, at) + token.slice(at + 1));
  return [...shortened];
}

function prefixed(kind: string, ...values: readonly (string | null | undefined)[]): string[] {
  return values.flatMap((value) => (value ? [`${kind}:${value}`] : []));
}

function keyWords(core: string): readonly string[] {
  const all = core.split(' ').filter((word) => /^[a-z0-9]+$/.test(word));
  const words = all.filter((word) => !fillers.has(word));
  return words.length > 0 ? words : all;
}

function nameKeys(words: readonly string[]): string[] {
  const joins = words.slice(1).map((word, index) => `${words[index]}${word}`);
  const whole = words.join('');
  const longWords = words.filter((word) => word.length > shortestLabel);
  const cats = [...joins, ...longWords, whole].filter((join) => join.length <= longestJoin);
  return [...words.map((word) => `tok:${word}`), ...cats.map((join) => `cat:${join}`), ...acronyms(words)];
}

function acronyms(words: readonly string[]): string[] {
  if (words.length > 2) return [`acr:${words.map((word) => word[0]).join('')}`];
  return [...new Set([words[0] ?? '', words.join('')])]
    .filter((short) => /^[a-z]{2,5}$/.test(short))
    .map((short) => `acr:${short}`);
}

function labelKeys({ domain, mailDomain }: NormalisedCompany): string[] {
  const labels = [domain, mailDomain].map((one) => one?.split('.')[0]?.replaceAll('-', '') ?? '');
  return labels.filter((label) => label.length >= shortestLabel).map((label) => `cat:${label}`);
}

function placeKeys(
  { house, street, postcode }: NormalisedCompany,
  names: readonly (readonly string[])[],
): string[] {
  const prefixes = new Set(names.flatMap(([first = '']) => (first.length > 0 ? [first.slice(0, 3)] : [])));
  const zips = postcode === undefined ? [] : [...prefixes].map((prefix) => `zip:${postcode} ${prefix}`);
  if (house === undefined) return zips;
  return [
    ...zips,
    ...[street, postcode].flatMap((where) => (where === undefined ? [] : [`addr:${house} ${where}`])),
  ];
}
