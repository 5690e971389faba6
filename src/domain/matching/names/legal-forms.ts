import spacedForms from './spaced-native-forms.json' with { type: 'json' };

/**
 * Legal forms of companies. Removing them from names is the largest single improvement of matching. The keys
 * are the stored labels. The values are the spellings, separated by `|`; dots, case and accents do not
 * matter, because the index is built with the same folding as names.
 *
 * CA, NL, EU, SC and PA are left out on purpose, because at the end of a name they usually mean something
 * else, such as California.
 */
export const legalForms: Readonly<Record<string, string>> = {
  // English-speaking countries
  ltd: 'Ltd|Limited|Ltd Co|Ltd Company|Company Limited|Co Ltd|Corp Ltd|Corporation Limited|Inc Ltd',
  plc: 'PLC|Public Limited Company|Public Limited|Public Company Limited|Public Co Ltd|PCL|Public Ltd Co',
  inc: 'Inc|Incorporated|Inc Co|Incorporation',
  corp: 'Corp|Corporation|Corpn',
  co: 'Co|Company|& Co|& Company|& Cie|et Cie|et Compagnie|y Cia|y Compania|e Cia|und Co|og Co',
  llc: 'LLC|Limited Liability Company|Limited Liability Co|Ltd Liability Co|LLC Company|LC',
  pllc: 'PLLC|Professional Limited Liability Company',
  llp: 'LLP|Limited Liability Partnership',
  lp: 'LP|Limited Partnership',
  lllp: 'LLLP|Limited Liability Limited Partnership',
  pc: 'PC|Professional Corporation|Prof Corp',
  na: 'NA|National Association',
  pbc: 'PBC|Public Benefit Corporation',
  ulc: 'ULC|Unlimited Liability Company',
  ltee: 'Ltée|Limitée|Enr|SENC|SENCRL|Cie Ltée',
  pty: 'Pty Ltd|Pty Limited|Pty|Proprietary Limited|Proprietary Ltd|Pty Ltd RF|No Liability',
  npc: 'NPC|SOC Ltd|Non Profit Company',
  pte: 'Pte Ltd|Pte Limited|Pte',
  pvt: 'Pvt Ltd|Pvt Limited|Private Limited|Private Ltd|Private Ltd Co|P Ltd|Pvt|OPC Pvt Ltd|OPC',
  bhd: 'Bhd|Berhad',
  sdn_bhd: 'Sdn Bhd|Sendirian Berhad|Sdn',
  dac: 'DAC|Designated Activity Company|CLG|Company Limited by Guarantee|Teoranta|Teo',
  cic: 'CIC|Community Interest Company|CIO|Charitable Incorporated Organisation',
  // German-speaking countries
  gmbh: 'GmbH|mbH|GesmbH|Ges mbH|Gesellschaft mit beschränkter Haftung|Gesellschaft mbH',
  ggmbh: 'gGmbH|gemeinnützige GmbH|gemeinnützige Gesellschaft mit beschränkter Haftung',
  ug: 'UG|UG haftungsbeschränkt|Unternehmergesellschaft|Unternehmergesellschaft haftungsbeschränkt|gUG',
  ag: 'AG|Aktiengesellschaft|gAG',
  kg: 'KG|Kommanditgesellschaft|Co KG|& Co KG',
  gmbh_co_kg:
    'GmbH & Co KG|GmbH & Co|GmbH und Co KG|GmbH u Co KG|mbH & Co KG|GmbH Co KG|UG & Co KG|UG haftungsbeschränkt & Co KG|AG & Co KG|SE & Co KG|Ltd & Co KG|BV & Co KG|Stiftung & Co KG',
  kgaa: 'KGaA|Kommanditgesellschaft auf Aktien|AG & Co KGaA|SE & Co KGaA|GmbH & Co KGaA',
  ohg: 'OHG|Offene Handelsgesellschaft|GmbH & Co OHG|OG|Offene Gesellschaft',
  gbr: 'GbR|eGbR|Gesellschaft bürgerlichen Rechts|GesbR',
  ek: 'e K|eingetragener Kaufmann|eingetragene Kauffrau|e Kfm|e Kfr|eingetragenes Unternehmen',
  ev: 'e V|eingetragener Verein',
  eg: 'e G|eingetragene Genossenschaft|eGen|Genossenschaft',
  partg: 'PartG|PartG mbB|PartGmbB|Partnerschaftsgesellschaft|Partnerschaft mbB|mbB',
  vvag: 'VVaG|Versicherungsverein auf Gegenseitigkeit',
  aor: 'AöR|Anstalt des öffentlichen Rechts|KdöR|Körperschaft des öffentlichen Rechts',
  se: 'SE|Societas Europaea|SCE',
  sagl: 'Sagl',
  // French-speaking countries and Belgium
  sa: 'SA|Société Anonyme|Sociedad Anónima|Sociedade Anônima|SAU|Sociedad Anónima Unipersonal|SA NV|NV SA|SADIR|Sociedad Anónima Abierta|SAA',
  sarl: 'SARL|Société à responsabilité limitée|SARL AU|SARLU|S.à r.l.|SARL unipersonnelle',
  sas: 'SAS|SASU|Société par actions simplifiée|Société par actions simplifiée unipersonnelle|Sociedad por Acciones Simplificada',
  eurl: 'EURL|Entreprise unipersonnelle à responsabilité limitée|EIRL|Empresa Individual de Responsabilidad Limitada',
  snc: 'SNC|Société en nom collectif|Società in nome collettivo',
  sca: 'SCA|Société en commandite par actions|SCS|Société en commandite simple',
  sci: 'SCI|Société civile immobilière|SCP|SELARL|SELAS|SCM|Société civile',
  scop: 'SCOP|SCIC|Société coopérative',
  gie: 'GIE|Groupement d’intérêt économique|GEIE|EEIG',
  asbl: 'ASBL|AISBL|VZW|IVZW|Association sans but lucratif',
  sprl: 'SPRL|SPRLU|Société privée à responsabilité limitée',
  bvba: 'BVBA|EBVBA|CVBA|Besloten vennootschap met beperkte aansprakelijkheid|Comm V|GCV|CommVA',
  // The Netherlands
  bv: 'BV|Besloten Vennootschap',
  nv: 'NV|Naamloze Vennootschap',
  vof: 'VOF|Vennootschap onder firma',
  cv: 'CV|Commanditaire Vennootschap|Comanditer',
  ua: 'Coöperatie UA|Coöperatieve UA|U A',
  // Italy
  spa: 'SpA|Società per azioni|Società per Azioni unipersonale',
  srl: 'Srl|Srls|Srl unipersonale|Società a responsabilità limitata|Sociedad de Responsabilidad Limitada|S de RL|Società a responsabilità limitata semplificata',
  sas_it: 'S a s di|Società in accomandita semplice|Sapa',
  scarl: 'Scarl|Scrl|Soc Coop|Società Cooperativa|Soc Coop arl|Scpa|Società consortile',
  // Spain, Portugal and Latin America
  sl: 'SL|Sociedad Limitada|SLU|SLL|SLNE|SLP|Sociedad Limitada Unipersonal',
  scoop: 'S Coop|Sociedad Cooperativa|SCCL',
  lda: 'Lda|Limitada|Ltda|Ltda ME|Ltda EPP|Unipessoal Lda|Sociedade Unipessoal Lda|Cía Ltda|Compañía Limitada|EIRELI|EIRELI ME',
  sgps: 'SGPS SA|SGPS',
  sa_de_cv:
    'SA de CV|SAPI de CV|SAB de CV|SAB|SA CV|SAPI|Sociedad Anónima de Capital Variable|SA de CV SOFOM ENR|SA de CV SOFOM ER|SOFOM ENR',
  s_de_rl_de_cv:
    'S de RL de CV|SRL de CV|S RL de CV|Sociedad de Responsabilidad Limitada de Capital Variable',
  sac: 'SAC|Sociedad Anónima Cerrada|SAIC|SACI|SACIF|SAICF|SA ESP|SAS ESP',
  // The Nordic countries
  ab: 'AB|Aktiebolag|Aktiebolaget|AB publ|Abp',
  hb: 'HB|Handelsbolag|Kommanditbolag|ek för|Ekonomisk förening',
  as: 'AS|Aktieselskab|Aksjeselskap|Anonim Şirketi|Akciová společnost|Akciová spoločnosť|Aktsiaselts|Akciju sabiedrība',
  asa: 'ASA|Allmennaksjeselskap',
  aps: 'ApS|Anpartsselskab|IVS|AmbA|FmbA|Smba',
  ks: 'K/S|I/S|P/S|Kommanditselskab|Interessentskab|ANS',
  oy: 'Oy|Oy Ab|Osakeyhtiö|Oy Ltd',
  oyj: 'Oyj|Oyj Abp|Julkinen osakeyhtiö',
  ky: 'Ky|Kommandiittiyhtiö|Osk|Osuuskunta',
  hf: 'hf|ehf|ohf|Einkahlutafélag',
  // Central and Eastern Europe
  sro: 's r o|s r.o.|spol s r o|spol. s r.o.|společnost s ručením omezeným|spoločnosť s ručením obmedzeným',
  vos: 'v o s|Veřejná obchodní společnost',
  sp_zoo:
    'Sp z o o|Sp z oo|Spz oo|Spółka z o o|Spółka z ograniczoną odpowiedzialnością|Sp z o o Sp k|Sp z oo Sp k|Sp z o o Sp komandytowa|Sp z oo spółka komandytowa',
  sp_k: 'Sp k|Spółka komandytowa|Sp j|Spółka jawna|Sp p|SKA|Spółka komandytowo akcyjna|s c',
  sp_akc: 'Spółka Akcyjna|Sp akc',
  kft: 'Kft|Korlátolt felelősségű társaság',
  zrt: 'Zrt|Zártkörűen működő részvénytársaság|Rt|Részvénytársaság',
  nyrt: 'Nyrt|Nyilvánosan működő részvénytársaság',
  bt: 'Bt|Betéti társaság|Kkt',
  doo: 'doo|DOOEL|d n o|j d o o|Društvo s ograničenom odgovornošću|Društvo sa ograničenom odgovornošću|Družba z omejeno odgovornostjo',
  dd: 'd d|Dioničko društvo|Delniška družba|a d|Akcionarsko društvo',
  ood: 'OOD|EOOD|EAD',
  sh_pk: 'Sh p k|Shpk|Sh a',
  uab: 'UAB|Uždaroji akcinė bendrovė|MB|VšĮ',
  sia: 'SIA|Sabiedrība ar ierobežotu atbildību',
  ou: 'OÜ|Osaühing|MTÜ',
  ooo: 'OOO|Obshchestvo s ogranichennoy otvetstvennostyu|TOV|TzOV|TOO|TDV',
  ao: 'OAO|ZAO|PAO|NAO|PAT|PrAT|ZAT|Aktsionernoye obshchestvo',
  jsc: 'JSC|PJSC|OJSC|CJSC|Joint Stock Company|Public Joint Stock Company|Open Joint Stock Company|Closed Joint Stock Company|Private Joint Stock Company|Joint Stock Co|JS Co',
  ae: 'A E|Anonymi Etaireia|Anonimi Eteria|EPE|IKE|A E B E|ABEE',
  // Turkey and the Middle East
  as_tr: 'San ve Tic A Ş|Sanayi ve Ticaret A Ş|San Tic A Ş|Tic A Ş|Sanayi ve Ticaret Anonim Şirketi|TAŞ',
  ltd_sti:
    'Ltd Şti|Limited Şirketi|Tic Ltd Şti|San ve Tic Ltd Şti|San Tic Ltd Şti|Sanayi ve Ticaret Ltd Şti|Sanayi ve Ticaret Limited Şirketi|Ticaret Limited Şirketi|Ltd Sirketi',
  fze: 'FZE|FZCO|FZ Co|FZC|FZ LLC|FZLLC|LLC FZ|Free Zone Company|Free Zone Establishment|DMCC|DWC LLC',
  wll: 'WLL|With Limited Liability|SPC',
  psc: 'PSC|QSC|QPSC|BSC|BSC Closed|KSC|KSCC|KSCP|SAOG|SAOC|SAE|SAL|SJSC',
  // Asia and Africa
  kk: 'KK|Kabushiki Kaisha|Kabushiki Gaisha|Kabushikigaisha',
  gk: 'GK|Godo Kaisha|YK|Yugen Kaisha',
  pt: 'PT|PT Tbk|Tbk|Tbk PT|Persero Tbk|Persero|Perseroan Terbatas',
  tnhh: 'Công ty TNHH|Cty TNHH|TNHH|TNHH MTV|Công ty TNHH MTV|Công ty trách nhiệm hữu hạn|Công ty trách nhiệm hữu hạn một thành viên',
  cty_cp: 'Công ty cổ phần|Cty CP|CTCP|Cty Cổ phần',
  cong_ty: 'Công ty|Cty',
  jusik: 'Chusik Hoesa|Jusik Hoesa|Jusikhoesa',
  suarl: 'SUARL|GIE SA|SA AC',
  // Words before the name
  stichting: 'Stichting|Coöperatie|Coöperatieve|Coöp',
  ets: 'Ets|Établissements|Établissement|Etabl',
  firma: 'Firma|Fa',
  // Longer and rarer spellings
  ltd_guarantee: 'Limited by Guarantee|Limited by Shares|Ltd by Guarantee|Cyf|Cyfyngedig',
  unlimited: 'Unlimited Company|Unltd|Public Unlimited Company',
  incorporated: 'Incorporée|Incorporado|Incorp|Incorporated Company|Joint Stock Corp|Joint Stock Corporation',
  jsc_kinds:
    'Open JSC|Public JSC|Private JSC|Closed JSC|JSCB|PJSCB|Joint Stock Bank|Joint Stock Commercial Bank|Public Stock Company',
  free_zone:
    'FZ Establishment|Free Zone Enterprise|Free Zone Co|Free Zone LLC|Free Zone Entity|DMCC LLC|Offshore LLC',
  general_partnership: 'General Partnership|Sole Proprietorship|Private Enterprise|Professional Association',
  german_long:
    'Ges mit beschr Haftung|Gesellschaft mit beschr Haftung|mit beschränkter Haftung|Gesellschaft mbH & Co KG|Aktien Gesellschaft|Aktienges|AktG',
  german_persons:
    'eKfm|eKfr|eingetr Kaufmann|eingetr Verein|e GbR|eingetragene GbR|BGB Gesellschaft|Offene Handels Gesellschaft|Kommandit Gesellschaft',
  german_professions:
    'Wirtschaftsprüfungsgesellschaft|Steuerberatungsgesellschaft|Rechtsanwaltsgesellschaft|Rechtsanwälte|Partnerschaft von Rechtsanwälten',
  german_public:
    'Kommunalunternehmen|KöR|gKU|EWIV|gUG haftungsbeschränkt|Versicherungsverein aG|Europäische Gesellschaft',
  sicav: 'SICAV|SICAF|Fonds commun de placement|SGR SpA',
  sem: 'Société d’économie mixte|Société par actions|Société en participation|Entreprise individuelle',
  sad: 'SAD|Sociedad Anónima Deportiva|Societat Anònima|Societat Limitada|S en C|Sociedad en Comandita|C por A|Compañía por Acciones',
  mexican: 'SACV|SAdeCV|Soc Anón de Cap Var|SAPI CV|SC de RL|AC de CV',
  romanian: 'Societate pe acțiuni|Societate cu răspundere limitată|Întreprindere individuală|PFA',
  swedish_long: 'Aktie Bolag|Publikt aktiebolag|Enskild firma|Andelslag|Registrerad förening',
  finnish_small: 'Tmi|Avoin yhtiö|Rekisteröity yhdistys|Säätiö sr',
  icelandic: 'Hlutafélag|Sameignarfélag|slf|ses',
  danish_small: 'Partnerselskab|Iværksætterselskab|Gensidigt selskab|Enkeltmandsvirksomhed',
  czech_kinds:
    'Komanditní společnost|Akc společnost|o p s|Obecně prospěšná společnost|Státní podnik|Veřejná akciová společnost',
  polish_kinds: 'Spzoo|Sp z ogr odp|Prosta spółka akcyjna|P S A|Spółka cywilna|Spółdzielnia',
  hungarian_kinds: 'Közkereseti társaság|Kht|Egyéni cég|Szövetkezet|Magyarországi fióktelepe|Fióktelep',
  balkan_kinds:
    'Javno dioničko društvo|Komanditno društvo|k d|j t d|Ortačko društvo|Samostojni podjetnik|Shoqëri Aksionere|Sh k',
  baltic_kinds: 'Individuālais komersants|Viešoji įstaiga|Täisühing|Tulundusühistu|Pilnsabiedrība',
  turkish_kinds: 'Anonim Ortaklık|Anonim Ortaklığı|Limited Ortaklığı|Koll Şti|Kom Şti|Dış Tic Ltd Şti|Şti',
  caucasian: 'MMC|Məhdud Məsuliyyətli Cəmiyyət|Açıq Səhmdar Cəmiyyəti|Qapalı Səhmdar Cəmiyyəti|MChJ',
  vietnamese_kinds: 'DNTN|Doanh nghiệp tư nhân|Hợp tác xã|HTX|Tổng công ty',
};

