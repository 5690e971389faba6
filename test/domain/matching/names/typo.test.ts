import { describe, expect, test } from 'vitest';
import { isTypo } from '#src/domain/matching/names/typo.ts';

describe('a typing error', () => {
  test.each([
    ['equal words', 'acme', 'acme'],
    ['a swap in a word of four letters', 'abcd', 'abdc'],
    ['a letter too many in a word of five', 'abcd', 'abxcd'],
    ['a plural of a word of three', 'foo', 'foos'],
    ['a plural of a longer word', 'food', 'foods'],
    ['a doubled letter', 'aaaa', 'aaaaa'],
    ['a wrong letter in a word of seven', 'abcdefg', 'abxdefg'],
    ['a wrong first letter in a word of eight', 'northwin', 'xorthwin'],
    ['a missing first letter in a word of nine', 'northwind', 'orthwind'],
    ['two wrong letters in a word of ten', 'abcdefghij', 'abxdeyghij'],
    ['two letters too many in a word of ten', 'abcdefghij', 'abcdexyfghij'],
    ['two wrong letters five places apart', 'manufacturing', 'maxufacyuring'],
    ['a swap and a wrong letter behind it', 'abcdefghij', 'acbxefghij'],
    ['a wrong letter and a swap behind it', 'abcdefghij', 'axdcefghij'],
    ['a swap and a wrong letter three places on', 'abcdefghij', 'acbdxfghij'],
    ['a letter too many and a swap behind it', 'abcdefghij', 'axbdcefghij'],
    ['a swap and a letter too many behind it', 'abcdefghij', 'acbxdefghij'],
  ])('may be %s', (_case, left, right) => {
    expect([isTypo(left, right), isTypo(right, left)]).toEqual([true, true]);
  });

  test.each([
    ['a swap in a word of three letters', 'abc', 'acb'],
    ['a letter too many in a word of four', 'abc', 'abxc'],
    ['another last letter in a word of four', 'foo', 'foof'],
    ['an s in the middle of a word of four', 'foo', 'fsoo'],
    ['a wrong letter in a word of six', 'abcdef', 'abxdef'],
    ['a wrong first letter in a word of seven', 'northwi', 'xorthwi'],
    ['a missing first letter in a word of eight', 'northwin', 'orthwin'],
    ['two wrong letters in a word of nine', 'abcdefghi', 'abxdeyghi'],
    ['two letters too many in a word of nine', 'abcdefghi', 'abcxydefghi'],
    ['two wrong letters six places apart', 'manufacturing', 'maxufactyring'],
    ['a letter doubled in a word of four', 'aaa', 'aaaa'],
    ['a wrong first letter and another in a word of nine', 'northwind', 'xorthwynd'],
    ['a wrong letter and one too many in a word of eight', 'abcdefg', 'abxydefg'],
    ['a swap and a wrong letter four places on', 'abcdefghij', 'acbdexghij'],
    ['two letters too many and a swap behind them', 'abcdefghij', 'axycbdefghij'],
    ['three wrong letters', 'abcdefghij', 'abxxxfghij'],
    ['three letters too many', 'abcdefghij', 'abcxyzdefghij'],
    ['a swap and two wrong letters behind it', 'abcdefghij', 'acbxyfghij'],
    ['two wrong letters and a swap behind them', 'abcdefghij', 'axyedfghij'],
    ['two swaps side by side', 'abcdefghij', 'acbedfghij'],
    ['a swap five letters from another', 'abcdefghijkl', 'acbdefhgijkl'],
    ['a wrong digit', 'contoso1', 'contoso2'],
    ['a digit too many', 'contoso', 'contoso2'],
    ['digits that are swapped', 'contoso12', 'contoso21'],
    ['two letters that only look like a swap', 'abcdef', 'abdxef'],
    ['two words', 'northwind', 'contoso'],
  ])('is not %s', (_case, left, right) => {
    expect([isTypo(left, right), isTypo(right, left)]).toEqual([false, false]);
  });
});
