/**
 * Common business words and countries in other scripts, with their English words. They are translated before
 * the rest of the name is transliterated, because a Latin name of the same company uses the English word:
 * "トヨタ自動車" is Toyota Motor. Proper names are only transliterated.
 */

/** Words of scripts without spaces. They are translated at any position. */
const unspaced: Readonly<Record<string, string>> = {
  // Japanese and Chinese
  ...rows(`
    グループ group|集团 group|集團 group|ホールディングス holdings|ホールディング holdings|控股 holdings
    電子 electronics|电子 electronics|エレクトロニクス electronics|電機 electric|電気 electric|电气 electric|電氣 electric|电器 electric
    自動車 motor|汽车 motor|汽車 motor|モーター motor|モータース motor|発動機 motor|銀行 bank|银行 bank
    商事 trading|貿易 trading|贸易 trading|商社 trading|通商 trading|物産 trading|トレーディング trading
    大学 university|大學 university|病院 hospital|医院 hospital|醫院 hospital|学院 college|學院 college|研究所 institute|研究院 institute
    生命保険 life insurance|人寿保险 life insurance|保険 insurance|保险 insurance|保險 insurance|証券 securities|证券 securities|證券 securities
    科技 technology|技術 technology|技术 technology|テクノロジー technology|テクノロジーズ technology
    重工業 heavy industries|重工 heavy industries|工業 industries|工业 industries|産業 industries|实业 industries|實業 industries|製造 manufacturing|制造 manufacturing
    製薬 pharmaceuticals|制药 pharmaceuticals|製藥 pharmaceuticals|薬品 pharmaceuticals|医药 pharmaceuticals|医療 medical|医疗 medical
    化学 chemicals|化學 chemicals|化工 chemicals|石油化工 petrochemical|石油 petroleum|天然气 natural gas|鉄鋼 steel|製鉄 steel|製鋼 steel|钢铁 steel|鋼鐵 steel
    電力 electric power|电力 electric power|エネルギー energy|能源 energy|建設 construction|建设 construction|建筑 construction|建築 construction
    不動産 real estate|房地产 real estate|地产 real estate|地產 real estate|投資 investments|投资 investments|信託 trust|信托 trust|基金 fund
    通信 communications|通讯 communications|通訊 communications|電信 telecommunications|电信 telecommunications|移动 mobile|モバイル mobile
    航空 airlines|铁路 railway|鉄道 railway|運輸 transportation|运输 transportation|物流 logistics|ロジスティクス logistics|海運 shipping|船舶 shipbuilding|造船 shipbuilding
    食品 foods|フーズ foods|飲料 beverages|ビール brewery|酒造 brewery|啤酒 brewery|ホテル hotel|酒店 hotel|百貨店 department store
    ソフトウェア software|软件 software|軟體 software|システムズ system|システム system|系统 system|ネットワーク network|网络 network|網路 network
    サービス service|服务 service|サービシーズ service|コンサルティング consulting|咨询 consulting|エンジニアリング engineering|工程 engineering
    インターナショナル international|国際 international|国际 international|國際 international|ジャパン japan|日本 nippon|中国 china|中國 china|韓国 korea|アジア asia|グローバル global
    インダストリーズ industries|ファイナンス financial|金融 financial|フィナンシャル financial|キャピタル capital|パートナーズ partners|メディア media|デザイン design
    新聞 newspaper|新闻 news|放送 broadcasting|出版 publishing|印刷 printing|電鉄 electric railway|電線 cable|精密 precision|セメント cement|水泥 cement|紡織 textile|纺织 textile
    北京 beijing|上海 shanghai|東京 tokyo|大阪 osaka|京都 kyoto|香港 hong kong|台湾 taiwan|台灣 taiwan|深圳 shenzhen|广州 guangzhou|横浜 yokohama|名古屋 nagoya|神戸 kobe|広島 hiroshima
    中央 central|国立 national|国家 national|市役所 city|市政府 city`),
  // Korean
  ...rows(`
    그룹 group|홀딩스 holdings|지주 holdings|전자 electronics|자동차 motor|모터스 motor|은행 bank|무역 trading|물산 trading|상사 trading
    대학교 university|병원 hospital|연구소 institute|생명 life insurance|화재 fire insurance|보험 insurance|증권 securities
    테크놀로지 technology|기술 technology|중공업 heavy industries|산업 industries|공업 industries|제약 pharmaceuticals|화학 chemicals|석유 petroleum|제철 steel|철강 steel
    전력 electric power|에너지 energy|건설 construction|부동산 real estate|투자 investments|통신 telecommunications|텔레콤 telecommunications|항공 airlines|물류 logistics|해운 shipping|조선 shipbuilding
    식품 foods|호텔 hotel|소프트웨어 software|시스템즈 system|시스템 system|네트웍스 network|네트워크 network|서비스 service|엔지니어링 engineering
    인터내셔널 international|코리아 korea|한국 korea|금융 financial|캐피탈 capital|파트너스 partners|미디어 media|전기 electric|백화점 department store`),
};