/** Labels of forms that may also precede the name: "PT Astra", "SIA Rimi", "Firma Huber", "Stichting Deltares". */
export const leadingForms: ReadonlySet<string> = new Set([
  'pt',
  'ooo',
  'ao',
  'jsc',
  'llc',
  'uab',
  'sia',
  'sprl',
  'bvba',
  'asbl',
  'kk',
  'gk',
  'tnhh',
  'cty_cp',
  'cong_ty',
  'vietnamese_kinds',
  'sarl',
  'eurl',
  'oy',
  'oyj',
  'stichting',
  'ets',
  'firma',
  'german_persons',
]);

/** Long words of forms that may also precede the name, although their abbreviations may not. */
export const leadingWords: ReadonlySet<string> = new Set([
  'aktiebolaget',
  'aktiebolag',
  'aktieselskabet',
  'aktieselskab',
  'aksjeselskapet',
  'aktsiaselts',
  'osauhing',
  'osakeyhtio',
  'aktiengesellschaft',
]);

/**
 * Short forms that may precede the name but also begin other names: "AB Volvo" and "AB Dynamics". They stay
 * in the name, and comparing treats them as optional.
 */
export const optionalForms: ReadonlySet<string> = new Set(
  'ab as ou sa sas sc nv bv ad dd tov too mb kb hb ks kf pp ip ste srl spa ltd sl sp'.split(' '),
);

