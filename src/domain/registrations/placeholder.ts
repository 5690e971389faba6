/**
 * True for a customer's name that names no company, such as `TBD`, `???`, `Unknown customer` or `asdf`. The whole name
 * decides and never a word in it, because companies are named Test Rite Group and Confidential Computing Ltd. A name
 * with a legal form passes for the same reason: X Corp is a company.
 */
export function isPlaceholder(name: string): boolean {
  const words = wordsOf(name);
  const whole = words.join('');
  if (whole === '') return true;
  if (whole.length > longestPlaceholder) return false;
  if ([...whole].length === 1 || isRepeated(whole) || isKeyboardRun(whole)) return true;
  if (phrases.has(whole) || phrases.has(whole.replace(/\p{N}+$/u, ''))) return true;
  return isFillerOnly(words);
}

/** No phrase here is longer, and a longer name is not searched for repetitions. */
const longestPlaceholder = 60;

/** One sign again and again, `xxx` or `000`. Other letters and digits count from the fourth, because of AAA and 888. */
function isRepeated(text: string): boolean {
  const [first = '', ...rest] = text;
  if (rest.some((sign) => sign !== first)) return false;
  return rest.length >= (first === 'x' || first === '0' ? 1 : 3);
}

/** The rows of the keyboards of the Latin and the Cyrillic script. */
const keyboardRows = [
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  'wxcvbn',
  '1234567890',
  'abcdefghij',
  'йцукенгшщз',
  'фывапролдж',
  'ячсмитьбю',
].map((row) => wordsOf(row).join(''));

/** Four keys count where they begin or end a row; five count anywhere, because `wert` and `erty` may be names. */
const shortestRun = 4;

/** Neighbouring keys of one row in either direction, once or repeated: `asdf`, `poiuy`, `qweqwe`. */
function isKeyboardRun(text: string): boolean {
  const part = /^(?<part>.{3,}?)\k<part>+$/u.exec(text)?.groups?.['part'];
  if (part !== undefined && keyboardRows.some((row) => row.startsWith(part) || row.endsWith(part)))
    return true;
  if (text.length < shortestRun) return false;
  const reversed = [...text].toReversed().join('');
  return keyboardRows.some((row) => {
    if ([text, reversed].some((keys) => row.startsWith(keys) || row.endsWith(keys))) return true;
    return text.length > shortestRun && (row.includes(text) || row.includes(reversed));
  });
}

/**
 * Words and phrases that people write when they do not give or do not know the name, by language. Case, accents, spaces and
 * punctuation do not matter, and a number behind them does not either.
 */
