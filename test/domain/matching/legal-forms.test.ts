import { describe, expect, test } from 'vitest';
import {
  leadingForms,
  legalForms,
  spacedNativeForms,
  unspacedNativeForms,
} from '#src/domain/matching/names/legal-forms.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';

/** A legal form → a name as its country writes it. */
const examples: Readonly<Record<string, string>> = {
  ltd: 'Contoso Co., Ltd.',
  plc: 'Contoso P.L.C.',
  inc: 'Contoso, Inc.',
  corp: 'CONTOSO CORP.',
  co: 'Contoso & Cie',
  llc: 'Contoso, L.L.C.',
  pllc: 'Contoso, PLLC',
  llp: 'Contoso LLP',
  lp: 'Contoso, L.P.',
  lllp: 'Contoso LLLP',
  pc: 'Contoso, P.C.',
  na: 'Contoso, N.A.',
  pbc: 'Contoso, PBC',
  ulc: 'Contoso ULC',
  ltee: 'Contoso Ltée',
  pty: 'Contoso Pty. Ltd.',
  npc: 'Contoso NPC',
  pte: 'Contoso Pte. Ltd.',
  pvt: 'Contoso Pvt. Ltd.',
  bhd: 'Contoso Berhad',
  sdn_bhd: 'Contoso Sdn. Bhd.',
  dac: 'Contoso DAC',
  cic: 'Contoso C.I.C.',
  gmbh: 'Contoso G.m.b.H.',
  ggmbh: 'Contoso gGmbH',
  ug: 'Contoso UG (haftungsbeschränkt)',
  ag: 'Contoso AG',
  kg: 'Contoso KG',
  gmbh_co_kg: 'Contoso GmbH & Co. KG',
  kgaa: 'Contoso SE & Co. KGaA',
  ohg: 'Contoso OHG',
  gbr: 'Contoso GbR',
  ek: 'Contoso e.K.',
  ev: 'Contoso e.V.',
  eg: 'Contoso eG',
  partg: 'Contoso PartG mbB',
  vvag: 'Contoso VVaG',
  aor: 'Contoso AöR',
  se: 'Contoso SE',
  sagl: 'Contoso Sagl',
  sa: 'Contoso S.A.',
  sarl: 'Contoso S.à r.l.',
  sas: 'Contoso SASU',
  eurl: 'Contoso EURL',
  snc: 'Contoso S.n.c.',
  sca: 'Contoso S.C.A.',
  sci: 'Contoso SCI',
  scop: 'Contoso SCOP',
  gie: 'Contoso G.I.E.',
  asbl: 'Contoso ASBL',
  sprl: 'Contoso SPRL',
  bvba: 'Contoso BVBA',
  bv: 'Contoso B.V.',
  nv: 'Contoso N.V.',
  vof: 'Contoso V.O.F.',
  cv: 'Contoso C.V.',
  ua: 'Contoso Coöperatie U.A.',
  spa: 'Contoso S.p.A.',
  srl: 'Contoso S.r.l.',
  sas_it: 'Contoso S.a.p.a.',
  scarl: 'Contoso Soc. Coop.',
  sl: 'Contoso, S.L.',
  scoop: 'Contoso S. Coop.',
  lda: 'Contoso Ltda.',
  sgps: 'Contoso, SGPS, S.A.',
  sa_de_cv: 'Contoso, S.A. de C.V.',
  s_de_rl_de_cv: 'Contoso, S. de R.L. de C.V.',
  sac: 'Contoso S.A.C.',
  ab: 'Contoso AB (publ)',
  hb: 'Contoso Handelsbolag',
  as: 'Contoso A/S',
  asa: 'Contoso ASA',
  aps: 'Contoso ApS',
  ks: 'Contoso K/S',
  oy: 'Contoso Oy',
  oyj: 'Contoso Oyj Abp',
  ky: 'Contoso Ky',
  hf: 'Contoso ehf.',
  sro: 'Contoso, spol. s r.o.',
  vos: 'Contoso, v.o.s.',
  sp_zoo: 'Contoso Sp. z o.o.',
  sp_k: 'Contoso Sp. k.',
  sp_akc: 'Contoso Spółka Akcyjna',
  kft: 'Contoso Kft.',
  zrt: 'Contoso Zrt.',
  nyrt: 'Contoso Nyrt.',
  bt: 'Contoso Bt.',
  doo: 'Contoso d.o.o.',
  dd: 'Contoso d.d.',
  ood: 'Contoso EOOD',
  sh_pk: 'Contoso Sh.p.k.',
  uab: 'UAB Contoso',
  sia: 'Contoso SIA',
  ou: 'Contoso OÜ',
  ooo: 'OOO Contoso',
  ao: 'PAO Contoso',
  jsc: 'Contoso PJSC',
  ae: 'Contoso A.E.',
  as_tr: 'Contoso San. ve Tic. A.Ş.',
  ltd_sti: 'Contoso Ltd. Şti.',
  fze: 'Contoso FZ-LLC',
  wll: 'Contoso W.L.L.',
  psc: 'Contoso Q.P.S.C.',
  kk: 'Contoso K.K.',
  gk: 'Contoso Godo Kaisha',
  pt: 'PT. Contoso Tbk',
  tnhh: 'Công ty TNHH Contoso',
  cty_cp: 'Công ty Cổ phần Contoso',
  cong_ty: 'Công ty Contoso',
  jusik: 'Contoso Jusik Hoesa',
  suarl: 'Contoso SUARL',
  ltd_guarantee: 'Contoso Cyf.',
  unlimited: 'Contoso Unlimited Company',
  incorporated: 'Contoso Incorp.',
  jsc_kinds: 'Contoso Open JSC',
  free_zone: 'Contoso Free Zone LLC',
  general_partnership: 'Contoso General Partnership',
  german_long: 'Contoso Ges. mit beschr. Haftung',
  german_persons: 'Contoso eKfm',
  german_public: 'Contoso EWIV',
  sicav: 'Contoso SICAV',
  sem: 'Contoso Entreprise individuelle',
  sad: 'Contoso S.A.D.',
  mexican: 'Contoso S.A.C.V.',
  romanian: 'Contoso Societate pe acțiuni',
  swedish_long: 'Contoso Publikt Aktiebolag',
  finnish_small: 'Contoso Tmi',
  icelandic: 'Contoso Hlutafélag',
  danish_small: 'Contoso Partnerselskab',
  czech_kinds: 'Contoso o.p.s.',
  polish_kinds: 'Contoso Sp. z ogr. odp.',
  hungarian_kinds: 'Contoso Kht.',
  balkan_kinds: 'Contoso k.d.',
  baltic_kinds: 'Contoso Täisühing',
  turkish_kinds: 'Contoso Koll. Şti.',
  caucasian: 'Contoso MMC',
  vietnamese_kinds: 'DNTN Contoso',
  stichting: 'Stichting Contoso',
  ets: 'Ets Contoso',
  firma: 'Firma Contoso',
  german_professions: 'Contoso Wirtschaftsprüfungsgesellschaft',
};

