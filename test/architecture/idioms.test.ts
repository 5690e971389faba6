import { expect, test } from 'vitest';
import { commentedFiles, commentsOf, idiomsIn, measuredFolders, measureIdioms } from './idioms.ts';

test('comments use at most 3 idioms in 1,000 words', () => {
  const { found, words, perThousand } = measureIdioms(commentedFiles(measuredFolders));
  expect(words).toBeGreaterThan(10_000);
  const listed = found.slice(0, 20).map(({ file, line, words: idiom }) => `${file}:${line} ${idiom}`);
  expect(perThousand > 3 ? listed : []).toEqual([]);
});

test.each([
  ['Whoever asks waits, and nobody is told.', ['Whoever', 'nobody', 'told']],
  ['What can fail without anything being left unread.', ['What …']],
  ['Whether a record is deleted.', ['Whether …']],
  ['The cursor of the last complete read.', []],
])('idioms are found: %s', (text, expected) => {
  expect(idiomsIn(text).toSorted()).toEqual([...expected].toSorted());
});

test('comments are found, and text in strings, templates and regular expressions is not', () => {
  const source = `
    const url = 'https://example.com'; // first
    const pattern = /\\/\\/ not this/;
    const template = \`// nor this\`;
    /** Second,
     * on two lines. */
    // third
    // and its second line
    const end = 1;
  `;
  expect(commentsOf(source).map(({ text }) => text)).toEqual([
    'first',
    'Second, on two lines.',
    'third and its second line',
  ]);
});
