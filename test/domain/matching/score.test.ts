import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompanyMatch, NormalisedCompany } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { normaliseCompany, normaliserVersion } from '#src/domain/matching/normalise.ts';
import { matchCompanies, modelVersion } from '#src/domain/matching/score.ts';

type Written = readonly [name: string, domain?: string | null, country?: string | null];

const company = ([name, domain = null, country = null]: Written): NormalisedCompany =>
  normaliseCompany({ name, domain, country });
const match = (left: Written, right: Written): CompanyMatch => matchCompanies(company(left), company(right));

describe('the same customer', () => {
  test.each<[string, Written, Written]>([
    ['the name is the same and nothing objects', ['Acme GmbH'], ['ACME Inc.']],
    ['the name is the same in one country', ['Acme GmbH', null, 'DE'], ['Acme AG', null, 'Germany']],
    ['the name is split differently', ['Data Dog'], ['Datadog, Inc.']],
    ['the words come in another order', ['University of Oxford'], ['Oxford University']],
    ['fillers are missing', ['Marsh & McLennan'], ['Marsh McLennan']],
    ['initials are written apart', ['A T & T'], ['AT&T']],
    ['two letters are swapped', ['Northwind Traders'], ['Nortwhind Traders']],
    ['a letter is missing', ['Contoso Robotics'], ['Contoso Robtics']],
    ['a plural is missing', ['Summit Foods'], ['Summit Food']],
    ['an umlaut is spelt out', ['Müller Maschinenbau'], ['Mueller Maschinenbau GmbH']],
    ['numbers are written differently', ['Summit Fund III'], ['Summit Fund 3 LP']],
  ])('%s', (_case, left, right) => {
    expect(match(left, right).verdict).toBe('same');
  });
});

describe('related companies: the same group, or too similar to decide', () => {
  test.each<[string, Written, Written]>([
    [
      'the domain is the same and the names have nothing in common',
      ['Acme', 'acme.com'],
      ['Coyote Traps', 'www.acme.com'],
    ],
    ['a country in the name', ['Acme Deutschland GmbH'], ['Acme Inc.']],
    [
      'the same name with different websites in different countries',
      ['Mint', 'mint.com', 'US'],
      ['Mint', 'mint-clothes.fr', 'FR'],
    ],
    [
      'one name inside the other, with a website that does not say which',
      ['Summit', 'summit.com'],
      ['Summit Steel', 'smt.com'],
    ],
    [
      'two tenants of one host with one name',
      ['Acme Robotics', 'acme.zendesk.com'],
      ['Acme Robotics', 'acmerobots.zendesk.com'],
    ],
    [
      'a country in the name, each in its own country',
      ['Acme Deutschland GmbH', 'acme.de', 'DE'],
      ['Acme Inc.', 'acme.com', 'US'],
    ],
    ['two countries in the names', ['Acme France'], ['Acme Italia']],
    ['a holding', ['Acme Holding'], ['Acme']],
    ['a division', ['Siemens'], ['Siemens Energy']],
    ['the same name in two countries', ['Philips GmbH', null, 'DE'], ['Philips N.V.', null, 'NL']],
    ['the same name with two websites', ['Acme', 'acme.com'], ['Acme', 'acme-tools.com']],
    ['the same label with two endings', ['Traps', 'coyotetraps.com'], ['Rockets', 'coyotetraps.de']],
    ['one different letter in a short name', ['Capita'], ['Capital']],
    ['sister funds on one website', ['Summit Fund III', 'summit.com'], ['Summit Fund IV', 'summit.com']],
  ])('%s', (_case, left, right) => {
    expect(match(left, right).verdict).toBe('related');
  });
});

describe('different customers', () => {
  test.each<[string, Written, Written]>([
    ['one word in common', ['Summit Foods'], ['Summit Steel']],
    ['most words in common', ['First National Bank of Omaha'], ['First National Bank of Oregon']],
    ['only common words in common', ['Bank of India'], ['Bank of China']],
    ['different numbers', ['Summit Fund III'], ['Summit Fund IV']],
    ['different digits', ['Studio 54'], ['Studio 55']],
    [
      'one name inside the other, with different websites',
      ['Summit', 'summit.com'],
      ['Summit Steel', 'summitsteel.com'],
    ],
    [
      'a typing error, with different websites',
      ['Novatel Wireless', 'novatel.com'],
      ['Novotel Wireless', 'novotel.com'],
    ],
    ['short words one letter apart', ['Alpine Fords'], ['Alpine Foods']],
    [
      'two tenants of one host',
      ['Fern Bakery', 'fern.atlassian.net'],
      ['Otter Plumbing', 'otter.atlassian.net'],
    ],
    ['two departments of one government', ['Caltrans', 'dot.ca.gov'], ['Public Health', 'cdph.ca.gov']],
    [
      'two companies with mailboxes at one health service',
      ['Barts Health', 'nhs.net'],
      ['Imperial Healthcare', 'nhs.net'],
    ],
    ['two hotels of one chain', ['Hilton Frankfurt Airport', 'hilton.com'], ['Hilton Vienna', 'hilton.com']],
    [
      'one word apart, where both websites confirm their spelling',
      ['Serco Group', 'serco.com'],
      ['Serko', 'serko.com'],
    ],
    ['names without a word in them', ['★'], ['★']],
    ['a short label with two endings', ['Foo', 'go.com'], ['Bar', 'go.de']],
  ])('%s', (_case, left, right) => {
    expect(match(left, right).verdict).toBe('different');
  });
});

