import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompanyInput } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { companyKeys } from '#src/domain/matching/keys.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';

type Written = string | CompanyInput;
const input = (written: Written): CompanyInput => (typeof written === 'string' ? { name: written } : written);
const verdict = (left: Written, right: Written): string => {
  const [a, b] = [normaliseCompany(input(left)), normaliseCompany(input(right))];
  expect(matchCompanies(b, a).bits).toBe(matchCompanies(a, b).bits);
  return matchCompanies(a, b).verdict;
};
const core = (name: string): string => normaliseCompany({ name }).core;
const allKeys = (name: string): readonly string[] => {
  const { strong, weak, words } = searchKeys(normaliseCompany({ name }));
  return [...strong, ...weak, ...words.flatMap(slipsOf).map((slip) => `slip:${slip}`)];
};

describe('one company, written in two ways, raises an alert and shares a key', () => {
  test.each<[kind: string, left: string, right: string]>([
    ['a wrong letter beside a common word', 'tayota motor', 'Toyota Motor Corporation'],
    ['wrong letters in two words', 'jpmorgon chace', 'JPMorgan Chase & Co.'],
    ['a wrong first letter beside a rare word', 'Torphy Xorkery', 'Torphy Corkery'],
    ['a stray mark in a word', 'Ho[use of Fraser', 'House of Fraser'],
    ['a doubled letter', 'Quallcomm', 'Qualcomm Inc'],
    ['a lost letter', 'Bridgstone', 'Bridgestone Corporation'],
    ['a filler joined to the next word', 'Whirlpool ofIndia', 'Whirlpool of India'],
    ['a legal form before the name', 'SIA Rimi Latvia', 'Rimi Latvia SIA'],
    ['two names of a legal form before the name', 'Aktiebolaget Volvo', 'AB Volvo'],
    ['AS before the name', 'AS Tallink Grupp', 'Tallink Grupp'],
    ['SA before the name', 'SA Michelin', 'Michelin'],
    ['SPRL before the name', 'SPRL Delhaize', 'Delhaize'],
    ['a Romanian form on both ends', 'S.C. Dacia S.A.', 'Dacia'],
    ['Stichting', 'Stichting Deltares', 'Deltares'],
    ['Firma', 'Firma Huber', 'Huber'],
    ['Ets', 'Ets Dupont', 'Dupont SA'],
    ['a status behind a German form', 'Müller GmbH i.L.', 'Müller GmbH'],
    ['a status in brackets', 'Carillion plc (in administration)', 'Carillion'],
    ['a Polish status', 'Budimex S.A. w upadłości', 'Budimex'],
    ['an Italian status', 'Rossi S.r.l. a socio unico', 'Rossi Srl'],
    ['a place behind the form', 'Delhaize Serbia d.o.o. Beograd', 'Delhaize Serbia'],
    ['ä and ae', 'Löwenbräu AG', 'Loewenbraeu AG'],
    ['ø and oe', 'Søborg Møbler', 'Soeborg Moebler'],
    ['å and aa', 'Århus Kommune', 'Aarhus Kommune'],
    ['ß and ss', 'Groß & Söhne', 'Gross & Soehne'],
    ['Japanese', 'トヨタ自動車株式会社', 'Toyota Motor Corporation'],
    ['Japanese with a long vowel', 'ソニーグループ株式会社', 'Sony Group Corporation'],
    ['Japanese with a double consonant', 'パナソニック ホールディングス', 'Panasonic Holdings'],
    ['Korean', '삼성전자', 'Samsung Electronics'],
    ['Korean with other vowels', '현대자동차', 'Hyundai Motor Company'],
    ['Chinese', '华为技术有限公司', 'Huawei Technologies Co. Ltd.'],
    ['Russian', 'ООО «Яндекс»', 'Yandex LLC'],
    ['Greek', 'Τράπεζα Πειραιώς', 'Piraeus Bank'],
    ['simplified and traditional Chinese', '阿里巴巴集团控股有限公司', '阿里巴巴集團控股有限公司'],
    ['a number as a word', '7-Eleven, Inc.', 'Seven Eleven'],
    ['an ordinal as a word', 'Twentieth Century Fox', '20th Century Fox'],
    ['a Roman number', 'Blackstone Fund III', 'Blackstone Fund 3'],
    ['a number with a hyphen', '1800 Flowers', '1-800-FLOWERS.COM, Inc.'],
    ['abbreviations', 'Mt. Sinai Hosp. Ctr', 'Mount Sinai Hospital Center'],
    ['more abbreviations', 'Precision Mfg & Eng Srvces', 'Precision Manufacturing and Engineering Services'],
    ['a German abbreviation', 'TU München', 'Technische Universität München'],
    ['a translation', 'Stadt Wien', 'City of Vienna'],
    ['a translation with a compound', 'Zürcher Kantonalbank', 'Cantonal Bank of Zurich'],
    ['HTML entities and tags', '<b>Procter</b> &amp;amp; Gamble&reg;', 'Procter & Gamble'],
    ['a Cyrillic letter in a Latin word', '\u0410pple Computers', 'Apple Computers'],
    ['a remark', 'DUPLICATE: Continental AG (inactive)', 'Continental AG'],
    ['a remark without a mark', 'Oracle Corporation - DO NOT USE', 'Oracle Corporation'],
    ['a website as the name', 'https://www.bosch.com/en', 'Bosch'],
    ['the place behind a slash', 'Daimler Truck AG / Stuttgart', 'Daimler Truck AG'],
    [
      'a department before its university',
      'University of Basel',
      'Department of Biomedicine, University of Basel',
    ],
    ['a country in its language', 'Banco de España', 'Bank of Spain'],
    ['a Dutch city', 'Gemeente Amsterdam', 'Municipality of Amsterdam'],
    ['OÜ before the name', 'OÜ Cleveron', 'Cleveron'],
    ['a university and its school', 'Stanford University', 'Stanford University School of Medicine'],
  ])('%s: %s · %s', (_kind, left, right) => {
    expect(verdict(left, right)).not.toBe('different');
    const keys = new Set(allKeys(left));
    expect(allKeys(right).some((key) => keys.has(key))).toBe(true);
  });
});

