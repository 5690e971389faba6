import { describe, expect, test } from 'vitest';
import { isShortFor, writtenNames } from '#src/domain/matching/names/aliases.ts';
import { foldWords } from '#src/domain/matching/names/fold.ts';
import { countTerms, termBits } from '#src/domain/matching/names/term-stats.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { labelOf } from '#src/domain/matching/fields/domain.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';

describe('splitting a line into names', () => {
  test.each<[line: string, main: string, others: readonly string[], bracketed: readonly string[]]>([
    ['Acme', 'Acme', [], []],
    ['Acme dba Road Runner', 'Acme', ['Road Runner'], []],
    ['Acme dba Road Runner fka Coyote', 'Acme', ['Road Runner', 'Coyote'], []],
    ['Acme (Munich) dba Road Runner', 'Acme', ['Road Runner'], ['Munich']],
    ['Acme dba Road (RR) Runner', 'Acme', ['Road   Runner'], []],
    ['Acme (formerly Coyote)', 'Acme', ['Coyote'], []],
    ['Acme (formerly Coyote) Ltd', 'Acme', ['Coyote Ltd'], []],
    ['Acme (Tools, formerly Coyote)', 'Acme', ['Coyote'], ['Tools']],
    ['dba Road Runner', 'dba Road Runner', [], []],
    ['— dba Road Runner', 'Road Runner', [], []],
    ['Acme dba —', 'Acme', [], []],
    ['Acme, dba: Road Runner', 'Acme', ['Road Runner'], []],
    ['Acme (A) (B)', 'Acme', [], ['A', 'B']],
    ['Acme (7)', 'Acme  7', [], []],
    ['Acme (xiv)', 'Acme  xiv', [], []],
    ['Acme (No 7)', 'Acme  No 7', [], []],
    ['Acme (7 up)', 'Acme', [], ['7 up']],
    ['( Acme )', '( Acme )', [], []],
    ['(株)Acme', '(株)Acme', [], []],
    ['', '', [], []],
    ['★', '★', [], []],
  ])('“%s” has the main name %s, the other names %j and in brackets %j', (line, main, others, bracketed) => {
    const written = writtenNames(line);
    expect([written.main.trim(), written.others.map((name) => name.trim()), written.bracketed]).toEqual([
      main,
      others,
      bracketed,
    ]);
  });

  test.each<[string, string, boolean]>([
    ['BM', 'Big Machines', true],
    ['BMWXYZ', 'Big Machines', true],
    ['BMWXYZA', 'Big Machines', false],
    ['B', 'Big Machines', false],
    ['bmw', ' big machines', false],
    ['B2', ' big machines', true],
    ['ÄB', 'äpfel bauer', true],
    ['XM', 'Big Machines', false],
  ])('“%s” is an abbreviation of “%s”: %s', (bracketed, name, expected) => {
    expect(isShortFor(bracketed, name)).toBe(expected);
  });
});

test.each<[string, readonly string[]]>([
  ['Acme & Söhne', ['acme', 'and', 'sohne']],
  ["O'Neill`s", ['oneills']],
  ['I.B.M. Corp', ['ibm', 'corp']],
  ['I B M Corp', ['ibm', 'corp']],
  ['Acme I B', ['acme', 'ib']],
  ['A. B', ['ab']],
  ['A.B', ['ab']],
  ['A.Bc', ['a', 'bc']],
  ['xA.B', ['xa', 'b']],
  ['A.B.c1', ['ab', 'c1']],
  ['3M', ['3m']],
  ['株式会社', ['zhushihuishe']],
  ['a-b/c_d', ['abcd']],
  ['  ', []],
])('“%s” is folded to %j', (text, words) => {
  expect(foldWords(text)).toEqual(words);
});

