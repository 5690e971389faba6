import { describe, expect, test } from 'vitest';
import { cityOf, postcodeOf, streetAddress } from '#src/domain/matching/fields/address.ts';
import { companyDomain, mailDomain } from '#src/domain/matching/fields/domain.ts';
import { platformHosts, sharedHosts, tenantHosts } from '#src/domain/matching/fields/shared-hosts.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
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
  AR: ['30-50001091-2', 'AR30500010912'],
  BY: ['100582333', 'BY100582333'],
  CL: ['97.004.000-5', 'CL970040005'],
  CN: ['91110000802100433B', 'CN91110000802100433B'],
  CO: ['890.903.938-8', 'CO8909039388'],
  CR: ['4-000-042139', 'CR4000042139'],
  DO: ['101-00157-7', 'DO101001577'],
  EC: ['1790016919001', 'EC1790016919001'],
  GT: ['576937-K', 'GT576937K'],
  IL: ['516179157', 'IL516179157'],
  JP: ['7000012050002', 'JP7000012050002'],
  KR: ['124-81-00998', 'KR1248100998'],
  MK: ['MK 4030000375897', 'MK4030000375897'],
  NZ: ['49-091-850', 'NZ49091850'],
  PE: ['20100130204', 'PE20100130204'],
  PY: ['80028061-0', 'PY800280610'],
  RS: ['RS 101134702', 'RS101134702'],
  RU: ['7707083893', 'RU7707083893'],
  SG: ['196800306E', 'SG196800306E'],
  TR: ['4540536920', 'TR4540536920'],
  TW: ['00501503', 'TW00501503'],
  UA: ['32855961', 'UA32855961'],
  UY: ['211003420017', 'UY211003420017'],
  VE: ['V-11470283-4', 'VEV114702834'],
  VN: ['0100233488', 'VN0100233488'],
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
    expect([vatOf('PH004567892000', null), vatOf('004567892000', 'PH')]).toEqual([
      'PH004567892000',
      'PH004567892000',
    ]);
    expect([vatOf('136695976', null), vatOf('DE1234', 'DE'), vatOf('n/a', 'DE')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('hosts that many companies share', () => {
  test.each([...sharedHosts].filter((host) => !tenantHosts.has(host)))(
    '%s does not identify a company, neither as host nor as parent domain',
    (host) => {
      expect(
        [`https://${host}/contoso`, `https://contoso.${host}/`, `ann@${host}`].map((address, at) =>
          at < 2 ? companyDomain(address) : mailDomain(address),
        ),
      ).toEqual([null, null, null]);
    },
  );

  test.each([...platformHosts])(
    '%s identifies its company as bare website and mail domain, not with a path',
    (host) => {
      expect([
        companyDomain(`https://www.${host}/`),
        mailDomain(`ann@${host}`),
        companyDomain(`${host}/contoso`),
      ]).toEqual([host, host, null]);
    },
  );

  test.each([...tenantHosts])('a name in front of %s is one company, and the host itself is none', (host) => {
    expect(
      ['https://contoso.HOST/about', 'www.contoso.HOST', 'shop.contoso.HOST', 'HOST', 'www.HOST/contoso'].map(
        (address) => companyDomain(address.replace('HOST', host)),
      ),
    ).toEqual([`contoso.${host}`, `contoso.${host}`, `contoso.${host}`, null, null]);
  });

  test.each([
    ['acme.blogspot.com.br', 'acme.blogspot.com.br'],
    ['acme.github.io', 'acme.github.io'],
    ['acme.framer.website', 'acme.framer.website'],
    ['acme.my.salesforce.com', 'acme.my.salesforce.com'],
    ['acme.lightning.force.com', 'acme.lightning.force.com'],
    ['dot.ca.gov', 'dot.ca.gov'],
    ['registration.dmv.ca.gov', 'dmv.ca.gov'],
    ['ca.gov', 'ca.gov'],
    ['www.bfs.admin.ch', 'bfs.admin.ch'],
    ['nhs.net', 'nhs.net'],
    ['us.pg.com', 'pg.com'],
    ['physics.ox.ac.uk', 'ox.ac.uk'],
    ['sites.google.com/view/acme', null],
  ])('%s is the address of %s', (address, domain) => {
    expect(companyDomain(address)).toBe(domain);
  });

  test.each([
    'gmail.com',
    'outlook.com',
    'yahoo.co.uk',
    'web.de',
    'gmx.net',
    'qq.com',
    'mail.ru',
    'icloud.com',
    'gmx.ch',
    'fastmail.com',
    'aon.at',
    'ziggo.nl',
    'bluewin.ch',
    'proton.me',
  ])('an e-mail address at %s does not identify a company, and a website there does not either', (host) => {
    expect([mailDomain(`ann@${host}`), companyDomain(host), companyDomain(`ann@${host}`)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test.each([
    ['Proton AG', 'https://proton.me/', 'proton.me'],
    ['Ziggo B.V.', 'www.ziggo.nl', 'ziggo.nl'],
    ['1&1 Mail', 'gmx.net', null],
    ['Meta Platforms (formerly Facebook)', 'facebook.com', 'facebook.com'],
    ['Facebook Fans Berlin', 'facebook.com/fansberlin', null],
    ['Dropbox, Inc.', 'dropbox.com', 'dropbox.com'],
    ['GMX GmbH', 'ann@gmx.net', null],
  ])(
    '%s with the website %s is at %s: a host identifies the company that has its name',
    (name, domain, expected) => {
      expect(normaliseCompany({ name, domain }).domain).toBe(expected);
    },
  );

  test('an e-mail address at a mailbox provider never identifies a company, not even the provider', () => {
    expect(normaliseCompany({ name: 'Proton AG', email: 'ann@proton.me' }).domain).toBeNull();
  });
});

describe('filler', () => {
  test.each([
    '000000000',
    '999999999',
    '123456789',
    '987654321',
    '012345678',
    '111111112',
    '121212121',
    '123123123',
  ])('%s is missing as D-U-N-S number, as tax number and as phone number', (digits) => {
    expect(registryIds({ duns: digits, vat: digits }, 'PH')).toEqual({});
    expect(registryIds({ vat: `DE${digits}` }, null)).toEqual({});
    expect(registryIds({ vat: digits }, 'US')).toEqual({});
    expect([phoneNumber(digits, 'DE'), phoneNumber(`+49 ${digits}`, null)]).toEqual([null, null]);
  });

  test('a number with a few digits in order is a number', () => {
    expect(registryIds({ duns: '312345906' }, null)).toEqual({ duns: '312345906' });
    expect(phoneNumber('+49 89 1234590', null)).toBe('+49891234590');
  });

  test.each([
    'example.com',
    'www.none.com',
    'http://test.com/',
    'yourcompany.com',
    'n/a',
    'none',
    'tbd',
    '-',
  ])('the website %s is missing', (written) => {
    expect([companyDomain(written), mailDomain(`ann@${written}`)]).toEqual([null, null]);
  });

  test.each(['n/a', 'N.A.', 'unknown', 'TBD', '-', '???', 'xxx', 'Unbekannt', 'inconnu', 'keine Angabe'])(
    'the address and the town %s are missing',
    (written) => {
      expect([streetAddress(written), cityOf(written)]).toEqual([{}, null]);
    },
  );

  test.each(['00000', '99999', '12345', '12345-6789', '0000'])('the postcode %s is missing', (written) => {
    expect(postcodeOf(written, 'US')).toBeNull();
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