const phrasesByLanguage: Readonly<Record<string, string>> = {
  signs: 'n/a|n.v.t.|tbd|tbc|tba|xyz|foo|foobar|lorem ipsum|lorem|qwe|asd|null|nil|nan|undefined',
  en: 'test|tests|testing|tester|test test|test only|just a test|this is a test|demo|dummy|fake|sample|example|placeholder|temp|temporary|unknown|not known|not yet known|unnamed|no name|nameless|none|nothing|nobody|someone|somebody|anyone|various|multiple|several|misc|miscellaneous|other|others|pending|blank|empty|confidential|strictly confidential|secret|private|anonymous|undisclosed|not disclosed|not applicable|not available|not specified|not provided|unspecified|undecided|to be defined|to be determined|to be decided|to be confirmed|to be announced|to be advised|to be named|to follow|will follow|coming soon|see notes|see below|see above|see comments|see description|see attachment|same as above|under NDA|NDA|delete|delete me|ignore|do not use|john doe|jane doe|name',
  de: 'unbekannt|noch unbekannt|nicht bekannt|vertraulich|streng vertraulich|geheim|anonym|platzhalter|beispiel|muster|mustermann|max mustermann|erika mustermann|musterfirma|musterkunde|keine angabe|k.A.|kein|keine|keiner|niemand|ohne namen|namenlos|offen|noch offen|wird nachgereicht|folgt|folgt noch|siehe unten|siehe oben|siehe anhang|diverse|verschiedene|sonstige|nicht zutreffend|entfällt|testfirma|testkunde|testeintrag|probe|versuch|vorläufig',
  fr: 'inconnu|inconnue|pas connu|non connu|confidentiel|confidentielle|secret|anonyme|essai|exemple|à définir|à déterminer|à confirmer|à préciser|à venir|à compléter|aucun|aucune|néant|personne|sans nom|non communiqué|non précisé|non renseigné|non applicable|sans objet|s.o.|divers|autre|autres|voir ci-dessous|voir notes|provisoire|factice',
  es: 'desconocido|desconocida|no conocido|confidencial|secreto|anónimo|prueba|pruebas|ejemplo|por definir|por determinar|por confirmar|a definir|a confirmar|pendiente|ninguno|ninguna|nadie|sin nombre|no aplica|no disponible|no especificado|sin especificar|varios|otro|otros|ver notas|ver abajo|provisional|ficticio',
  pt: 'desconhecido|desconhecida|não conhecido|sigiloso|segredo|teste|testes|exemplo|a definir|a determinar|a confirmar|por definir|por confirmar|pendente|nenhum|nenhuma|ninguém|sem nome|não aplicável|não se aplica|não disponível|não informado|vários|outro|outros|ver notas',
  it: 'sconosciuto|sconosciuta|non noto|ignoto|riservato|confidenziale|segreto|anonimo|prova|prove|esempio|da definire|da determinare|da confermare|in attesa|nessuno|senza nome|non applicabile|non disponibile|non specificato|vari|varie|altro|altri|vedi note|provvisorio',
  nl: 'onbekend|nog onbekend|niet bekend|vertrouwelijk|geheim|anoniem|voorbeeld|nog te bepalen|te bepalen|nader te bepalen|ntb|volgt|geen|niemand|naamloos|niet van toepassing|niet beschikbaar|diverse|overige|zie onder|zie notities|tijdelijk|proef',
  sv: 'okänd|okänt|inte känd|konfidentiell|konfidentiellt|hemlig|hemligt|anonym|exempel|ska bestämmas|ej bestämt|meddelas senare|ingen|inget|namnlös|ej tillämpligt|saknas|övrigt|diverse|se nedan|prov',
  da: 'ukendt|ikke kendt|fortrolig|fortroligt|hemmelig|anonym|eksempel|ikke afklaret|ingen|uden navn|følger|ikke relevant|prøve|diverse|se nedenfor',
  no: 'ukjent|ikke kjent|konfidensiell|konfidensielt|hemmelig|eksempel|ikke avklart|følger|ikke aktuelt|prøve|uten navn',
  fi: 'tuntematon|ei tiedossa|ei tiedetä|luottamuksellinen|salainen|nimetön|esimerkki|testi|testaus|kokeilu|avoin|vahvistetaan myöhemmin|määritellään myöhemmin|ei mitään|ei kukaan|puuttuu|muu',
  pl: 'nieznany|nieznana|nie znany|poufne|poufny|tajne|tajny|anonim|przykład|próba|do ustalenia|do określenia|do potwierdzenia|do uzupełnienia|brak|brak danych|nikt|żaden|bez nazwy|nie dotyczy|niedostępne|różne|inne|inny',
  cs: 'neznámý|neznámá|neznámé|důvěrné|tajné|anonym|příklad|zkouška|zkušební|bude upřesněno|bude doplněno|nikdo|žádný|bez názvu|není k dispozici|různé|jiné|ostatní',
  hu: 'ismeretlen|bizalmas|titkos|névtelen|példa|teszt|próba|később|később pontosítandó|nincs|senki|nincs adat|egyéb|nem ismert',
  ro: 'necunoscut|necunoscută|confidențial|secret|anonim|exemplu|de stabilit|de confirmat|nimeni|niciunul|fără nume|nu se aplică|indisponibil|diverse|altul|probă',
  tr: 'bilinmiyor|bilinmeyen|belirsiz|gizli|anonim|örnek|deneme|belirlenecek|daha sonra|yok|hiçbiri|kimse|isimsiz|uygulanamaz|diğer|muhtelif',
  el: 'άγνωστος|άγνωστο|εμπιστευτικό|απόρρητο|ανώνυμος|παράδειγμα|δοκιμή|τεστ|προς καθορισμό|κανένας|κανείς|χωρίς όνομα|δεν υπάρχει|άλλο|διάφορα',
  ru: 'неизвестно|неизвестный|неизвестен|неизвестная|не известно|конфиденциально|секретно|анонимно|аноним|пример|тест|тестовый|тестирование|проба|проверка|будет определено|уточняется|уточнить|нет|никто|без названия|без имени|не указано|не применимо|другое|разное|н/д',
  uk: 'невідомо|невідомий|невідома|конфіденційно|таємно|анонім|приклад|тест|тестовий|перевірка|буде визначено|уточнюється|немає|ніхто|без назви|не вказано|інше|різне',
  bg: 'неизвестен|неизвестна|поверително|тайна|пример|тест|проба|ще се уточни|няма|никой|друго',
  ar: 'غير معروف|مجهول|سري|سري للغاية|تجربة|اختبار|مثال|لا يوجد|لا أحد|يحدد لاحقا|غير محدد|غير متوفر|أخرى',
  he: 'לא ידוע|חסוי|סודי|אנונימי|בדיקה|ניסיון|טסט|דוגמה|אין|ייקבע בהמשך|לא רלוונטי|אחר',
  fa: 'نامشخص|ناشناس|محرمانه|آزمایش|تست|نمونه|هیچ',
  hi: 'अज्ञात|गोपनीय|परीक्षण|टेस्ट|उदाहरण|कोई नहीं',
  ja: '不明|未定|未確定|未記入|非公開|非開示|極秘|機密|秘密|匿名|なし|無し|無|テスト|試験|サンプル|例|仮|後日|確認中|検討中|該当なし|ダミー|その他',
  zh: '未知|不明|不详|不詳|未定|待定|待确认|待確認|待补充|待補充|保密|机密|機密|秘密|匿名|无|無|没有|沒有|测试|測試|试验|试用|示例|例子|样本|暂无|暫無|其他|不适用|不適用',
  ko: '미정|미상|알수없음|알 수 없음|모름|비공개|기밀|비밀|익명|없음|테스트|시험|샘플|예시|추후|추후결정|추후 결정|해당없음|기타|임시',
  th: 'ทดสอบ|ไม่ทราบ|ไม่ระบุ|ความลับ|ตัวอย่าง|ไม่มี',
  vi: 'không rõ|không biết|chưa biết|chưa xác định|bảo mật|bí mật|ẩn danh|thử nghiệm|kiểm tra|ví dụ|không có|khác',
  id: 'tidak diketahui|tidak dikenal|belum diketahui|rahasia|anonim|percobaan|uji coba|contoh|akan ditentukan|belum ditentukan|tidak ada|lainnya',
};

