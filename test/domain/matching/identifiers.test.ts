import { describe, expect, test } from 'vitest';
import { companyDomain, mailDomain, sharedHosts } from '#src/domain/matching/fields/domain.ts';
import { phoneNumber } from '#src/domain/matching/fields/phone.ts';
import { registryIds, vatNames } from '#src/domain/matching/fields/registry-id.ts';

/** A country → a valid number as its companies write it, and its normalised form. */
const numbers: Readonly<Record<string, readonly [written: string, normalised: string]>> = {
  AT: ['ATU 13585627', 'ATU13585627'],
  BE: ['BE 0428.759.497', 'BE0428759497'],
  BG: ['BG 175 074 752', 'BG175074752'],
  CY: ['CY-10259033P', 'CY10259033P'],
  CZ: ['CZ 25123891', 'CZ25123891'],
  DE: ['DE 136.695.976', 'DE136695976'],
  DK: ['DK 13 58 56 28', 'DK13585628'],
  EE: ['EE 100 931 558', 'EE100931558'],
  ES: ['ES B-58378431', 'ESB58378431'],
  FI: ['FI 20774740', 'FI20774740'],
  FR: ['FR 40 303 265 045', 'FR40303265045'],
  GB: ['GB 980 7806 84', 'GB980780684'],
  GR: ['EL 094259216', 'GR094259216'],
  HR: ['HR 33392005961', 'HR33392005961'],
  HU: ['HU-12892312', 'HU12892312'],
  IE: ['IE 6433435F', 'IE6433435F'],
  IT: ['IT 00743110157', 'IT00743110157'],
  LT: ['LT 119511515', 'LT119511515'],
  LU: ['LU 150 274 42', 'LU15027442'],
  LV: ['LV 4000 3521 600', 'LV40003521600'],
  MT: ['MT 1167-9112', 'MT11679112'],
  NL: ['NL 0044.95.445.B01', 'NL004495445B01'],
  PL: ['PL 856-734-62-15', 'PL8567346215'],
  PT: ['PT 501 964 843', 'PT501964843'],
  RO: ['RO 185 472 90', 'RO18547290'],
  SE: ['SE 123456789701', 'SE123456789701'],
  SI: ['SI 5022 3054', 'SI50223054'],
  SK: ['SK 202 274 96 19', 'SK2022749619'],
  CH: ['CHE-107.787.577 IVA', 'CHE107787577'],
  NO: ['NO 995 525 828 MVA', 'NO995525828'],
  AU: ['83 914 571 673', 'AU83914571673'],
  BR: ['16.727.230/0001-97', 'BR16727230000197'],
  IN: ['27AAPFU0939F1ZV', 'IN27AAPFU0939F1ZV'],
  MX: ['GODE 561231 GR8', 'MXGODE561231GR8'],
  US: ['91-1144442', 'US911144442'],
  CA: ['12302 6635 RC 0001', 'CA123026635'],
};
/** Countries whose numbers have no check digits. */
const unchecked = new Set(['US']);

const vatOf = (vat: string, country: string | null): string | undefined => registryIds({ vat }, country).vat;