const read = (name: string) => {
  const { core, legalForm, aliases } = normaliseCompany({ name });
  return { core, legalForm, aliases };
};
const contoso = (legalForm: string) => ({ core: 'contoso', legalForm, aliases: undefined });

describe('legal forms', () => {
  test('each legal form has an example here', () => {
    expect(Object.keys(examples).toSorted()).toEqual(Object.keys(legalForms).toSorted());
  });

  test.each(Object.entries(examples))('%s: “%s” is Contoso with this legal form', (label, name) => {
    expect(read(name)).toEqual(contoso(label));
  });

  const spellings = Object.entries(legalForms).flatMap(([label, all]) =>
    all.split('|').map((spelling) => [label, spelling] as const),
  );

  test('each spelling is removed from the end of a name, in any case, and gives its legal form', () => {
    const ends = spellings.flatMap(([label, spelling]) =>
      [`Contoso ${spelling}`, `CONTOSO ${spelling.toUpperCase()}`].map((name) => [label, name] as const),
    );
    expect(ends.map(([, name]) => [name, read(name)])).toEqual(
      ends.map(([label, name]) => [name, contoso(label)]),
    );
  });

  test('each spelling of a leading form is removed from the beginning too; other forms stay there', () => {
    const fronts = spellings
      .filter(([label]) => leadingForms.has(label))
      .map(([label, spelling]) => [label, `${spelling} Contoso`] as const);
    expect(new Set(fronts.map(([label]) => label))).toEqual(leadingForms);
    expect(fronts.map(([, name]) => [name, read(name)])).toEqual(
      fronts.map(([label, name]) => [name, contoso(label)]),
    );
    expect(['AG Contoso', 'SE Contoso', 'AB Contoso'].map((name) => read(name).core)).toEqual([
      'ag contoso',
      'se contoso',
      'ab contoso',
    ]);
  });
});

