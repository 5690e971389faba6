import { describe, expect, test } from 'vitest';
import { countryCode, countryWords } from '#src/domain/country.ts';

describe('the code of a country', () => {
  test.each([
    ['AE', 'UAE; ARE; Emirates; The United Arab Emirates'],
    ['AR', 'ARG; Argentina'],
    ['AT', 'AUT; Oesterreich; Österreich; Austria'],
    ['AU', 'AUS'],
    ['BA', 'Bosnia; Bosnia & Herzegovina; Bosnia and Herzegovina'],
    ['BE', 'BEL; Belgique; België'],
    ['BO', 'Plurinational State of Bolivia'],
    ['BN', 'Brunei Darussalam'],
    ['BR', 'BRA; Brasil'],
    ['CA', 'CAN'],
    ['CD', 'Democratic Republic of the Congo; DR Congo; DRC; COD'],
    ['CG', 'Congo; Republic of the Congo; COG'],
    ['CH', 'CHE; Schweiz; Suisse; Svizzera'],
    ['CI', 'Ivory Coast; Côte d’Ivoire'],
    ['CL', 'CHL'],
    ['CN', "PRC; CHN; People's Republic of China; China, Mainland; Mainland China"],
    ['CO', 'COL'],
    ['CV', 'Cabo Verde'],
    ['CW', 'Netherlands Antilles'],
    ['CZ', 'Czech Republic; CZE; Česko'],
    ['DE', 'DEU; Deutschland; Federal Republic of Germany; germany; GERMANY'],
    ['DK', 'DNK; Danmark'],
    ['ES', 'ESP; España'],
    ['FI', 'FIN; Suomi'],
    ['FK', 'Falkland Islands (Malvinas)'],
    ['FM', 'Federated States of Micronesia'],
    ['FR', 'FRA'],
    ['GB', 'UK; U.K.; GBR; Great Britain; Britain; England; Scotland; Wales; Northern Ireland'],
    ['GB', 'United Kingdom of Great Britain and Northern Ireland'],
    ['GR', 'GRC; Hellas'],
    ['HK', 'Hong Kong; HKG; Hong Kong SAR'],
    ['HU', 'HUN'],
    ['ID', 'IDN'],
    ['IE', 'IRL; Republic of Ireland; Éire'],
    ['IL', 'ISR'],
    ['IN', 'IND'],
    ['IR', 'Islamic Republic of Iran'],
    ['IT', 'ITA; Italia'],
    ['JP', 'JPN'],
    ['KP', "Democratic People's Republic of Korea; DPRK"],
    ['KR', 'Korea; Republic of Korea; Korea, Republic of; KOR; ROK'],
    ['LA', "Lao PDR; Lao People's Democratic Republic"],
    ['LC', 'St. Lucia; Saint Lucia'],
    ['LU', 'LUX'],
    ['MD', 'Republic of Moldova'],
    ['MK', 'Macedonia; Republic of North Macedonia'],
    ['MM', 'Myanmar; Burma'],
    ['MO', 'Macau; Macao; MAC'],
    ['MX', 'MEX'],
    ['MY', 'MYS'],
    ['NL', 'NLD; Holland; Nederland; the Netherlands'],
    ['NO', 'NOR; Norge'],
    ['NZ', 'NZL'],
    ['PH', 'PHL'],
    ['PL', 'POL; Polska'],
    ['PS', 'Palestine; State of Palestine'],
    ['PT', 'PRT'],
    ['RO', 'ROU'],
    ['RU', 'Russian Federation; RUS'],
    ['SA', 'SAU; KSA; Kingdom of Saudi Arabia'],
    ['SE', 'SWE; Sverige'],
    ['SG', 'SGP; Republic of Singapore'],
    ['SY', 'Syrian Arab Republic'],
    ['SZ', 'Swaziland'],
    ['TH', 'THA'],
    ['TL', 'East Timor'],
    ['TR', 'Turkey; TUR; Türkiye'],
    ['TW', 'TWN; Taiwan, Province of China; Chinese Taipei; Republic of China'],
    ['TZ', 'United Republic of Tanzania'],
    ['UA', 'UKR'],
    ['US', 'USA; U.S.; U.S.A.; United States of America; America; us'],
    ['VA', 'Holy See'],
    ['VE', 'Bolivarian Republic of Venezuela'],
    ['VN', 'Viet Nam; VNM'],
    ['ZA', 'ZAF; RSA; Republic of South Africa'],
  ])('%s is found for %s', (code, spellings) => {
    for (const spelling of spellings.split('; '))
      expect([spelling, countryCode(spelling)]).toEqual([spelling, code]);
  });

  test.each([
    ['MD', 'Moldova, Republic of'],
    ['BO', 'Bolivia, Plurinational State of'],
    ['CD', 'Congo, the Democratic Republic of the'],
    ['KP', "Korea, Democratic People's Republic of"],
    ['KR', 'Korea, Republic of'],
    ['MK', 'Macedonia, the former Yugoslav Republic of'],
    ['PS', 'Palestine, State of; Palestinian Territory, Occupied'],
    ['VE', 'Venezuela, Bolivarian Republic of'],
    ['IR', 'Iran, Islamic Republic of'],
    ['TZ', 'Tanzania, United Republic of'],
    ['FM', 'Micronesia, Federated States of'],
    ['LY', 'Libyan Arab Jamahiriya'],
    ['SH', 'Saint Helena, Ascension and Tristan da Cunha'],
  ])('%s is found for the long name of ISO 3166: %s', (code, names) => {
    for (const name of names.split('; ')) expect([name, countryCode(name)]).toEqual([name, code]);
  });

  test.each([
    ['DE', 'Allemagne; Alemania; Alemanha; Germania; Duitsland; Tyskland; Saksa; Niemcy; Německo; Almanya'],
    ['DE', 'ドイツ; 독일; 德国; 德國; Германия; Γερμανία; Đức; เยอรมนี; ألمانيا'],
    ['US', 'États-Unis; Estados Unidos; Vereinigte Staaten; Stati Uniti'],
    ['GB', 'Royaume-Uni; Reino Unido; Großbritannien; Vereinigtes Königreich'],
    ['AT', 'Autriche; オーストリア'],
    ['JP', '日本; Japon'],
  ])('%s is found for its names in the languages of CRMs: %s', (code, names) => {
    for (const name of names.split('; ')) expect([name, countryCode(name)]).toEqual([name, code]);
  });

  test('is null for a name that two countries share', () => {
    expect(['Korea, North of', 'Virgin Islands', 'Bayern'].map(countryCode)).toEqual([null, null, null]);
  });

  test('is found for the three-letter code of every country', () => {
    expect(['NGA', 'ecu', 'SUN'].map(countryCode)).toEqual(['NG', 'EC', null]);
  });

  test('is found for the code itself, in any case and with blanks around it', () => {
    expect(['DE', 'de', ' De ', 'AA', 'ZW'].map(countryCode)).toEqual(['DE', 'DE', 'DE', null, 'ZW']);
  });

  test('is null for "St", which abbreviates "Saint" unless it is written as the code ST', () => {
    expect(['St', 'St.', ' ST ', 'st'].map(countryCode)).toEqual([null, null, 'ST', 'ST']);
  });

  test.each('AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ'.split(' '))(
    'is null for %s, which Unicode names but ISO 3166-1 does not',
    (code) => {
      expect(countryCode(code)).toBeNull();
    },
  );

  test('is null for an empty text, a withdrawn code, a group of states or another word', () => {
    const texts = ['', ' ', '-', 'SU', 'DD', 'European Union', 'Eurozone', 'Atlantis', '123'];
    expect(texts.map(countryCode)).toEqual(texts.map(() => null));
  });
});

test('the words that name a country are single lower-case words of at least four letters', () => {
  for (const word of ['germany', 'deutschland', 'oman', 'peru', 'suomi', 'america']) {
    expect([word, countryWords.has(word)]).toEqual([word, true]);
  }
  for (const text of ['usa', 'uae', 'Germany', 'hong kong', 'de', 'south korea', 'korea republic of']) {
    expect([text, countryWords.has(text)]).toEqual([text, false]);
  }
});