describe('the frequency of words', () => {
  test('is counted once for each name, without rare words, in alphabetical order', () => {
    const stats = countTerms(['bank acme bank', 'bank zoo', 'acme bank', 'zoo'], 2);
    expect([stats.names, Object.entries(stats.counts)]).toEqual([
      4,
      [
        ['acme', 2],
        ['bank', 3],
        ['zoo', 2],
      ],
    ]);
  });

  test.each<[string, string, number]>([
    ['a word in an eighth of the names', 'eighth', 3],
    ['a word in each name, at least one bit', 'each', 1],
    ['a word in most names, at least one bit', 'most', 1],
    ['a word of one in a million, at most 13 bits', 'rare', 13],
    ['an unknown word', 'unseen', 13],
    ['a word with a count of zero', 'none', 13],
    ['a word for a part', 'holdings', 1.5],
    ['a country', 'germany', 1.5],
    ['a filler', 'of', 1.5],
    ['a number', '42', 3],
    ['a word with a digit', '4ever', 13],
    ['a word that every object has', 'constructor', 13],
  ])('%s', (_case, word, bits) => {
    const counts = {
      eighth: 131_072,
      each: 1_048_576,
      most: 1_000_000,
      rare: 1,
      none: 0,
      holdings: 1,
      germany: 1,
      of: 1,
    };
    expect(termBits(word, { names: 1_048_576, counts })).toBe(bits);
  });
});

describe('a prepared name', () => {
  const terms = { names: 8, counts: { bank: 2 } };
  const prepare = (core: string) =>
    prepareCompany({ core, tokens: [], legalForm: null, domain: null, country: null }, terms).names[0];

  test('has its words without fillers, their values, and its joined form and initials', () => {
    expect(prepare('bank of germany 12 3 acme')).toEqual({
      core: 'bank of germany 12 3 acme',
      words: ['bank', 'germany', '12', '3', 'acme'],
      bits: [2, 1.5, 3, 3, 13],
      isPart: [false, true, false, false, false],
      isTelling: [false, false, false, false, true],
      unfolded: ['bank', 'germany', '12', '3', 'acme'],
      joined: 'bankgermany123acme',
      written: 'bankofgermany123acme',
      numbers: '12 3',
      initials: ['bg13a', 'bog13a'],
      asInitials: null,
      head: undefined,
      isOfPlace: true,
      isTransliterated: false,
    });
  });

  test.each([
    ['of the', ['of', 'the']],
    ['★', []],
    ['acme ★ b', ['acme', 'b']],
    ['a b c d f g h i j k l m n o', ['a', 'b', 'c', 'd', 'f', 'g', 'h', '1', 'j', 'k', 'l', 'm']],
  ])('“%s” has the words %j: at most twelve, and fillers only without other words', (core, words) => {
    expect(prepare(core)?.words).toEqual(words);
  });

  test.each([
    ['i', '1'],
    ['ii', '2'],
    ['iii', '3'],
    ['iv', '4'],
    ['v', '5'],
    ['vi', '6'],
    ['viii', '8'],
    ['ix', '9'],
    ['x', '10'],
    ['xi', '11'],
    ['xix', '19'],
    ['xxiv', '24'],
    ['xxxviii', '38'],
    ['xxxx', 'xxxx'],
    ['iiii', 'iiii'],
    ['vx', 'vx'],
    ['mix', 'mix'],
    ['fund', 'fund'],
  ])('reads %s after another word as %s, and as a word at the beginning', (numeral, number) => {
    expect([prepare(`acme ${numeral}`)?.words, prepare(`${numeral} acme`)?.words]).toEqual([
      ['acme', number],
      [numeral, 'acme'],
    ]);
  });

  test('has the label of its domain, and is prepared once per word statistics', () => {
    const company = normaliseCompany({ name: 'Acme dba Road Runner', domain: 'ac-me.co.uk' });
    const prepared = prepareCompany(company, terms);
    expect([prepared.label, labelOf('www-acme.com'), prepared.names.map(({ core }) => core)]).toEqual([
      'acme',
      'wwwacme',
      ['acme', 'road runner'],
    ]);
    expect(prepareCompany(company, terms)).toBe(prepared);
    expect(prepareCompany(company, { ...terms })).not.toBe(prepared);
    expect(prepareCompany(normaliseCompany({ name: 'Acme' }), terms).label).toBeNull();
  });
});
