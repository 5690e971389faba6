import { describe, expect, test } from 'vitest';
import { candidatePairs, candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import type { CompanyInput } from '#src/domain/matching/company.ts';
import { companyKeys, oneDeletions } from '#src/domain/matching/keys.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';

const all = (input: CompanyInput): readonly string[] => {
  const { strong, weak } = companyKeys(normaliseCompany(input));
  return [...strong, ...weak];
};

describe('keys', () => {
  test('begin with their kind; identifying keys are strong, the others weak', () => {
    const company = normaliseCompany({
      name: 'Contoso Data Works Inc.',
      domain: 'contoso.com',
      phone: '+1 312 386 5286',
      street: '12 Main St',
      postcode: '60302',
      registryIds: { duns: '150483782' },
    });
    expect(companyKeys(company)).toEqual({
      strong: ['dom:contoso.com', 'tel:+13123865286', 'duns:150483782', 'name:contoso data works'],
      weak: [
        ...[
          'tok:contoso',
          'tok:data',
          'tok:works',
          'cat:contosodata',
          'cat:dataworks',
          'cat:contoso',
          'cat:contosodataworks',
          'snd:knts',
          'acr:cdw',
        ],
        ...['zip:60302 con', 'addr:12 main', 'addr:12 60302'],
      ],
    });
  });

  test.each<[string, CompanyInput, CompanyInput, string]>([
    [
      'words in another order',
      { name: 'University of Oxford' },
      { name: 'Oxford University' },
      'name:oxford university',
    ],
    ['one word and two words', { name: 'Data Dog' }, { name: 'Datadog' }, 'cat:datadog'],
    [
      'a name and a domain',
      { name: 'Coyote Traps' },
      { name: 'CT Holding', domain: 'coyote-traps.com' },
      'cat:coyotetraps',
    ],
    ['initials', { name: 'IBM' }, { name: 'International Business Machines' }, 'acr:ibm'],
    [
      'a website and an e-mail address',
      { name: 'Acme', domain: 'acme.com' },
      { name: 'Traps', email: 'a@acme.com' },
      'dom:acme.com',
    ],
    [
      'a website and the e-mail address of a company with another website',
      { name: 'A', domain: 'acme.com' },
      { name: 'B', domain: 'b.de', email: 'a@acme.com' },
      'dom:acme.com',
    ],
    ['an alias', { name: 'Acme d/b/a Road Runner' }, { name: 'Road Runner Inc' }, 'name:road runner'],
    [
      'two streets at one corner',
      { name: 'A', street: '1 Oak St', postcode: '60302' },
      { name: 'B', street: '1 Elm St', postcode: '60302' },
      'addr:1 60302',
    ],
  ])('%s share a key', (_case, left, right, key) => {
    expect(all(left)).toContain(key);
    expect(all(right)).toContain(key);
  });

  test('free mail, shared hosts and names without words give no key', () => {
    expect(all({ name: '★', email: 'ann@gmail.com', domain: 'facebook.com/acme' })).toEqual([]);
  });
});

test('two words that differ in one letter share a deletion, or one is a deletion of the other', () => {
  expect(oneDeletions('acme')).toEqual(['cme', 'ame', 'ace', 'acm']);
  expect(oneDeletions('contosso')).toContain('contoso');
  expect(oneDeletions('nortwhind').some((one) => oneDeletions('northwind').includes(one))).toBe(true);
  expect(oneDeletions('aab')).toEqual(['ab', 'aa']);
});

describe('candidates in memory', () => {
  const companies = [
    'Contoso Robotics',
    'Contosso Robotics',
    'Northwind Foods',
    'Northwind Steel',
    'Summit Foods',
  ].map((name) => normaliseCompany({ name }));

  test('each pair comes once, smaller index first, including typing errors', () => {
    expect(
      [...candidatePairs(companies, indexCompanies(companies), { strong: 9, weak: 9 })].toSorted(
        ([a, b], [c, d]) => a - c || b - d,
      ),
    ).toEqual([
      [0, 1],
      [2, 3],
      [2, 4],
    ]);
  });

  test('a key that too many companies share gives no pair', () => {
    expect([...candidatePairs(companies, indexCompanies(companies), { strong: 1, weak: 1 })]).toEqual([]);
  });

  test('a look-up uses the rarest keys first and stops at its budget', () => {
    const many = [
      ...Array.from({ length: 50 }, (_, n) => normaliseCompany({ name: `Brand${n}x Foods` })),
      normaliseCompany({ name: 'Zephyrine Steel' }),
    ];
    const found = candidatesFor(normaliseCompany({ name: 'Zephyrine Foods' }), indexCompanies(many), 10);
    expect(found).toEqual([50]);
  });
});