/** Words of scripts with spaces, in lower case without accents. They are translated only as whole words. */
const spaced: ReadonlyMap<string, string> = new Map(
  Object.entries(
    rows(`
    банк bank|банка bank|группа group|група group|холдинг holdings|электроника electronics|електроніка electronics|мотор motor|моторс motor|торговля trading|торговый trading|торговая trading
    страхование insurance|страховая insurance|университет university|університет university|больница hospital|институт institute|технологии technology|технології technology|системы system
    строительство construction|строительная construction|энергия energy|энерго energy|энергетика energy|нефть oil|газ gas|сталь steel|авиалинии airlines|аэропорт airport|логистика logistics
    инвестиции investments|недвижимость real estate|завод factory|фабрика factory|международный international|международная international|национальный national|национальная national|город city
    россия russia|украина ukraine|україна ukraine|консалтинг consulting|софт software|сервис service|медиа media|финанс financial|капитал capital|телеком telecommunications|связь communications|продукты foods|транспорт transportation
    τραπεζα bank|τραπεζης bank|ομιλος group|εθνικη national|ελλαδος greece|ελλαδα greece|ηλεκτρονικα electronics|ηλεκτρονικη electronics|εμπορικη trading|εμπορια trading|ασφαλιστικη insurance|ασφαλειες insurance
    πανεπιστημιο university|νοσοκομειο hospital|δημος municipality|ενεργεια energy|βιομηχανια industries|βιομηχανιες industries|φαρμακευτικη pharmaceuticals|κατασκευαστικη construction|τεχνικη technical|συμμετοχων holdings|ναυτιλιακη shipping|τσιμεντα cement|μοτορ motor|πετρελαια petroleum|τεχνολογια technology|αθηνων athens
    بنك bank|البنك bank|مصرف bank|مجموعة group|القابضة holdings|للتجارة trading|التجارية trading|الوطني national|الوطنية national|الأهلي national|جامعة university|مستشفى hospital|للتأمين insurance|التأمين insurance
    الدولية international|العالمية international|للصناعات industries|الصناعية industries|للإلكترونيات electronics|الإلكترونيات electronics|للسيارات motor|للمقاولات construction|للطاقة energy|الكهرباء electric|للاتصالات telecommunications|الاتصالات telecommunications
    للاستثمار investments|العقارية real estate|للبترول petroleum|النفط oil|الخطوط airlines|الجوية airlines|تكنولوجيا technology|التقنية technology|السعودية saudi|مصر egypt|المصري egyptian|الإمارات emirates|قطر qatar|الكويت kuwait
    בנק bank|קבוצת group|אחזקות holdings|החזקות holdings|ביטוח insurance|אוניברסיטת university|בית-חולים hospital|תעשיות industries|אלקטרוניקה electronics|מוטורס motor|סחר trading|טכנולוגיות technology|מערכות system|ישראל israel|אנרגיה energy|תקשורת communications|נדלן real estate
    बैंक bank|समूह group|इंडिया india|भारत india|मोटर्स motor|उद्योग industries|इलेक्ट्रॉनिक्स electronics|टेक्नोलॉजी technology|ট্রেডিং trading|ব্যাংক bank|গ্রুপ group|ธนาคาร bank|กรุ๊ป group|โฮลดิ้ง holdings|อุตสาหกรรม industries|มอเตอร์ motor|ประกันภัย insurance|มหาวิทยาลัย university|โรงพยาบาล hospital
    ბანკი bank|ჯგუფი group|բանկ bank|խումբ group`),
  ),
);

function rows(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .trim()
      .split(/\s*[|\n]\s*/)
      .map((row) => [row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)]),
  );
}

/** The longest first, so that 重工業 is not read as 重工. */
const unspacedWord = new RegExp(
  Object.keys(unspaced)
    .toSorted((a, b) => b.length - a.length)
    .join('|'),
  'gu',
);
const thaiWords = [...spaced.keys()].filter((word) => /\p{Script=Thai}/u.test(word));
const thaiWord = new RegExp(thaiWords.toSorted((a, b) => b.length - a.length).join('|'), 'gu');

const withoutSpaces = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** The name with business words in English, and everything else unchanged. */
export function translateNativeWords(name: string): string {
  if (!/[^\p{Script=Latin}\p{Script=Common}]/u.test(name)) return name;
  const translated = withoutSpaces.test(name)
    ? withoutLengthMarks(name.replace(unspacedWord, (word) => ` ${unspaced[word] ?? word} `))
    : name.replace(thaiWord, (word) => ` ${spaced.get(word) ?? word} `);
  return translated.replace(/[\p{L}\p{M}-]+/gu, (word) => spaced.get(plainForm(word)) ?? word);
}

/** Marks for long vowels and double consonants would become hyphens and other letters. */
function withoutLengthMarks(name: string): string {
  return name.replace(/[ッっ]|(?<=[\p{Script=Hiragana}\p{Script=Katakana}])ー/gu, '');
}

/** True if a part of the name is not written in Latin letters. */
export function isTransliterated(name: string): boolean {
  return /(?!\p{Script=Latin})\p{L}/u.test(name);
}

function plainForm(word: string): string {
  const lower = word.toLowerCase();
  return /\p{Script=Greek}/u.test(lower) ? lower.normalize('NFD').replace(/\p{M}/gu, '') : lower;
}