/** The state of a company, which is written behind the legal form. It is no legal form itself. */
export const statusWords =
  'i L|i Liqu|i Gr|i K|in Liquidation|in Liqu|in Abwicklung|in Insolvenz|in Gründung|under liquidation|in liquidation|in voluntary liquidation|in compulsory liquidation' +
  '|in administration|in administrative receivership|in receivership|under administration|in bankruptcy|debtor in possession|in provisional liquidation|subject to deed of company arrangement' +
  '|en liquidation|en liquidation judiciaire|en redressement judiciaire|en faillite|en cours de liquidation|en liquidación|en concurso|en disolución|em liquidação|em recuperação judicial|em falência|massa insolvente' +
  '|in liquidazione|in fallimento|in concordato preventivo|in amministrazione straordinaria|a socio unico|con socio unico|con unico socio|società a socio unico|unipersonale|società unipersonale|società benefit' +
  '|w upadłości|w upadłości likwidacyjnej|w upadłości układowej|w likwidacji|w restrukturyzacji|w organizacji|v likvidaci|v likvidácii|v konkurzu|v konkurze|v konkursu|v insolvenci|v likvidaciji|v stečaju|v stečajnem postopku|u likvidaciji|u stečaju' +
  '|felszámolás alatt|végelszámolás alatt|kényszertörlés alatt|f a|v a|în lichidare|în insolvență|în faliment|în reorganizare|i likvidation|i konkurs|under likvidation|under konkurs|under tvangsavvikling|under avvikling|under tvangsopløsning' +
  '|in liquidatie|in vereffening|in faillissement|in staat van faillissement|konkurssissa|selvitystilassa|konkurssipesä|likvideerimisel|pankrotis|likvidējamā|likviduojama|bankrutuojanti|tasfiye halinde|v likvidatsii|v stadii likvidatsii|upo ekkatharisi';

