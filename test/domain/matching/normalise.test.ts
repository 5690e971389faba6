import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldWords } from '#src/domain/matching/names/fold.ts';
import { legalForms } from '#src/domain/matching/names/legal-forms.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';

const core = (name: string): string => normaliseCompany({ name, domain: null, country: null }).core;
const domainOf = (domain: string | null, email: string | null = null): string | null =>
  normaliseCompany({ name: 'Acme', domain, country: null, email }).domain;
const countryOf = (country: string): string | null =>
  normaliseCompany({ name: 'Acme', domain: null, country }).country;

describe('legal forms', () => {
  test.each([
    [
      'English',
      'Acme Ltd.',
      'Acme Limited',
      'ACME PLC',
      'Acme, Inc.',
      'Acme Corporation',
      'Acme L.L.C.',
      'Acme LLP',
      'Acme & Co.',
      'The Acme Company',
    ],
    [
      'Asian English',
      'Acme Pte. Ltd.',
      'Acme Pty Ltd',
      'Acme Pvt. Ltd.',
      'Acme (P) Ltd',
      'Acme Sdn. Bhd.',
      'Acme Co., Ltd.',
      'Acme Berhad',
    ],
    [
      'German',
      'Acme GmbH',
      'Acme G.m.b.H.',
      'Acme GmbH & Co. KG',
      'Acme AG',
      'Acme SE & Co. KGaA',
      'Acme UG (haftungsbeschränkt)',
      'Acme e.K.',
      'Acme OHG',
    ],
    [
      'French',
      'Acme S.A.',
      'Acme SARL',
      'Acme S.à r.l.',
      'Acme SASU',
      'Acme EURL',
      'Acme & Cie',
      'SARL Acme',
    ],
    ['Dutch and Belgian', 'Acme B.V.', 'Acme NV', 'Acme V.O.F.', 'Acme BVBA', 'Acme SPRL', 'Acme SA/NV'],
    ['Italian', 'Acme S.p.A.', 'ACME SPA', 'Acme S.r.l.', 'Acme Srls', 'Acme S.n.c.'],
    [
      'Spanish and Portuguese',
      'Acme S.L.',
      'Acme S.A.U.',
      'Acme Lda.',
      'Acme Ltda',
      'Acme S.A. de C.V.',
      'Acme S. de R.L. de C.V.',
      'Acme SGPS, S.A.',
    ],
    [
      'Nordic',
      'Acme AB (publ)',
      'Acme A/S',
      'Acme ASA',
      'Acme ApS',
      'Acme Oy',
      'Oy Acme Ab',
      'Acme Oyj',
      'Acme ehf.',
    ],
    [
      'Central European',
      'Acme s.r.o.',
      'Acme, spol. s r.o.',
      'Acme a.s.',
      'Acme Sp. z o.o.',
      'Acme Sp. z o.o. Sp. k.',
      'Acme Kft.',
      'Acme Zrt.',
      'Acme d.o.o.',
    ],
    ['Baltic', 'UAB Acme', 'Acme UAB', 'Acme SIA', 'Acme OÜ', 'Acme AS'],
    ['Turkish', 'Acme A.Ş.', 'Acme Ltd. Şti.', 'Acme Sanayi ve Ticaret A.Ş.'],
    ['Gulf', 'Acme W.L.L.', 'Acme FZE', 'Acme FZ-LLC', 'Acme PJSC'],
    ['Indonesian and Vietnamese', 'PT Acme', 'PT. Acme Tbk', 'Công ty TNHH Acme', 'Công ty Cổ phần Acme'],
    ['Japanese', '株式会社Acme', 'Acme株式会社', '(株)Acme', '㈱Acme', 'Acme K.K.', 'Acme Kabushiki Kaisha'],
    [
      'Chinese and Korean',
      'Acme有限公司',
      'Acme股份有限公司',
      'Acme有限责任公司',
      '주식회사 Acme',
      '(주)Acme',
    ],
    [
      'Cyrillic and Greek',
      'ООО «Acme»',
      'Acme ЗАО',
      'ТОВ Acme',
      'Acme ЕООД',
      'OOO Acme',
      'Acme Α.Ε.',
      'Acme Ε.Π.Ε.',
    ],
    ['Hebrew, Arabic and Thai', 'Acme בע"מ', 'Acme ش.م.م', 'บริษัท Acme จำกัด', 'บริษัท Acme จำกัด (มหาชน)'],
    [
      'long English',
      'Acme Limited by Guarantee',
      'Acme Open JSC',
      'Acme Free Zone LLC',
      'Acme Cyf',
      'Acme Incorp.',
    ],
    [
      'long German',
      'Acme Ges. mit beschr. Haftung',
      'Acme Aktien-Gesellschaft',
      'Acme e.Kfm.',
      'Acme EWIV',
      'Acme Gesellschaft mbH & Co. KG',
    ],
    [
      'Romance, rarer',
      'Acme SICAV',
      'Acme S.A.D.',
      'Acme S. en C.',
      'Acme C. por A.',
      'Acme Societate pe acțiuni',
      'Acme S.A.C.V.',
    ],
    ['Nordic, rarer', 'Acme Tmi', 'Acme Hlutafélag', 'Acme Partnerselskab', 'Acme Publikt Aktiebolag'],
    [
      'Central European, rarer',
      'Acme o.p.s.',
      'Acme k.s.',
      'Acme Sp. z ogr. odp.',
      'Acme Kht.',
      'Acme j.t.d.',
      'Acme Shoqëri Aksionere',
    ],
    [
      'Turkish and Azeri, rarer',
      'Acme Anonim Ortaklığı',
      'Acme Koll. Şti.',
      'Acme MMC',
      'Acme Açıq Səhmdar Cəmiyyəti',
    ],
    ['Vietnamese, rarer', 'DNTN Acme', 'Tổng công ty Acme', 'Hợp tác xã Acme'],
    [
      'East Asian, rarer',
      'Acme相互会社',
      '学校法人Acme',
      'Acme合伙企业',
      '재단법인 Acme',
      '(사)Acme',
      'บมจ. Acme',
    ],
    [
      'Cyrillic and Georgian, rarer',
      'ОДО Acme',
      'Acme ЕТ',
      'ФОП Acme',
      'Acme ХХК',
      'სააქციო საზოგადოება Acme',
    ],
    ['Arabic and Indian', 'Acme المحدودة', 'شركة مساهمة Acme', 'Acme प्राइवेट लिमिटेड', 'Acme লিমিটেড'],
  ])('%s forms are removed from the name', (_family, ...names) => {
    expect(names.map((name) => [name, core(name)])).toEqual(names.map((name) => [name, 'acme']));
  });

  test('several forms in a row are all removed, and the outermost is the legal form', () => {
    expect(normaliseCompany({ name: 'Acme Co., Ltd. PLC', domain: null, country: null })).toMatchObject({
      core: 'acme',
      legalForm: 'plc',
    });
  });

  test('the last word stays, even if it is a legal form', () => {
    expect(['Limited Ltd', 'AG', 'The Company', 'UG GmbH', '有限公司'].map(core)).toEqual([
      'limited',
      'ag',
      'company',
      'ug',
      'youxiangongsi',
    ]);
  });

  test('a word before the name that only looks like a form stays', () => {
    expect(['AO Smith', 'SA Power Networks', 'AB Dynamics'].map(core)).toEqual([
      'ao smith',
      'sa power networks',
      'ab dynamics',
    ]);
  });

  test('no spelling belongs to two forms', () => {
    const owners = new Map<string, string>();
    for (const [label, spellings] of Object.entries(legalForms)) {
      for (const spelling of spellings.split('|').map((text) => foldWords(text).join(' '))) {
        expect([spelling, owners.get(spelling) ?? label]).toEqual([spelling, label]);
        owners.set(spelling, label);
      }
    }
  });
});

