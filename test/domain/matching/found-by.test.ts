import { describe, expect, test } from 'vitest';
import { candidatePairs, candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { companyKeys } from '#src/domain/matching/keys.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';

const company = (core: string, parts: Partial<NormalisedCompany> = {}): NormalisedCompany => ({
  core,
  tokens: [],
  legalForm: null,
  domain: null,
  country: null,
  ...parts,
});
const keys = (core: string, parts?: Partial<NormalisedCompany>) => companyKeys(company(core, parts));

describe('the keys of a company', () => {
  test('hold everything that identifies it', () => {
    const parts = {
      domain: 'acme.com',
      mailDomain: 'tools.com',
      phone: '+1',
      vat: 'DE1',
      lei: 'L',
      duns: '2',
    };
    expect(keys('acme', parts).strong).toEqual([
      'dom:acme.com',
      'dom:tools.com',
      'tel:+1',
      'vat:DE1',
      'lei:L',
      'duns:2',
      'name:acme',
    ]);
    expect(keys('acme', { domain: null }).strong).toEqual(['name:acme']);
  });

  test.each<[string, string, readonly string[]]>([
    ['one long word', 'contoso', ['tok:contoso', 'cat:contoso', 'snd:knts']],
    [
      'a word of six letters, which may be initials',
      'contos',
      ['tok:contos', 'cat:contos', 'acr:contos', 'snd:knts'],
    ],
    [
      'a word of five letters, which may be initials',
      'conto',
      ['tok:conto', 'cat:conto', 'acr:conto', 'snd:knt'],
    ],
    ['a word of two letters', 'hp', ['tok:hp', 'cat:hp', 'acr:hp']],
    ['a word of one letter, which is no initials', 'h', ['tok:h', 'cat:h']],
    ['a word with a digit, which is no initials', '3com', ['tok:3com', 'cat:3com']],
    [
      'two short words, which may be initials apart and together',
      'pg e',
      ['tok:pg', 'tok:e', 'cat:pge', 'acr:pg', 'acr:pge'],
    ],
    ['two words', 'data dogs', ['tok:data', 'tok:dogs', 'cat:datadogs', 'acr:data', 'snd:dgs']],
    [
      'three words, with their initials',
      'big blue machines',
      [
        'tok:big',
        'tok:blue',
        'tok:machines',
        'cat:bigblue',
        'cat:bluemachines',
        'cat:machines',
        'cat:bigbluemachines',
        'snd:msns',
        'acr:bbm',
      ],
    ],
    [
      'fillers, which are no keys',
      'the bank of z',
      ['tok:bank', 'tok:z', 'cat:bankz', 'cat:thebankofz', 'acr:bank', 'acr:bankz', 'acr:tboz'],
    ],
    ['nothing but fillers', 'of the', ['tok:of', 'tok:the', 'cat:ofthe', 'acr:of', 'acr:ofthe']],
    ['signs', '★ acme', ['tok:acme', 'cat:acme', 'acr:acme', 'snd:akm']],
    ['no words', '★', []],
    [
      'a whole of 30 letters',
      `${'c'.repeat(15)} ${'b'.repeat(15)}`,
      [
        `tok:${'c'.repeat(15)}`,
        `tok:${'b'.repeat(15)}`,
        `cat:${'c'.repeat(15)}${'b'.repeat(15)}`,
        `cat:${'c'.repeat(15)}`,
        `cat:${'b'.repeat(15)}`,
        'snd:k',
        'snd:b',
      ],
    ],
    [
      'a whole of 31 letters, which is no key',
      `${'c'.repeat(16)} ${'b'.repeat(15)}`,
      [
        `tok:${'c'.repeat(16)}`,
        `tok:${'b'.repeat(15)}`,
        `cat:${'c'.repeat(16)}`,
        `cat:${'b'.repeat(15)}`,
        'snd:k',
        'snd:b',
      ],
    ],
  ])('narrow the search by %s', (_case, core, weak) => {
    expect(keys(core).weak).toEqual(weak);
  });

  test('sort the words of a name, so that their order does not matter', () => {
    expect(keys('oxford university').strong).toEqual(['name:oxford university']);
    expect(keys('university oxford', { aliases: ['oxford'] }).strong).toEqual([
      'name:oxford university',
      'name:oxford',
    ]);
  });

  test.each<[string, Partial<NormalisedCompany>, readonly string[]]>([
    ['the label of a domain of five letters', { domain: 'acmes.com' }, ['cat:acmes']],
    ['no label of a domain of four letters', { domain: 'acme.com' }, []],
    [
      'the label without hyphens, of the mailbox too',
      { domain: 'coyote-traps.com', mailDomain: 'road-runner.com' },
      ['cat:coyotetraps', 'cat:roadrunner'],
    ],
    ['postcode and the name’s first letters', { postcode: '80331' }, ['zip:80331 x']],
    ['house with street', { house: '12', street: 'oak' }, ['addr:12 oak']],
    ['house with postcode', { house: '12', postcode: '80331' }, ['zip:80331 x', 'addr:12 80331']],
    [
      'house with both',
      { house: '12', street: 'oak', postcode: '80331' },
      ['zip:80331 x', 'addr:12 oak', 'addr:12 80331'],
    ],
    ['no house without a place', { house: '12' }, []],
    ['no street without a house', { street: 'oak' }, []],
  ])('narrow the search by %s', (_case, parts, weak) => {
    expect(keys('x', parts).weak.slice(2)).toEqual(weak);
  });

  test('have a postcode once for each beginning of a name', () => {
    const zips = keys('contoso', { postcode: '1', aliases: ['connect', 'acme'] }).weak.filter((key) =>
      key.startsWith('zip:'),
    );
    expect(zips).toEqual(['zip:1 con', 'zip:1 acm']);
    expect(keys('★', { postcode: '1' }).weak).toEqual([]);
  });

  test('are listed once each', () => {
    const { strong, weak } = keys('acme', { aliases: ['acme'], domain: 'acme.com', mailDomain: 'acme.com' });
    expect([new Set(strong).size, new Set(weak).size]).toEqual([strong.length, weak.length]);
  });
});

test('a company is also searched by its words of five letters or more that hold no digit', () => {
  expect(searchKeys(company('acme acmes x1234 contoso')).words).toEqual(['acmes', 'contoso']);
  expect(slipsOf('abc')).toEqual(['abc', 'bc', 'ac', 'ab']);
});

describe('companies held in memory', () => {
  const companies = [
    company('contoso robots', { phone: '+1', house: '1', street: 'oak' }),
    company('summit robots', { phone: '+1' }),
    company('contosso foods', { house: '1', street: 'oak' }),
    company('summit steel', { phone: '+2' }),
  ];
  const pairsOf = (strong: number, weak: number) =>
    [...candidatePairs(companies, indexCompanies(companies), { strong, weak })]
      .map(([a, b]) => `${a}-${b}`)
      .toSorted();

  test('are indexed by key, each in the order they come', () => {
    const { postings } = indexCompanies(companies);
    expect([postings.get('tok:robots'), postings.get('tel:+1'), postings.get('slip:contoso')]).toEqual([
      [0, 1],
      [0, 1],
      [0, 2],
    ]);
  });

  test('may be indexed by keys of some kinds only', () => {
    expect([...indexCompanies(companies, new Set(['tel'])).postings]).toEqual([
      ['tel:+1', [0, 1]],
      ['tel:+2', [3]],
    ]);
  });

  test('make a pair for each key that few enough share', () => {
    expect(pairsOf(2, 2)).toEqual(['0-1', '0-2', '1-3']);
    expect(pairsOf(2, 1)).toEqual(['0-1']);
    expect(pairsOf(1, 2)).toEqual(['0-1', '0-2', '1-3']);
    expect(pairsOf(1, 1)).toEqual([]);
  });

  test.each(['dom', 'tel', 'vat', 'lei', 'duns', 'name'])('count %s as a strong key', (kind) => {
    const part: Readonly<Record<string, Partial<NormalisedCompany>>> = {
      dom: { domain: 'a.io' },
      tel: { phone: '+1' },
      vat: { vat: 'DE1' },
      lei: { lei: 'L' },
      duns: { duns: '1' },
    };
    const two = [company('x', part[kind]), company(kind === 'name' ? 'x' : 'y', part[kind])];
    expect([...candidatePairs(two, indexCompanies(two), { strong: 2, weak: 0 })]).toEqual([[0, 1]]);
  });

  test('are found by strong keys first, then by the rarest, within the budget', () => {
    const index = indexCompanies([
      company('robots a1', { phone: '+1' }),
      company('robots a2', { phone: '+1' }),
      company('robots a3'),
      company('zebra a4'),
    ]);
    const wanted = company('zebra robots', { phone: '+1' });
    expect([2, 3, 4, 5, 9].map((budget) => [...candidatesFor(wanted, index, budget)])).toEqual([
      [0, 1],
      [0, 1, 3],
      [0, 1, 3],
      [0, 1, 3],
      [0, 1, 3, 2],
    ]);
    expect(candidatesFor(wanted, index, 0)).toEqual([0, 1]);
    expect(candidatesFor(company('nobody'), index, 9)).toEqual([]);
  });
});