/** Nouns for a customer or a company as such. Alone, or next to the phrases above, they name no company. */
const fillersByLanguage: Readonly<Record<string, string>> = {
  en: 'customer|customers|client|clients|end customer|end client|end user|enduser|endcustomer|endclient|final customer|company|account|company name|customer name|client name|account name|organisation|organization|firm|prospect|lead|deal|project|opportunity|business|buyer|user|partner|reseller|entry|record|registration|my customer',
  de: 'kunde|kunden|endkunde|endkunden|firma|unternehmen|kundenname|firmenname|interessent|projekt|auftraggeber|endanwender',
  fr: 'client|client final|clients|société|entreprise|compte|nom du client|nom de la société|utilisateur final|projet|prospect',
  es: 'cliente|cliente final|clientes|empresa|compañía|cuenta|nombre del cliente|usuario final|proyecto|sociedad',
  pt: 'cliente|cliente final|clientes|empresa|companhia|conta|nome do cliente|usuário final|utilizador final|projeto',
  it: 'cliente|cliente finale|clienti|azienda|società|ditta|nome cliente|utente finale|progetto',
  nl: 'klant|klanten|eindklant|bedrijf|onderneming|klantnaam|bedrijfsnaam|eindgebruiker|project',
  sv: 'kund|kunder|slutkund|företag|kundnamn|slutanvändare|projekt|bolag',
  da: 'kunde|slutkunde|slutbruger|firma|virksomhed|kundenavn|selskab',
  no: 'kunde|sluttkunde|sluttbruker|firma|bedrift|selskap',
  fi: 'asiakas|loppuasiakas|yritys|loppukäyttäjä|asiakkaan nimi|projekti',
  pl: 'klient|klient końcowy|firma|przedsiębiorstwo|nazwa klienta|użytkownik końcowy|projekt|spółka',
  cs: 'zákazník|koncový zákazník|firma|společnost|klient|projekt',
  hu: 'ügyfél|végfelhasználó|cég|vevő|vállalat|projekt',
  ro: 'client|client final|firmă|companie|utilizator final|proiect',
  tr: 'müşteri|son müşteri|firma|şirket|son kullanıcı|proje',
  el: 'πελάτης|τελικός πελάτης|εταιρεία|έργο',
  ru: 'клиент|заказчик|конечный клиент|конечный заказчик|компания|фирма|предприятие|организация|покупатель|проект',
  uk: 'клієнт|замовник|кінцевий клієнт|компанія|фірма|підприємство|проект',
  bg: 'клиент|краен клиент|фирма|компания',
  ar: 'عميل|العميل|زبون|شركة|الشركة|العميل النهائي',
  he: 'לקוח|לקוח קצה|חברה',
  hi: 'ग्राहक|कंपनी',
  ja: '顧客|お客様|エンドユーザー|エンドユーザ|会社|会社名|顧客名|最終顧客|企業',
  zh: '客户|客戶|最终客户|最終客戶|终端客户|終端客戶|公司|公司名称|客户名称|用户|最终用户|企业|项目',
  ko: '고객|고객사|최종고객|최종 고객|회사|회사명|고객명|엔드유저',
  vi: 'khách hàng|công ty|dự án',
  id: 'pelanggan|klien|perusahaan|pengguna akhir|proyek',
};