/** Forms whose place may be written behind them: "Delhaize d.o.o. Beograd". Shorter forms also are other words. */
export const formsWithPlace: ReadonlySet<string> = new Set(
  'doo dooel jdoo gmbh mbh ggmbh sro kft zrt nyrt sarl srl ltd llc inc plc limited incorporated kgaa spzoo aps oyj sprl bvba lda ltda ood eood'.split(
    ' ',
  ),
);

/**
 * Forms in scripts without spaces. Transliteration would turn them into syllables that look like part of the
 * name (株式会社 becomes "ZhuShiHuiShe"), so they are removed from the original text at any position, the longest
 * first.
 */
export const unspacedNativeForms: readonly string[] = [
  '股份有限公司',
  '有限责任公司',
  '有限責任公司',
  '有限公司',
  '公司',
  '株式会社',
  '株式會社',
  '有限会社',
  '合同会社',
  '合名会社',
  '合資会社',
  '一般社団法人',
  '一般財団法人',
  '相互会社',
  '医療法人',
  '学校法人',
  '国立大学法人',
  '公立大学法人',
  '国立研究開発法人',
  '独立行政法人',
  '地方独立行政法人',
  '宗教法人',
  '社会福祉法人',
  '公益財団法人',
  '公益社団法人',
  '特定非営利活動法人',
  '有限責任事業組合',
  '有限责任合伙',
  '合伙企业',
  '两合公司',
  '兩合公司',
  '無限公司',
  '합자회사',
  '합명회사',
  '사단법인',
  '재단법인',
  '(사)',
  '(재)',
  'บมจ.',
  'บจก.',
  'หจก.',
  '(株)',
  '(有)',
  '(合)',
  '(同)',
  '주식회사',
  '유한책임회사',
  '유한회사',
  '(주)',
  '(유)',
  'บริษัท',
  'จำกัด',
  'ห้างหุ้นส่วน',
];

/** Forms in other scripts with spaces between words. They are removed only as whole words. */
export const spacedNativeForms: readonly string[] = spacedForms;