describe('tax numbers', () => {
  test('each country of the table has an example here', () => {
    expect(Object.keys(numbers).toSorted()).toEqual(Object.keys(vatNames).toSorted());
  });

  test.each(Object.entries(numbers))(
    'of %s: “%s” is normalised, also without spaces and without its prefix',
    (country, [written, normalised]) => {
      const plain = written.replaceAll(/[^A-Z0-9]/g, '');
      const bare = plain.replace(/^(?:EL|[A-Z]{2}(?=U?\d|B\d))/, '');
      expect([vatOf(written, country), vatOf(plain, country), vatOf(bare, country)]).toEqual([
        normalised,
        normalised,
        normalised,
      ]);
    },
  );

  test.each(Object.entries(numbers).filter(([country]) => !unchecked.has(country)))(
    'of %s: “%s” with a wrong digit is left out',
    (country, [written]) => {
      const at = written.search(/\d/) + 3;
      const digit = written.slice(at).search(/\d/) + at;
      const slip = `${written.slice(0, digit)}${(Number(written[digit]) + 1) % 10}${written.slice(digit + 1)}`;
      expect(vatOf(slip, country)).toBeUndefined();
    },
  );

  test('one company has one number for any language of the tax and any tax account', () => {
    const swiss = ['CHE-107.787.577', 'CHE-107.787.577 MWST', 'CHE-107.787.577 TVA', 'CHE-107.787.577 IVA'];
    expect(new Set(swiss.map((vat) => vatOf(vat, 'CH')))).toEqual(new Set(['CHE107787577']));
    expect(['995525828', 'NO995525828', '995 525 828 MVA'].map((vat) => vatOf(vat, 'NO'))).toEqual(
      Array.from({ length: 3 }, () => 'NO995525828'),
    );
    expect(['123026635', '123026635RC0001', '123026635RT0002'].map((vat) => vatOf(vat, 'CA'))).toEqual(
      Array.from({ length: 3 }, () => 'CA123026635'),
    );
  });

  test('a number that begins like a prefix is first read by the company’s country; otherwise its prefix wins over the country', () => {
    expect(vatOf('MES850101AB1', 'MX')).toBe('MXMES850101AB1');
    expect(vatOf('DE136695976', 'FR')).toBe('DE136695976');
    expect(vatOf('XI980780684', null)).toBe('GB980780684');
  });

  test('a number of a country without a validator is kept unchanged; without a country or with too few digits it is left out', () => {
    expect([vatOf('JP1234567890123', null), vatOf('1234567890123', 'JP')]).toEqual([
      'JP1234567890123',
      'JP1234567890123',
    ]);
    expect([vatOf('136695976', null), vatOf('DE1234', 'DE'), vatOf('n/a', 'DE')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('hosts that many companies share', () => {
  test.each([...sharedHosts])(
    '%s does not identify a company, neither as host nor as parent domain',
    (host) => {
      expect(
        [`https://${host}/contoso`, `https://contoso.${host}/`, `ann@${host}`].map((address, at) =>
          at < 2 ? companyDomain(address) : mailDomain(address),
        ),
      ).toEqual([null, null, null]);
    },
  );

  test.each([
    'gmail.com',
    'outlook.com',
    'yahoo.co.uk',
    'web.de',
    'gmx.net',
    'qq.com',
    'mail.ru',
    'icloud.com',
  ])('an e-mail address at %s does not identify a company, and a website there does not either', (host) => {
    expect([mailDomain(`ann@${host}`), companyDomain(host)]).toEqual([null, null]);
  });
});

describe('phone numbers', () => {
  test.each<[rule: string, written: string, country: string | null, number: string | null]>([
    ['an international number needs no country', '+44 20 7946 0958', null, '+442079460958'],
    ['00 means +', '0044 20 7946 0958', null, '+442079460958'],
    ['a national number belongs to the company’s country', '020 7946 0958', 'GB', '+442079460958'],
    ['the prefix wins over the country', '+49 89 63600', 'FR', '+498963600'],
    ['a trunk prefix in brackets is removed', '+44 (0)20 7946 0958', null, '+442079460958'],
    ['an extension after ext. is removed', '(312) 386-5286 ext. 12', 'US', '+13123865286'],
    ['an extension after x is removed', '312-386-5286 x12', 'US', '+13123865286'],
    ['an extension after # is removed', '312-386-5286 #12', 'US', '+13123865286'],
    ['without any country the digits remain', '386-5286', null, '3865286'],
    ['six digits are an extension', '386528', null, null],
    ['one repeated digit is a placeholder', '0000000000', 'US', null],
    ['two alternating digits are a placeholder', '12121212', 'US', null],
    ['a text without digits is no number', 'call us', 'US', null],
  ])('%s', (_rule, written, country, number) => {
    expect(phoneNumber(written, country)).toBe(number);
  });
});

describe('other registry ids', () => {
  test.each<[rule: string, ids: { lei?: string; duns?: string }, expected: object]>([
    ['an LEI in any case and grouping', { lei: '5493-001k jtiigc8y1r12' }, { lei: '5493001KJTIIGC8Y1R12' }],
    ['an LEI with wrong check digits is left out', { lei: '5493001KJTIIGC8Y1R21' }, {}],
    ['an LEI of another length is left out', { lei: '5493001KJTIIGC8Y1R1' }, {}],
    ['a D-U-N-S number in any grouping', { duns: '15-048-3782' }, { duns: '150483782' }],
    ['a D-U-N-S number of another length is left out', { duns: '1504837821' }, {}],
  ])('%s', (_rule, ids, expected) => {
    expect(registryIds(ids, null)).toEqual(expected);
  });
});
