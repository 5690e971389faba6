import type { Random } from './data-random.ts';
import { countries } from './data-words.ts';

/**
 * Ways in which partners write a customer's name. Each takes a name and gives the same company back, written
 * otherwise.
 */

const longForms: readonly (readonly [short: string, long: string])[] = [
  ['Inc.', 'Incorporated'],
  ['Corp.', 'Corporation'],
  ['Ltd', 'Limited'],
  ['GmbH', 'G.m.b.H.'],
  ['AG', 'Aktiengesellschaft'],
  ['B.V.', 'BV'],
  ['N.V.', 'NV'],
  ['S.A.', 'SA'],
  ['SAS', 'S.A.S.'],
  ['S.p.A.', 'SpA'],
  ['S.r.l.', 'Srl'],
  ['Pty Ltd', 'Pty Limited'],
  ['Pvt. Ltd.', 'Private Limited'],
  ['AB', 'Aktiebolag'],
];

const legalForms = [
  ...new Set([...countries.flatMap((country) => country.forms), ...longForms.flat()]),
].toSorted((a, b) => b.length - a.length);

/** The name without its legal form; never empty. */
export function core(name: string): string {
  const lower = name.toLowerCase();
  const form = legalForms.find((candidate) => lower.endsWith(` ${candidate.toLowerCase()}`));
  return form ? name.slice(0, -form.length - 1).replace(/,$/, '') : name;
}

function otherForm(name: string): string {
  for (const [short, long] of longForms) {
    if (name.endsWith(` ${short}`)) return `${core(name)} ${long}`;
    if (name.endsWith(` ${long}`)) return `${core(name)} ${short}`;
  }
  return core(name);
}

const umlauts: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
  å: 'aa',
  ø: 'oe',
  ł: 'l',
};

function otherSpelling(name: string): string {
  const swapped = name.includes(' & ')
    ? name.replace(' & ', ' and ')
    : name.replace(/[äöüÄÖÜßåøł]/g, (letter) => umlauts[letter] ?? letter);
  const plain = swapped.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return plain === name ? name.toUpperCase() : plain;
}

/** One slip of the finger in the longest word, never in its first letter. */
function typo(name: string, random: Random): string {
  const words = core(name).split(' ');
  const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? '';
  const letters = [...longest];
  if (letters.length < 4) return otherForm(name);
  const at = random.between(1, letters.length - 3);
  const [one = '', two = ''] = [letters[at], letters[at + 1]];
  const slip = one === two ? [one] : random.pick([[two, one], [one, one, two], [two]]);
  return name.replace(longest, [...letters.slice(0, at), ...slip, ...letters.slice(at + 2)].join(''));
}

export function otherName(name: string, random: Random): string {
  const way = random.between(0, 4);
  if (way === 0) return core(name);
  if (way === 1) return otherForm(name);
  if (way === 2) return otherSpelling(name);
  return typo(name, random);
}

export function otherAddress(domain: string, random: Random): string {
  return random.pick([
    `www.${domain}`,
    `https://www.${domain}/`,
    `shop.${domain}`,
    `eu.${domain}`,
    domain.toUpperCase(),
  ]);
}