describe('names', () => {
  test.each([
    ['Telefónica', 'telefonica'],
    ['ＡＣＭＥ　Tools', 'acme tools'],
    ['Johnson & Johnson', 'johnson and johnson'],
    ['J.P. Morgan', 'jp morgan'],
    ['J P Morgan', 'jp morgan'],
    ["McDonald's", 'mcdonalds'],
    ['McDonald’s', 'mcdonalds'],
    ['Plan B S.A.', 'plan b'],
    ['Газпром', 'gazprom'],
    ['Acme (UK) Ltd', 'acme'],
    ['Acme Fund (III) LP', 'acme fund iii'],
    ['Acme Inc. d/b/a Road Runner Traps', 'acme'],
    ['Acme, formerly known as Coyote Tools', 'acme'],
    ['Acme Technologies Intl.', 'acme technologies intl'],
    ['3M Company', '3m'],
    ['(Acme)', 'acme'],
  ])('%s is compared as "%s"', (name, expected) => {
    expect(core(name)).toBe(expected);
  });

  test('a name without letters and digits has no tokens but still a core', () => {
    expect(normaliseCompany({ name: ' ★★ ', domain: null, country: null })).toMatchObject({
      core: '★★',
      tokens: [],
    });
    expect(core('')).toBe('-');
  });

  test('the core is never empty, consists of the tokens, and normalising it again only removes forms that became last', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (name) => {
        const normal = normaliseCompany({ name, domain: null, country: null });
        expect(normal.core).not.toBe('');
        if (normal.tokens.length > 0) expect(normal.core).toBe(normal.tokens.join(' '));
        expect(normal.tokens.every((token) => /^[a-z0-9]+$/.test(token))).toBe(true);
      }),
    );
  });
});

describe('domains', () => {
  test.each([
    ['acme.com', 'acme.com'],
    ['https://www.Acme.co.uk/about?x=1', 'acme.co.uk'],
    ['shop.acme.com.au', 'acme.com.au'],
    ['acme.uk.com', 'acme.uk.com'],
    ['northwind.example', 'northwind.example'],
    ['facebook.com/acme', null],
    ['https://www.linkedin.com/company/acme', null],
    ['acme.github.io', 'acme.github.io'],
    ['acme.wixsite.com/home', 'acme.wixsite.com'],
    ['gmail.com', null],
    ['not a domain', null],
    ['10.0.0.1', null],
    ['', null],
  ])('%s is registered as %s', (written, registered) => {
    expect(domainOf(written)).toBe(registered);
  });

  test('a contact’s e-mail address gives the domain if there is no website, unless it is free mail', () => {
    expect(domainOf(null, 'ann@mail.acme.com')).toBe('acme.com');
    expect(domainOf('facebook.com/acme', 'ann@acme.com')).toBe('acme.com');
    expect(domainOf('acme.de', 'ann@acme.com')).toBe('acme.de');
    expect([
      domainOf(null, 'ann@gmail.com'),
      domainOf(null, 'ann@web.de'),
      domainOf(null, 'ann'),
      domainOf(null, '@acme.com'),
    ]).toEqual([null, null, null, null]);
  });
});

test.each([
  ['de', 'DE'],
  ['UK', 'GB'],
  ['Germany', 'DE'],
  ['Deutschland', 'DE'],
  ['United States', 'US'],
  ['USA', 'US'],
  ['Türkiye', 'TR'],
  ['Czech Republic', 'CZ'],
  ['Atlantis', null],
  ['', null],
])('country "%s" is %s', (written, code) => {
  expect(countryOf(written)).toBe(code);
});
