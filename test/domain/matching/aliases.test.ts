import { describe, expect, test } from 'vitest';
import { isShortFor, otherNameMarks, writtenNames } from '#src/domain/matching/names/aliases.ts';
import { comparableWords, synonyms } from '#src/domain/matching/names/comparable-words.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';

describe('other names in a name', () => {
  test.each(otherNameMarks)(
    'the text after “%s” is another name, with a comma, in brackets, in upper case and with a colon',
    (mark) => {
      const lines = [
        `Contoso Inc. ${mark} Road Runner`,
        `Contoso Inc., ${mark.toUpperCase()} Road Runner`,
        `Contoso Inc. (${mark}: Road Runner)`,
      ];
      expect(lines.map((line) => normaliseCompany({ name: line }))).toEqual(
        lines.map(() => normaliseCompany({ name: 'Contoso Inc.', aliases: ['Road Runner'] })),
      );
    },
  );

  test.each(otherNameMarks)('a word that only begins or ends like “%s” is part of the name', (mark) => {
    const inside = `x${mark}x`;
    expect(writtenNames(`Contoso ${inside} Road Runner`)).toEqual({
      main: `Contoso ${inside} Road Runner`,
      others: [],
      bracketed: [],
    });
  });

  test('a longer mark is not read as a shorter one', () => {
    const longer = otherNameMarks.filter((mark) =>
      otherNameMarks.some((other) => mark.startsWith(`${other} `)),
    );
    expect(longer.length).toBeGreaterThan(0);
    expect(longer.map((mark) => writtenNames(`Contoso ${mark} Coyote`).others)).toEqual(
      longer.map(() => ['Coyote']),
    );
  });

  test.each<[rule: string, line: string, main: string, bracketed: readonly string[]]>([
    ['a text in brackets is listed separately', 'Contoso (Munich)', 'Contoso', ['Munich']],
    ['a number in brackets is part of the name', 'Contoso Fund (III)', 'Contoso Fund  III', []],
    ['a number with “No.” in brackets too', 'Contoso Fund (No. 4)', 'Contoso Fund  No. 4', []],
    ['a legal form in brackets stays in the name', '(주)Contoso', '(주)Contoso', []],
    ['a name that is completely in brackets is the main name', '(Contoso)', '(Contoso)', ['Contoso']],
  ])('%s', (_rule, line, main, bracketed) => {
    const written = writtenNames(line);
    expect([written.main.trim(), written.bracketed]).toEqual([
      main,
      main === line ? written.bracketed : bracketed,
    ]);
  });

  test.each<[string, string, boolean]>([
    ['BMW', 'Bayerische Motoren Werke', true],
    ['B2B', 'Business to Business', true],
    ['BMW', 'Motoren Werke', false],
    ['Bavaria', 'Bayerische Motoren Werke', false],
    ['bmw', 'Bayerische Motoren Werke', false],
  ])('“%s” in brackets after “%s” is an abbreviation: %s', (bracketed, name, expected) => {
    expect(isShortFor(bracketed, name)).toBe(expected);
  });
});

test('“c/o” is followed by the receiver of the mail, who is no other name of the company', () => {
  expect(
    ['Contoso Inc. c/o Road Runner', 'Contoso Inc., C/O: Road Runner', 'Contoso Inc. (c/o Road Runner)'].map(
      (name) => normaliseCompany({ name }),
    ),
  ).toEqual(Array.from({ length: 3 }, () => normaliseCompany({ name: 'Contoso Inc.' })));
  expect(normaliseCompany({ name: 'c/o Road Runner' }).tokens).toEqual([]);
});

describe('spellings of one word', () => {
  test.each([...synonyms])('“%s” is compared as “%s”, and the name stays as written', (written, usual) => {
    const words = (word: string): readonly string[] =>
      comparableWords(`contoso ${word} zubrowka`).map(({ unfolded }) => unfolded);
    expect(words(written)).toEqual(['contoso', ...usual.split(' '), 'zubrowka']);
    expect(words(usual)).toEqual(words(written));
    expect(normaliseCompany({ name: `Contoso ${written.toUpperCase()} Zubrowka` }).core).toBe(
      `contoso ${written} zubrowka`,
    );
  });
});
