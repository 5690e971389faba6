import { foldWords } from './fold.ts';
import furtherForms from './further-legal-forms.json' with { type: 'json' };
import {
  formsWithPlace,
  leadingForms,
  leadingWords,
  legalForms,
  spacedNativeForms,
  statusWords,
  unspacedNativeForms,
} from './legal-forms.ts';
import { isDistinctive } from './name-words.ts';

/**
 * `further-legal-forms.json` has longer spellings in many languages, most of them transliterated or misspelled, by
 * kind. They come from the list of organisation types of OpenSanctions' rigour (MIT licence). Schools, state
 * bodies and charities are left out, because their form is part of their name.
 */

/** Words of a status are removed like a legal form, but are none. */
const status = null;
type Label = string | typeof status;

const suffixForms: ReadonlyMap<string, Label> = new Map<string, Label>([
  ...statusWords.split('|').map((words) => [folded(words), status] as const),
  ...Object.entries(furtherForms).flatMap(([label, spellings]) =>
    spellings.map((one) => [folded(one), label] as const),
  ),
  ...spellings(),
]);
/** Forms of several words are no part of a name anywhere. "& Co" only ends a name. */
const prefixForms: ReadonlyMap<string, Label> = new Map(
  [...suffixForms].filter(
    ([words, label]) =>
      label !== status &&
      (leadingForms.has(label) ||
        leadingWords.has(words) ||
        (words.includes(' ') && !/^(?:and|et|y|e|und|og) /.test(words))),
  ),
);
const longestForm = Math.max(...[...suffixForms.keys()].map((words) => words.split(' ').length));

const unspacedNative = new RegExp(alternatives(unspacedNativeForms), 'gu');
const spacedNative = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${alternatives(spacedNativeForms)})(?![\\p{L}\\p{N}])`,
  'giu',
);

/** Forms in other scripts are removed before transliteration. */
export function stripNativeForms(name: string): { name: string; legalForm: string | null } {
  if (!/[^ -~]/.test(name)) return { name, legalForm: null };
  const found = name.match(unspacedNative) ?? name.match(spacedNative);
  if (found === null) return { name, legalForm: null };
  const stripped = name.replace(unspacedNative, ' ').replace(spacedNative, ' ');
  return { name: /[\p{L}\p{N}]/u.test(stripped) ? stripped : name, legalForm: found[0].toLowerCase() };
}

/**
 * Removes legal forms and the words of a status from both ends, and a place behind a form, but never the last
 * word: a company called "Limited" keeps its name.
 */
export function stripForms(all: readonly string[]): { words: readonly string[]; legalForm: string | null } {
  let words = all[0] === 'the' && all.length > 1 ? all.slice(1) : all;
  let legalForm: string | null = null;
  for (;;) {
    const found =
      formAt(words, suffixForms, 'end') ?? formAt(words, prefixForms, 'start') ?? formBeforePlace(words);
    if (!found) return { words, legalForm };
    legalForm ??= found.label;
    words = found.rest;
  }
}

interface FoundForm {
  readonly label: Label;
  readonly rest: readonly string[];
}

function formAt(
  words: readonly string[],
  forms: ReadonlyMap<string, Label>,
  end: 'start' | 'end',
): FoundForm | null {
  for (let length = Math.min(longestForm, words.length - 1); length > 0; length--) {
    const form = end === 'end' ? words.slice(-length) : words.slice(0, length);
    const label = forms.get(form.join(' '));
    if (label !== undefined)
      return { label, rest: end === 'end' ? words.slice(0, -length) : words.slice(length) };
  }
  return null;
}

/** The longest place behind a form, in words: "d.o.o. Novi Sad". */
const longestPlace = 2;

/** "Delhaize Serbia d.o.o. Beograd". A business word behind the form is part of the name. */
function formBeforePlace(words: readonly string[]): FoundForm | null {
  for (let at = Math.max(1, words.length - 1 - longestPlace); at < words.length - 1; at++) {
    const word = words[at] ?? '';
    const place = words.slice(at + 1);
    if (formsWithPlace.has(word) && place.every((one) => isDistinctive(one) && !suffixForms.has(one)))
      return { label: suffixForms.get(word) ?? status, rest: words.slice(0, at + 1) };
  }
  return null;
}

function spellings(): readonly (readonly [string, string])[] {
  return Object.entries(legalForms).flatMap(([label, all]) =>
    all.split('|').map((spelling) => [folded(spelling), label] as const),
  );
}

function folded(form: string): string {
  return foldWords(form).join(' ');
}

function alternatives(literals: readonly string[]): string {
  return literals
    .toSorted((a, b) => b.length - a.length)
    .map((literal) => RegExp.escape(literal.normalize('NFKC')))
    .join('|');
}