/** A script → a name in it, and its core. */
const scripts: Readonly<Record<string, readonly [name: string, core: string]>> = {
  Han: ['北京字节跳动科技有限公司', 'beijing zijietiaodong technology'],
  Hangul: ['주식회사 카카오', 'kakao'],
  Thai: ['บริษัท ทรู จำกัด (มหาชน)', 'thru'],
  Cyrillic: ['Общество с ограниченной ответственностью «Ромашка»', 'romashka'],
  Greek: ['Μυτιληναίος Α.Ε.', 'mytilinaios'],
  Hebrew: ['טבע תעשיות בע״מ', 'tv industries'],
  Arabic: ['شركة الراجحي ش.م.م', 'lrjhy'],
  Devanagari: ['टाटा प्राइवेट लिमिटेड', 'tata'],
  Bengali: ['গ্রামীণ লিমিটেড', 'gramin'],
  Georgian: ['შპს ვისოლი', 'visoli'],
  Armenian: ['Արարատ ՓԲԸ', 'ararat'],
};

describe('legal forms in other scripts', () => {
  const scriptOf = (form: string): string | undefined =>
    Object.keys(scripts).find((script) => new RegExp(`\\p{Script=${script}}`, 'u').test(form));

  test('each script with a legal form has an example here', () => {
    const forms = [...unspacedNativeForms, ...spacedNativeForms];
    expect(forms.filter((form) => scriptOf(form) === undefined)).toEqual([]);
    expect(new Set(forms.map(scriptOf))).toEqual(new Set(Object.keys(scripts)));
  });

  test.each(Object.entries(scripts))(
    '%s: the form is removed before the name is transliterated',
    (_script, [name, core]) => {
      expect(read(name)).toMatchObject({ core, aliases: undefined });
      expect(read(name).legalForm).not.toBeNull();
    },
  );

  test.each(unspacedNativeForms)('%s is removed at any position, with and without a space', (form) => {
    expect([`${form}Contoso`, `Contoso${form}`, `Contoso ${form}`].map(read)).toEqual(
      Array.from({ length: 3 }, () => contoso(form.normalize('NFKC').toLowerCase())),
    );
  });

  test.each(spacedNativeForms)(
    '%s is removed before and after the name, in any case, but never inside a word',
    (form) => {
      const written = [`${form} Contoso`, `Contoso ${form}`, `«Contoso» ${form.toUpperCase()}`].map(read);
      expect(written.map(({ core, aliases }) => ({ core, aliases }))).toEqual(
        Array.from({ length: 3 }, () => ({ core: 'contoso', aliases: undefined })),
      );
      expect(written.every(({ legalForm }) => legalForm !== null)).toBe(true);
      expect(read(`Contoso${form}x`).legalForm).toBeNull();
    },
  );
});
