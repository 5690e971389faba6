import { describe, expect, test } from 'vitest';
import type { MatchLevel } from '#src/domain/matching/company.ts';
import { alignWords, type Alignment } from '#src/domain/matching/names/align-words.ts';
import { compareNames } from '#src/domain/matching/names/compare-names.ts';
import { prepareCompany, type PreparedName } from '#src/domain/matching/prepare.ts';

/**
 * In 1,024 names, `bank` occurs 512 times (1 bit), `foods` 64 times (4 bits), `power` 128 times (3 bits) and
 * `cobalt` 8 times (7 bits). Any other word has 13 bits, a word for a part of a group 1.5 and a number 3.
 */
const terms = { names: 1024, counts: { bank: 512, power: 128, foods: 64, cobalt: 8 } };

const prepared = (core: string, ...aliases: string[]) =>
  prepareCompany(
    { core, tokens: core.split(' '), legalForm: null, domain: null, country: null, aliases },
    terms,
  );
const nameOf = (core: string): PreparedName => {
  const [name] = prepared(core).names;
  if (!name) throw new Error('A company has a name.');
  return name;
};

describe('pairing words', () => {
  const found = (left: string, right: string): Alignment => {
    const alignment = alignWords(nameOf(left), nameOf(right));
    const { onlyLeft, onlyRight, leftMatched, rightMatched, ...both } = alignWords(
      nameOf(right),
      nameOf(left),
    );
    expect({
      ...both,
      onlyLeft: onlyRight,
      onlyRight: onlyLeft,
      leftMatched: rightMatched,
      rightMatched: leftMatched,
    }).toEqual(alignment);
    return alignment;
  };
  const all: Alignment = {
    shared: 0,
    onlyLeft: 0,
    onlyRight: 0,
    errors: 0,
    shortestSlip: Infinity,
    hasDoubtfulSlip: false,
    sharesTelling: false,
    leftMatched: true,
    rightMatched: true,
    restIsPart: true,
    bothHaveMore: false,
    rarest: 0,
  };

  test.each<[string, string, string, Partial<Alignment>]>([
    ['equal words, in any order', 'acme bank', 'bank acme', { sharesTelling: true, shared: 14, rarest: 13 }],
    [
      'a word that only one has',
      'acme bank',
      'acme',
      { sharesTelling: true, shared: 13, rarest: 13, onlyLeft: 1, leftMatched: false, restIsPart: false },
    ],
    [
      'words without a pair in both',
      'acme bank',
      'acme foods',
      {
        sharesTelling: true,
        bothHaveMore: true,
        shared: 13,
        rarest: 13,
        onlyLeft: 1,
        onlyRight: 4,
        leftMatched: false,
        rightMatched: false,
        restIsPart: false,
      },
    ],
    [
      'a word for a part that only one has',
      'acme germany',
      'acme',
      { sharesTelling: true, shared: 13, rarest: 13, onlyLeft: 1.5, leftMatched: false },
    ],
    [
      'a shared word for a part, which is no rare word',
      'germany',
      'germany bank',
      { shared: 1.5, rarest: 0, onlyRight: 1, rightMatched: false, restIsPart: false },
    ],
    [
      'a typing error, which reduces the value of a word',
      'northwind',
      'nortwhind',
      { shared: 13 * 0.85, rarest: 13 * 0.85, errors: 1, shortestSlip: 9 },
    ],
    [
      'two errors',
      'northwind contosso',
      'nortwhind contoso',
      { shared: 26 * 0.85, rarest: 13 * 0.85, errors: 2, shortestSlip: 8 },
    ],
    [
      'a typing error in a known word, with the smaller value',
      'cobalt',
      'coblat',
      { shared: 7 * 0.75, rarest: 7 * 0.75, errors: 1, shortestSlip: 6 },
    ],
    [
      'an abbreviation, which has half the value and is no rare word',
      'mountain',
      'mount',
      { shared: 6.5, errors: 1 },
    ],
    ['a word of three letters that is cut short', 'xyzzy', 'xyz', { shared: 6.5, errors: 1 }],
    [
      'a word of two letters, which is no abbreviation',
      'xyzzy',
      'xy',
      {
        bothHaveMore: true,
        onlyLeft: 13,
        onlyRight: 13,
        leftMatched: false,
        rightMatched: false,
        restIsPart: false,
      },
    ],
    [
      'a word with another ending',
      'mountain',
      'mounty',
      {
        bothHaveMore: true,
        onlyLeft: 13,
        onlyRight: 13,
        leftMatched: false,
        rightMatched: false,
        restIsPart: false,
      },
    ],
    ['one word here and two there', 'datadog', 'data dog', { sharesTelling: true, shared: 13, rarest: 13 }],
    [
      'one word there and two here',
      'cobalt datadog bank',
      'bank data dog cobalt',
      { sharesTelling: true, shared: 21, rarest: 13 },
    ],
    [
      'two words that do not join to a word of the other',
      'datacat',
      'data dog',
      { shared: 6.5, errors: 1, onlyRight: 13, rightMatched: false, restIsPart: false },
    ],
    [
      'a word that occurs twice in one name',
      'acme acme',
      'acme',
      { sharesTelling: true, shared: 13, rarest: 13, onlyLeft: 13, leftMatched: false, restIsPart: false },
    ],
    ['a word twice in both', 'acme acme', 'acme acme', { sharesTelling: true, shared: 26, rarest: 13 }],
    [
      'nothing in common',
      'acme',
      'contoso',
      {
        bothHaveMore: true,
        onlyLeft: 13,
        onlyRight: 13,
        leftMatched: false,
        rightMatched: false,
        restIsPart: false,
      },
    ],
  ])('%s', (_case, left, right, expected) => {
    expect(found(left, right)).toEqual({ ...all, ...expected });
  });

  test('two words are joined only if both are not paired yet', () => {
    expect(found('data dog', 'datadog data')).toMatchObject({ shared: 13, onlyLeft: 13, onlyRight: 13 });
  });
});

