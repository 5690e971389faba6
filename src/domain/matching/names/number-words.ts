/** Numbers and ordinals as words, and ordinals in other languages' figures, with their digits. */
const words: Readonly<Record<string, string>> = {
  ...series(
    1,
    'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  ),
  ...series(1, 'eins zwei drei vier funf sechs sieben acht neun zehn eleven zwolf'),
  ...series(1, 'un deux trois quatre cinq six sept huit neuf dix onze douze'),
  ...series(1, 'uno dos tres cuatro cinco seis siete ocho nueve diez'),
  ...series(1, 'uno due tre quattro cinque sei sette otto nove dieci'),
  ...series(1, 'um dois tres quatro cinco seis sete oito nove dez'),
  ...series(1, 'een twee drie vier vijf zes zeven acht negen tien'),
  ...tens('twenty thirty forty fifty sixty seventy eighty ninety'),
  ...tens('zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig'),
  ...tens('vingt trente quarante cinquante soixante'),
  ...tens('veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa'),
  hundred: '100',
  thousand: '1000',
};

const ordinals: Readonly<Record<string, string>> = ordinalSeries(
  1,
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth',
  'erste zweite dritte vierte funfte sechste siebte achte neunte zehnte',
  'premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme',
  'primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo',
  'primo secondo terzo quarto quinto sesto settimo ottavo nono decimo',
);

/** Words that are more often something else than a number: "once" in English, "premier", "second". */
const ambiguous: ReadonlySet<string> = new Set(
  'un um sept sei dos dix premier primo segundo secondo'.split(' '),
);

/** Word → digits, ordinals with their English ending: `seven` → 7, `seventh` → 7th. */
export const numberWords: ReadonlyMap<string, string> = new Map([
  ...Object.entries(words).filter(([word]) => !ambiguous.has(word)),
  ...Object.entries(ordinals).filter(([word]) => !ambiguous.has(word)),
]);

function series(first: number, list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list.split(' ').map((word, index) => [word, String(first + index)]));
}

function tens(list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list.split(' ').map((word, index) => [word, `${index + 2}0`]));
}

function ordinalSeries(first: number, ...lists: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lists.flatMap((list) => list.split(' ').map((word, index) => [word, withEnding(first + index)] as const)),
  );
}

function withEnding(value: number): string {
  const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };
  const isTeen = value % 100 >= 11 && value % 100 <= 13;
  return `${value}${(isTeen ? undefined : endings[value % 10]) ?? 'th'}`;
}

/** The digits of a Roman number up to 39. Null for any other word. */
export function romanNumber(word: string): string | null {
  if (word.length > 7 || !/^[xvi]/.test(word)) return null;
  const [whole, tenths = '', units = ''] = /^(x{0,3})(ix|iv|v?i{0,3})$/.exec(word) ?? [];
  if (whole === undefined || whole === '') return null;
  const ones: Readonly<Record<string, number>> = { ix: 9, iv: 4 };
  const value =
    tenths.length * 10 + (ones[units] ?? (units.startsWith('v') ? 4 + units.length : units.length));
  return String(value);
}
