import type { CompanyKeys, NormalisedCompany } from './company.ts';
import {
  comparableWords,
  foldUmlauts,
  withoutFillers,
  type ComparableWord,
} from './names/comparable-words.ts';
import { initialsOf, spelledOut } from './names/initials.ts';
import { isDistinctive } from './names/name-words.ts';
import { consonantsOf } from './names/sound.ts';

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
 * - `snd:` the consonants of a telling word, so that a name in another script is found
 * - `zip:` postcode and the first letters of the name
 * - `addr:` house number with street, and house number with postcode
 */
export function companyKeys(company: NormalisedCompany): CompanyKeys {
  const cores = [company.core, ...(company.aliases ?? [])];
  const found = cores
    .map((core) => ({ core, words: withoutFillers(comparableWords(core)) }))
    .filter(({ words }) => words.length > 0);
  const names = found.map(({ words }) => words.map(({ word }) => word));
  const strong = [
    ...prefixed('dom', company.domain, company.mailDomain),
    ...prefixed('tel', company.phone),
    ...prefixed('vat', company.vat),
    ...prefixed('lei', company.lei),
    ...prefixed('duns', company.duns),
    ...names.map((words) => `name:${words.toSorted().join(' ')}`),
  ];
  const weak = [
    ...found.flatMap(nameKeys),
    ...cores.flatMap((core) => initialsOf(core, company.legalForm).map((initials) => `acr:${initials}`)),
    ...labelKeys(company),
    ...placeKeys(company, names),
  ];
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

function nameKeys({ core, words: found }: { core: string; words: readonly ComparableWord[] }): string[] {
  const words = found.map(({ word }) => word);
  const joins = words.slice(1).map((word, index) => `${words[index]}${word}`);
  const longWords = words.filter((word) => word.length > shortestLabel);
  const wholes = [words.join(''), core.replaceAll(' ', '')];
  const cats = [...joins, ...longWords, ...wholes].filter(
    (join) => join.length <= longestJoin && /^[a-z0-9]+$/.test(join),
  );
  return [
    ...found.flatMap(({ word, unfolded }) => [`tok:${word}`, `tok:${unfolded}`]),
    ...cats.map((join) => `cat:${join}`),
    ...shortNames(words),
    ...words.filter(hasSound).map((word) => `snd:${consonantsOf(word)}`),
  ];
}

/** A name that is short enough to be the initials of another. */
function shortNames(words: readonly string[]): string[] {
  if (words.length > 2) return [];
  return [...new Set([words[0] ?? '', words.join('')].map(spelledOut))]
    .filter((short) => /^[a-z]{2,6}$/.test(short))
    .map((short) => `acr:${short}`);
}

/** Shorter words have too few consonants to be found by them. */
const shortestSound = 4;

function hasSound(word: string): boolean {
  return word.length >= shortestSound && isDistinctive(word) && !/\d/.test(word);
}

function labelKeys({ domain, mailDomain }: NormalisedCompany): string[] {
  const labels = [domain, mailDomain].map((one) => one?.split('.')[0]?.replaceAll('-', '') ?? '');
  return labels
    .filter((label) => label.length >= shortestLabel)
    .flatMap((label) => [`cat:${label}`, `cat:${foldUmlauts(label)}`]);
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