test('a word that is split and misspelled raises an alert', () => {
  expect(verdict('Astra Zenecca', 'AstraZeneca')).toBe('related');
});

describe('two companies with similar names raise no alert', () => {
  test.each<[kind: string, left: string, right: string]>([
    ['another place after “of”', 'University of Miami', 'Miami University'],
    ['a state university and another', 'University of Michigan', 'Michigan State University'],
    ['a word before the whole name', 'Technische Universität Wien', 'Universität Wien'],
    ['a university and a college', 'Boston University', 'Boston College'],
    ['city and state', 'State of New York', 'City of New York'],
    ['city and county', 'City of Portland', 'County of Portland'],
    ['Stadt and Landkreis', 'Landkreis München', 'Landeshauptstadt München'],
    ['ministries of two countries', 'Ministry of Defence UK', 'Ministry of Defence India'],
    ['different ordinals', 'First National Bank', 'Second National Bank'],
    ['different Roman numbers', 'Carlyle Partners VII', 'Carlyle Partners VIII'],
    ['different words for numbers', 'Studio Seven', 'Studio Nine'],
    ['two dealers of one brand', 'Toyota of Orlando', 'Toyota of Dallas'],
    ['a wrong first letter of a short word', 'Konami Holdings', 'Tonami Holdings'],
    ['a legal form that is a name', 'SA Power Networks', 'SA Water'],
    ['two forms before one word', 'AB Dynamics', 'AS Dynamics'],
    ['two errors in a short word', 'Hilti AG', 'Hilton Worldwide'],
    ['the same second word', 'Acuity Brands', 'Acuity Insurance'],
    ['Japanese universities', '国立大学法人東京大学', '国立大学法人京都大学'],
    ['Egyptian banks', 'بنك مصر', 'البنك الأهلي المصري'],
    ['nobody', 'Self Employed', 'Self-employed'],
    ['no name', 'N/A', 'n/a'],
    ['a receiver of mail', 'c/o John Smith', 'c/o John Smith'],
    ['initials alone', 'UPS', 'United Parcel Service'],
  ])('%s: %s · %s', (_kind, left, right) => {
    expect(verdict(left, right)).toBe('different');
  });
});

