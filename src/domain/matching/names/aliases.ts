import { unspacedNativeForms } from './legal-forms.ts';

/** Marks between the main name of a company and another name of it. */
export const otherNameMarks: readonly string[] = [
  'd/b/a',
  'dba',
  'd.b.a',
  'd.b.a.',
  'doing business as',
  't/a',
  't/as',
  'trading as',
  'brand of',
  'f/k/a',
  'fka',
  'f.k.a',
  'f.k.a.',
  'formerly',
  'formerly known as',
  'formerly called',
  'previously',
  'previously known as',
  'a/k/a',
  'aka',
  'a.k.a',
  'a.k.a.',
  'also known as',
  'n/k/a',
  'nka',
  'now known as',
  'v/h',
  'voorheen',
  'ehemals',
  'vormals',
  'früher',
  'anciennement',
  'antes',
  'tidigare',
];

/**
 * The longest first, so that "formerly known as" is not read as "formerly" and a name that begins with
 * "known".
 */
const marks = otherNameMarks
  .toSorted((a, b) => b.length - a.length)
  .map((mark) => mark.replace(/[./]/g, '\\$&'));
/** Spaces, commas and brackets before a mark. */
const gap = /[\s,;(]+/g;
const markAtEndOfGap = new RegExp(`(?:${marks.join('|')})[\\s:]+`, 'iy');

/**
 * Splits a line at its marks. Each run of separators is read once: as one expression, a long run would be
 * tried again from each of its characters.
 */
function splitAtMarks(line: string): string[] {
  const parts: string[] = [];
  let start = 0;
  gap.lastIndex = 0;
  for (let found = gap.exec(line); found !== null; found = gap.exec(line)) {
    markAtEndOfGap.lastIndex = gap.lastIndex;
    if (!markAtEndOfGap.test(line)) continue;
    parts.push(line.slice(start, found.index));
    start = markAtEndOfGap.lastIndex;
    gap.lastIndex = start;
  }
  return [...parts, line.slice(start)];
}

export interface WrittenNames {
  /** The main name without texts in brackets, except numbers: "Fund (III)" is not "Fund (IV)". */
  readonly main: string;
  readonly others: readonly string[];
  /** Texts in brackets: another name, a branch, a place or a share class. */
  readonly bracketed: readonly string[];
}

/** Splits one line into its names: "Acme Inc. d/b/a Road Runner (RR)" has three. */
export function writtenNames(line: string): WrittenNames {
  const parts = splitAtMarks(line).map((part) => part.trim());
  const [first = '', ...rest] = parts.filter((part) => /[\p{L}\p{N}]/u.test(part));
  const { plain, inside } = withoutBrackets(parts.length > 1 ? closeBrackets(first) : first || line);
  return {
    main: plain,
    others: rest.map((part) => withoutBrackets(closeBrackets(part)).plain),
    bracketed: inside,
  };
}

/** True if the text in brackets is an abbreviation of the name: "Bayerische Motoren Werke (BMW)". */
export function isShortFor(bracketed: string, name: string): boolean {
  return (
    /^\p{Lu}[\p{L}\d]{1,5}$/u.test(bracketed) &&
    bracketed.toUpperCase().startsWith(name.trim().slice(0, 1).toUpperCase())
  );
}

/** Splitting at "(formerly" leaves a bracket without its partner. */
function closeBrackets(part: string): string {
  return part.replace(/\([^()]*$/, (open) => `${open})`).replace(/^([^()]*)\)/, '$1');
}

function withoutBrackets(name: string): { plain: string; inside: readonly string[] } {
  if (!name.includes('(')) return { plain: name, inside: [] };
  const inside: string[] = [];
  const plain = name.replace(/\(([^()]*)\)/g, (whole, text: string) => {
    if (unspacedNativeForms.includes(whole)) return whole;
    if (/^\s*(?:no\.?\s*)?(?:\d+|[ivx]+)\s*$/i.test(text)) return ` ${text} `;
    inside.push(text.trim());
    return ' ';
  });
  return /[\p{L}\p{N}]/u.test(plain) ? { plain, inside } : { plain: name, inside: [] };
}