/** Words that may join the others: `the customer`, `new client`, `our end customer`. */
const glue = new Set(
  'a an the my our your their his its this that some any new old of for to be no not yet at in and or der die das ein eine neuer neue mein unser le la les un une mon notre nouveau el los uno nuevo mi o os um uma novo il lo gli nuovo de het een nieuwe ny nytt den nowy новый наш'.split(
    ' ',
  ),
);

const listOf = (byLanguage: Readonly<Record<string, string>>): readonly (readonly string[])[] =>
  Object.values(byLanguage).flatMap((list) => list.split('|').map(wordsOf));

const fillers = listOf(fillersByLanguage);
const unnamed = listOf(phrasesByLanguage);
/** Without spaces, so that `no name`, `noname` and `n / a` are one phrase. */
const phrases: ReadonlySet<string> = new Set([...unnamed, ...fillers].map((words) => words.join('')));
/** Single words that may be combined: `Test customer 2`, `Unknown client`, `Company A`. */
const combined: ReadonlySet<string> = new Set(
  [...unnamed, ...fillers].flatMap((words) => (words.length === 1 ? words : [])),
);
const partsOfFillers: ReadonlySet<string> = new Set(fillers.flat());

function isFillerOnly(words: readonly string[]): boolean {
  const isFiller = (word: string): boolean => combined.has(word) || partsOfFillers.has(word);
  if (!words.some(isFiller)) return false;
  return words.every(
    (word) => isFiller(word) || glue.has(word) || /^\p{N}+$/u.test(word) || [...word].length === 1,
  );
}

/** The words in lower case, without accents and punctuation. */
function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '');
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