describe('every match', () => {
  const words = fc.constantFrom(
    'acme',
    'acmee',
    'northwind',
    'nortwhind',
    'summit',
    'steel',
    'foods',
    'food',
    'germany',
    'group',
    'iii',
    '4',
    'of',
    'data',
    'dog',
    'datadog',
    'bank',
  );
  const companies = fc
    .tuple(
      fc.array(words, { minLength: 1, maxLength: 4 }).map((all) => all.join(' ')),
      fc.constantFrom(null, 'acme.com', 'acme.de', 'summit.com'),
      fc.constantFrom(null, 'DE', 'US'),
    )
    .map(company);

  /** All fields of a company from few values, so that two companies often agree in part. */
  const someOf = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const name = fc
    .array(
      fc.oneof(
        words,
        fc.constantFrom('dat', 'adog', 'summits', 'stee', 'nwg', '5', 'bankk', 'north', 'wind', 'holdings'),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((all) => all.join(' '));
  const wholeCompanies = fc
    .record({
      name,
      aliases: fc.array(name, { maxLength: 2 }),
      domain: someOf('acme.com', 'acme.de', 'summit.com', 'datadog.com'),
      email: someOf('a@acme.com', 'b@summit.com', 'c@gmail.com'),
      phone: someOf(
        '+49 89 1234590',
        '089 1234590',
        '0891234590',
        '1891234590',
        '8891234590',
        '+49 89 1234591',
      ),
      street: someOf('1 Main St', '12 Main St', '1 Mian St', '1 Market Square', 'Main St'),
      postcode: someOf('80331', '80333', '10115'),
      city: someOf('Frankfurt', 'Frankfurt am Main', 'Munich'),
      country: someOf('DE', 'US'),
      registryIds: someOf(
        { duns: '150483782' },
        { duns: '150483783', lei: '529900T8BM49AURSDO55' },
        { lei: '529900T8BM49AURSDO55' },
      ),
    })
    .map(normaliseCompany);

  const bothWays = (left: NormalisedCompany, right: NormalisedCompany) =>
    [matchCompanies(left, right), matchCompanies(right, left)].map(({ verdict, score, bits, grade }) => ({
      verdict,
      score,
      bits,
      grade,
    }));

  test('is the same from both sides', () => {
    fc.assert(
      fc.property(fc.oneof(companies, wholeCompanies), fc.oneof(companies, wholeCompanies), (left, right) => {
        const [one, other] = bothWays(left, right);
        expect(one).toEqual(other);
      }),
      { numRuns: 2000 },
    );
  });

  test.each<[string, NormalisedCompany, NormalisedCompany]>([
    ['one word and two words', company(['datadog']), company(['data dog'])],
    [
      'telephones of one length, one with a zero',
      normaliseCompany({ name: 'a', phone: '0891234590' }),
      normaliseCompany({ name: 'b', phone: '1891234590' }),
    ],
    [
      'aliases, some with numbers',
      normaliseCompany({ name: 'Acme 4', aliases: ['Acme'] }),
      normaliseCompany({ name: 'Acme Acme 5', aliases: ['Acme Acme'] }),
    ],
  ])('is the same from both sides: %s', (_case, left, right) => {
    const [one, other] = bothWays(left, right);
    expect(one).toEqual(other);
  });

  test('has a score that agrees with its verdict', () => {
    const ranges = { same: [0.9, 1], related: [0.5, 0.89], different: [0, 0.49] } as const;
    fc.assert(
      fc.property(companies, companies, (left, right) => {
        const { verdict, score } = matchCompanies(left, right);
        expect(score).toBeGreaterThanOrEqual(ranges[verdict][0]);
        expect(score).toBeLessThanOrEqual(ranges[verdict][1]);
      }),
      { numRuns: 1000 },
    );
  });

  test('of a company with itself is the same customer', () => {
    fc.assert(fc.property(companies, (one) => matchCompanies(one, one).verdict === 'same'));
  });

  test('shows the compared values and the bits of each field, which add up', () => {
    const found = match(['Acme GmbH', 'acme.com', 'DE'], ['Acme', 'acme.com', 'US']);
    expect(found.evidence.map(({ field, left, right, level }) => ({ field, left, right, level }))).toEqual([
      { field: 'domain', left: 'acme.com', right: 'acme.com', level: 'exact' },
      { field: 'name', left: 'acme', right: 'acme', level: 'exact' },
      { field: 'words', left: 'acme', right: 'acme', level: 'strong' },
      { field: 'country', left: 'DE', right: 'US', level: 'different' },
    ]);
    expect(found.evidence.reduce((sum, { bits }) => sum + bits, defaultModel.priorBits)).toBeCloseTo(
      found.bits,
      9,
    );
    expect(found).toMatchObject({ verdict: 'same', grade: 'ZAZABZZZZF', modelVersion, normaliserVersion });
  });
});