describe('initials', () => {
  test.each<[kind: string, left: CompanyInput, right: CompanyInput, expected: string]>([
    [
      'with the label of the website',
      { name: 'UPS', domain: 'ups.com' },
      { name: 'United Parcel Service' },
      'related',
    ],
    ['with “and” between', { name: 'EY', domain: 'ey.com' }, { name: 'Ernst & Young LLP' }, 'related'],
    [
      'as a number and a letter',
      { name: '3M', domain: '3m.com' },
      { name: 'Minnesota Mining and Manufacturing Company' },
      'related',
    ],
    [
      'with the legal form',
      { name: 'TSMC', domain: 'tsmc.com' },
      { name: 'Taiwan Semiconductor Manufacturing Company' },
      'related',
    ],
    ['with “of”', { name: 'DoD', domain: 'dod.mil' }, { name: 'Department of Defense' }, 'related'],
    [
      'in another country',
      { name: 'UPS', domain: 'ups.com', country: 'US' },
      { name: 'United Parcel Service', country: 'FR' },
      'different',
    ],
    [
      'with another website',
      { name: 'CIA', domain: 'cia.gov' },
      { name: 'Culinary Institute of America', domain: 'ciachef.edu' },
      'different',
    ],
    [
      'of three letters with the legal form',
      { name: 'BBC', domain: 'bbc.co.uk' },
      { name: 'Brown, Boveri & Cie' },
      'different',
    ],
  ])('%s: %j · %j', (_kind, left, right, expected) => {
    expect(verdict(left, right)).toBe(expected);
  });

  test('of two words are a key', () => {
    expect(companyKeys(normaliseCompany({ name: 'Ernst & Young' })).weak).toContain('acr:ey');
    expect(companyKeys(normaliseCompany({ name: 'EY' })).weak).toContain('acr:ey');
  });
});

test('a short brand is known by its website under another ending', () => {
  expect(verdict({ name: 'SAP', domain: 'sap.com' }, { name: 'SAP Deutschland', domain: 'sap.de' })).toBe(
    'related',
  );
  expect(verdict({ name: 'Foo', domain: 'go.com' }, { name: 'Bar', domain: 'go.de' })).toBe('different');
});

describe('what is no word of the name', () => {
  test.each<[string, string]>([
    ['🚀 SpaceX ™', 'spacex'],
    ['Intel® (R) Corporation', 'intel'],
    ['Caf&eacute; du Monde', 'cafe du monde'],
    ['Sie\u200Bmens\u00AD AG', 'siemens'],
    ['Acme <info@acme.com>', 'acme'],
    ['ZZZ - Bosch GmbH (inactive)', 'bosch'],
    ['Henkel AG c/o Facility Services', 'henkel'],
    ['New-York Life', 'new york life'],
    ['VIP, Inc.', 'vip'],
    ['Closed Loop Partners', 'closed loop partners'],
  ])('%s is read as %s', (name, expected) => {
    expect(core(name)).toBe(expected);
  });
});

/**
 * A text of 65,536 characters takes no more steps than its first 500, because the rest is not read. Within
 * them no expression backtracks, so the longest kinds of noise end as quickly as a name.
 */
test('a name of any length is read like its first 500 characters', () => {
  const noise = fc.constantFrom(
    '(',
    ')',
    ' ',
    '[',
    '<',
    '&',
    '&amp;',
    '-',
    '/',
    '.',
    'a',
    'ａ',
    '株',
    '(r)',
    '\u200B',
    '1',
    'c/o ',
    '@',
    ', ',
  );
  fc.assert(
    fc.property(fc.array(noise, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.join('').repeat(65_536).slice(0, 65_536);
      expect(normaliseCompany({ name: text })).toEqual(normaliseCompany({ name: text.slice(0, 500) }));
    }),
    { numRuns: 40 },
  );
});
