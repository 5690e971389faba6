/**
 * Makes a company comparable. Runs once when a record arrives; the result is stored with `normaliserVersion`, so that a
 * change here can be found and re-run instead of quietly comparing old forms with new ones.
 */
import type { CompanyInput, NormalisedCompany } from './company.ts';
import { countryCode } from '../country.ts';
import { companyDomain, mailDomain } from './domain.ts';
import { foldWords } from './fold.ts';
import { leadingForms, legalForms, spacedNativeForms, unspacedNativeForms } from './legal-forms.ts';

export const normaliserVersion = 'n1';

/** Spellings of one word that companies use side by side. Applied after legal forms are gone. */
const synonyms: ReadonlyMap<string, string> = new Map([
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
const spacedNative = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives(spacedNativeForms)})(?![\\p{L}\\p{N}])`, 'giu');

/** What follows is another name of the same company; the one before it is the one it uses. */
const otherName =
  /[\s,;]+(?:d\/b\/a|dba|d\.b\.a\.?|t\/a|f\/k\/a|fka|a\/k\/a|aka|c\/o|doing business as|trading as|formerly(?: known as)?|also known as)[\s:]+/i;

export function normaliseCompany(input: CompanyInput): NormalisedCompany {
  const name = input.name.normalize('NFKC').trim();
  const native = stripNativeForms(ownName(name));
  const { words, legalForm } = stripForms(foldWords(native.name));
  const tokens = words.map((word) => synonyms.get(word) ?? word);
  return {
    // A name without a single letter or digit still needs a core of its own; it has no tokens, so it matches nothing.
    core: tokens.join(' ') || name || '-',
    tokens,
    legalForm: native.legalForm ?? legalForm,
    domain: companyDomain(input.domain) ?? mailDomain(input.email),
    // A wrong country would count as evidence, so an unknown one counts as none.
    country: input.country === null ? null : countryCode(input.country),
  };
}

/** The name without aliases and without what stands in brackets, unless that is a number: "Fund (III)" is not "Fund (IV)". */
function ownName(name: string): string {
  const [first = '', ...rest] = name.split(otherName);
  const used = first.trim() === '' ? rest.join(' ') : first;
  if (!used.includes('(')) return used;
  const plain = used.replace(/\(([^()]*)\)/g, (whole, inside: string) => {
    if (unspacedNativeForms.includes(whole)) return whole;
    return /^\s*(?:no\.?\s*)?(?:\d+|[ivx]+)\s*$/i.test(inside) ? ` ${inside} ` : ' ';
  });
  return /[\p{L}\p{N}]/u.test(plain) ? plain : used;
}

function stripNativeForms(name: string): { name: string; legalForm: string | null } {
  if (!/[^ -~]/.test(name)) return { name, legalForm: null };
  const found = name.match(unspacedNative) ?? name.match(spacedNative);
  if (found === null) return { name, legalForm: null };
  const stripped = name.replace(unspacedNative, ' ').replace(spacedNative, ' ');
  return { name: /[\p{L}\p{N}]/u.test(stripped) ? stripped : name, legalForm: found[0].toLowerCase() };
}

/** Takes legal forms off both ends until none is left, but never the last word: a company called "Limited" keeps its name. */
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
    if (label !== undefined) return { label, rest: end === 'end' ? words.slice(0, -length) : words.slice(length) };
  }
  return null;
}

function formIndex(included: (label: string) => boolean): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(legalForms)
      .filter(([label]) => included(label))
      .flatMap(([label, spellings]) => spellings.split('|').map((spelling) => [foldWords(spelling).join(' '), label] as const)),
  );
}

function alternatives(literals: readonly string[]): string {
  return literals
    .toSorted((a, b) => b.length - a.length)
    .map((literal) => literal.normalize('NFKC').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}