describe('two names', () => {
  const levels = (left: string, right: string) => {
    const { name, words, numbers } = compareNames(prepared(left), prepared(right));
    const back = compareNames(prepared(right), prepared(left));
    expect([back.name, back.words, back.numbers]).toEqual([name, words, numbers]);
    return [name, words];
  };

  test.each<[string, string, string, MatchLevel, MatchLevel]>([
    ['the same words', 'acme', 'acme', 'exact', 'strong'],
    ['the same words, written together and apart', 'data dog', 'datadog', 'exact', 'strong'],
    ['the same two rare words', 'acme contoso', 'acme contoso', 'exact', 'exact'],
    ['the same words in another order', 'acme bank', 'bank acme', 'strong', 'strong'],
    ['a slip in eight letters', 'contosso', 'contoso', 'strong', 'close'],
    ['a slip in cobalt letters', 'contoso', 'contsoo', 'close', 'close'],
    ['two errors in two words', 'northwind contosso', 'nortwhind contoso', 'close', 'exact'],
    [
      'two errors in four words',
      'northwind contosso acme bank',
      'nortwhind contoso acme bank',
      'strong',
      'exact',
    ],
    [
      'three errors in five words',
      'northwind contosso alpinee acme bank',
      'nortwhind contoso alpine acme bank',
      'close',
      'exact',
    ],
    ['all but the name of a part', 'acme germany', 'acme', 'close', 'strong'],
    ['all but names of parts on both sides', 'acme germany', 'acme france', 'close', 'strong'],
    ['all but the name of a part, and one slip', 'northwind germany', 'nortwhind', 'close', 'close'],
    [
      'all words except one for a part, with two errors',
      'northwind contosso germany',
      'nortwhind contoso',
      'close',
      'exact',
    ],
    ['less than four fifths of what the words are worth', 'acme foods', 'acme', 'weak', 'strong'],
    ['more than four fifths of what the words are worth', 'acme power', 'acme', 'close', 'strong'],
    ['most of what the words are worth, in another order', 'cobalt acme', 'acme', 'weak', 'strong'],
    ['less than most, in another order', 'contoso acme', 'acme', 'different', 'strong'],
    ['the first words of the other', 'acme contoso', 'acme', 'weak', 'strong'],
    ['a shared word with too few bits', 'cobalt bank', 'cobalt', 'different', 'weak'],
    ['a shared name of a part', 'germany acme', 'germany contoso', 'different', 'different'],
    ['initials of three words', 'ibm', 'internet business machines', 'weak', 'different'],
    ['initials in two words', 'pg e', 'pacific gaslight electric', 'weak', 'different'],
    ['initials of two words', 'ib', 'internet business', 'different', 'different'],
    ['initials in three words', 'i b m', 'internet business machines', 'different', 'different'],
    ['nothing in common', 'acme', 'contoso', 'different', 'different'],
  ])('with %s: “%s” and “%s” are %s, their words %s', (_case, left, right, name, words) => {
    expect(levels(left, right)).toEqual([name, words]);
  });

  test.each<[string, string, MatchLevel]>([
    ['fund 3', 'fund 3', 'exact'],
    ['fund 3', 'fund iii', 'exact'],
    ['fund 3', 'fund 4', 'different'],
    ['fund 3', 'fund', 'missing'],
    ['fund 3 of 4', 'fund 4 of 3', 'exact'],
    ['acme', 'acme', 'missing'],
  ])('“%s” and “%s” have numbers that are %s', (left, right, level) => {
    expect(compareNames(prepared(left), prepared(right)).numbers).toBe(level);
  });

  test('a name without words is missing, for any other name', () => {
    expect(compareNames(prepared('★'), prepared('acme'))).toMatchObject({
      name: 'missing',
      words: 'missing',
      numbers: 'missing',
    });
    expect(compareNames(prepared('acme 4'), prepared('★')).numbers).toBe('missing');
  });
});

describe('with several names, the two most similar count', () => {
  const best = (left: readonly string[], right: readonly string[]) => {
    const [name = '', ...aliases] = left;
    const [other = '', ...others] = right;
    const found = compareNames(prepared(name, ...aliases), prepared(other, ...others));
    return [found.left.core, found.right.core, found.name, found.words, found.numbers];
  };

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    [
      'an alias that is the other name',
      ['coyote', 'acme'],
      ['acme'],
      ['acme', 'acme', 'exact', 'strong', 'missing'],
    ],
    [
      'an alias of each',
      ['coyote', 'acme'],
      ['summit', 'acme'],
      ['acme', 'acme', 'exact', 'strong', 'missing'],
    ],
    [
      'the first of two equal results',
      ['acme'],
      ['acme', 'acme'],
      ['acme', 'acme', 'exact', 'strong', 'missing'],
    ],
    [
      'equal names with rarer words',
      ['cobalt', 'acme contoso'],
      ['cobalt', 'acme contoso'],
      ['acme contoso', 'acme contoso', 'exact', 'exact', 'missing'],
    ],
    [
      'a number that only one has, before different numbers',
      ['acme 4', 'acme'],
      ['contoso acme', 'acme 5'],
      ['acme', 'acme 5', 'close', 'strong', 'missing'],
    ],
  ])('%s', (_case, left, right, expected) => {
    expect(best(left, right)).toEqual(expected);
  });
});
