import { globSync, readFileSync } from 'node:fs';

/**
 * Words and openings that make a comment hard to read for an engineer with English as a second language. A
 * plain word exists for each of them; CONTRIBUTING.md shows examples.
 */
const idiomWords: readonly RegExp[] = [
  /\b(?:nobody|nobody's|whoever|whosoever|whatever|whichever|whereof|whereby|wherever|thereof|therein|hereby|hence|lest|whom)\b/gi,
  /\b(?:anew|afresh|besides|beside|betimes|notwithstanding|likewise|else's|thus)\b/gi,
  /\b(?:tell|tells|telling|told|heard|hears|hear)\b/gi,
  /\b(?:stands?|stood|standing)\b/gi,
  /\b(?:of which|to which|by which|all the same|for good|let alone|as it were|of its own|of their own|of ours)\b/gi,
  /\b(?:takes?|taken|took|taking) (?:back|up|in|for|over|away)\b/gi,
  /\b(?:turn(?:s|ed)? (?:down|out)|put(?:s)? (?:out|right|back)|comes? (?:of|about)|became of|becomes? of)\b/gi,
  /\b(?:at the most|at the least|in the place of|as good as|no more|any more|once more|ever since)\b/gi,
  /\b(?:is|are|was|were) to be\b/gi,
];

/**
 * A comment states something: it does not open with a fragment such as “What can fail” or “Whether it fits”.
 */
const oddOpenings = /^(?:Of|What|Whether|Those|Who|Whose|Where|Whom|So many|So few|As many|How)\b/;

export interface Comment {
  readonly line: number;
  /** Without the comment marks; lines are joined. */
  readonly text: string;
}

export interface Idiom {
  readonly file: string;
  readonly line: number;
  readonly words: string;
}

const tokens =
  /\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:!&|?;[{]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\//g;

/** Every comment of a TypeScript source; consecutive `//` lines are one comment. */
export function commentsOf(source: string): readonly Comment[] {
  return [...source.matchAll(tokens)].flatMap(({ 0: token, index }) => {
    if (!token.startsWith('/*') && !token.startsWith('//')) return [];
    const text = token
      .replace(/^\/\*+|\*\/$/g, '')
      .split('\n')
      .map((line) => line.replace(/^\s*(?:\*|\/\/)?\s?/, '').trim())
      .join(' ')
      .replace(/`[^`]*`/g, '')
      .trim();
    return text === '' ? [] : [{ line: source.slice(0, index).split('\n').length, text }];
  });
}

/** The idioms in one comment, as they are written there. */
export function idiomsIn(text: string): readonly string[] {
  const opening = oddOpenings.exec(text);
  const words = idiomWords.flatMap((pattern) => [...text.matchAll(pattern)].map(([word]) => word));
  return opening ? [`${opening[0]} …`, ...words] : words;
}

/** Counts idioms and words in the comments of these files. */
export function measureIdioms(files: readonly string[]) {
  const found: Idiom[] = [];
  let words = 0;
  for (const file of files) {
    for (const { line, text } of commentsOf(readFileSync(file, 'utf8'))) {
      words += text.split(/\s+/).length;
      found.push(...idiomsIn(text).map((idiom) => ({ file, line, words: idiom })));
    }
  }
  return { found, words, perThousand: words === 0 ? 0 : (found.length / words) * 1000 };
}

/** The files whose comments are measured: all of our TypeScript, but not what is generated. */
export function commentedFiles(folders: readonly string[]): readonly string[] {
  return globSync(
    folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
    {
      exclude: [
        '**/node_modules/**',
        '**/dist/**',
        'web/src/api/schema.d.ts',
        'test/architecture/idioms*.ts',
      ],
    },
  );
}

export const measuredFolders: readonly string[] = [
  ...['src', 'connectors', 'mappings', 'workers', 'sandbox'],
  ...['bench', 'test', 'web/src'],
];

// Run by hand: `node test/architecture/idioms.ts [FOLDER …]` lists what it finds.
if (import.meta.main) {
  const folders = process.argv.slice(2);
  const { found, words, perThousand } = measureIdioms(
    commentedFiles(folders.length > 0 ? folders : measuredFolders),
  );
  for (const { file, line, words: idiom } of found) console.log(`${file}:${line} ${idiom}`);
  console.log(`${found.length} in ${words} words of comments: ${perThousand.toFixed(1)} in 1,000`);
}
