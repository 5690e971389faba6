/** Words for company names and addresses by country. */
export interface Country {
  readonly code: string;
  readonly name: string;
  readonly tld: string;
  readonly dial: string;
  readonly forms: readonly string[];
  /** City and a post code there. */
  readonly cities: readonly (readonly [city: string, postcode: string])[];
  readonly families: readonly string[];
  readonly trades: readonly string[];
  /** The form of the name of a foreign group's subsidiary: `Acme Deutschland GmbH`. */
  readonly subsidiary: string;
}

const words = (list: string): readonly string[] => list.split(' ');
const phrases = (list: string): readonly string[] => list.split(', ');

const englishTrades = phrases(
  'Foods, Steel, Logistics, Health, Energy, Insurance, Robotics, Textiles, Packaging, Aerospace, Pharma, Marine, Bank, Foundries, Paper, Mining, Hotels, Motors, Optics, Plastics, Dairy, Rail, Timber, Cement, Media, Biotech',
);

export const countries: readonly Country[] = [
  {
    code: 'US',
    name: 'United States',
    tld: 'com',
    dial: '+1',
    forms: phrases('Inc., LLC, Corp., Inc, Company'),
    trades: englishTrades,
    subsidiary: 'USA Inc.',
    cities: [
      ['Chicago', '60606'],
      ['Austin', '78701'],
      ['Columbus', '43215'],
      ['Denver', '80202'],
      ['Boston', '02110'],
      ['Seattle', '98101'],
    ],
    families: words(
      'Whitaker Lindqvist Halloran Beckett Castellano Thornton Prescott Delaney Sorensen Abernathy Kowalczyk Marlowe',
    ),
  },
  {
    code: 'GB',
    name: 'United Kingdom',
    tld: 'co.uk',
    dial: '+44',
    forms: phrases('Ltd, Limited, plc, LLP'),
    trades: englishTrades,
    subsidiary: 'UK Ltd',
    cities: [
      ['London', 'EC2A 4NE'],
      ['Leeds', 'LS1 4DY'],
      ['Bristol', 'BS1 6QH'],
      ['Glasgow', 'G2 1AL'],
    ],
    families: words(
      'Ashworth Pemberton Holloway Fairbairn Wetherby Kingsley Drummond Treloar Osborne Haldane',
    ),
  },
  {
    code: 'DE',
    name: 'Germany',
    tld: 'de',
    dial: '+49',
    forms: phrases('GmbH, AG, GmbH & Co. KG, SE, KG'),
    subsidiary: 'Deutschland GmbH',
    cities: [
      ['Hamburg', '20095'],
      ['München', '80331'],
      ['Köln', '50667'],
      ['Stuttgart', '70173'],
      ['Leipzig', '04109'],
    ],
    families: words(
      'Brandt Müller Keller Hoffmann Jäger Lindemann Schröder Vogel Köhler Wagner Böhm Reinhardt',
    ),
    trades: phrases(
      'Logistik, Maschinenbau, Werkzeuge, Elektrotechnik, Pharma, Energie, Verlag, Lebensmittel, Stahlbau, Medizintechnik, Versicherung, Optik, Papier, Spedition',
    ),
  },
  {
    code: 'FR',
    name: 'France',
    tld: 'fr',
    dial: '+33',
    forms: phrases('SAS, SA, SARL, S.A.'),
    subsidiary: 'France SAS',
    cities: [
      ['Paris', '75008'],
      ['Lyon', '69002'],
      ['Nantes', '44000'],
      ['Toulouse', '31000'],
    ],
    families: words('Dupont Lefèvre Moreau Girard Beaumont Chevalier Fournier Marchand Rousseau Delacroix'),
    trades: phrases(
      'Logistique, Énergie, Assurances, Alimentaire, Mécanique, Pharma, Textile, Transports, Verrerie, Optique, Santé, Papeterie',
    ),
  },
  {
    code: 'NL',
    name: 'Netherlands',
    tld: 'nl',
    dial: '+31',
    forms: phrases('B.V., BV, N.V.'),
    subsidiary: 'Nederland B.V.',
    cities: [
      ['Rotterdam', '3011 AD'],
      ['Utrecht', '3511 LX'],
      ['Eindhoven', '5611 AZ'],
    ],
    families: ['van Dijk', 'de Groot', 'Bakker', 'Visser', 'Hoekstra', 'Verhoeven', 'Mulder', 'Kuipers'],
    trades: phrases(
      'Transport, Techniek, Voeding, Zuivel, Logistiek, Energie, Verzekeringen, Bouw, Tuinbouw, Scheepvaart',
    ),
  },
  {
    code: 'SE',
    name: 'Sweden',
    tld: 'se',
    dial: '+46',
    forms: words('AB'),
    subsidiary: 'Sverige AB',
    cities: [
      ['Stockholm', '111 22'],
      ['Göteborg', '411 03'],
      ['Malmö', '211 20'],
    ],
    families: words('Lindström Bergqvist Ekdahl Nyström Sandberg Wallin Hedlund Åkesson'),
    trades: phrases('Verkstad, Skog, Energi, Transport, Livsmedel, Teknik, Stål, Försäkring, Bygg, Medicin'),
  },
  {
    code: 'ES',
    name: 'Spain',
    tld: 'es',
    dial: '+34',
    forms: phrases('S.L., S.A., SL, S.A.U.'),
    subsidiary: 'España S.L.',
    cities: [
      ['Madrid', '28013'],
      ['Valencia', '46002'],
      ['Bilbao', '48009'],
    ],
    families: words('Navarro Ibáñez Castaño Robledo Echeverría Salazar Montero Quintana'),
    trades: phrases(
      'Logística, Alimentación, Energía, Seguros, Textil, Construcciones, Farmacia, Cerámica, Transportes, Bodegas',
    ),
  },
  {
    code: 'IT',
    name: 'Italy',
    tld: 'it',
    dial: '+39',
    forms: phrases('S.p.A., S.r.l., SpA, Srl'),
    subsidiary: 'Italia S.r.l.',
    cities: [
      ['Milano', '20121'],
      ['Torino', '10121'],
      ['Bologna', '40121'],
    ],
    families: words('Bellini Ferrante Moretti Santoro Colombo Marchetti Bassani Gallo'),
    trades: phrases(
      'Meccanica, Logistica, Alimentari, Tessuti, Assicurazioni, Farmaceutici, Ceramiche, Acciai, Energia, Ottica',
    ),
  },
  {
    code: 'PL',
    name: 'Poland',
    tld: 'pl',
    dial: '+48',
    forms: phrases('Sp. z o.o., S.A.'),
    subsidiary: 'Polska Sp. z o.o.',
    cities: [
      ['Warszawa', '00-001'],
      ['Kraków', '31-001'],
      ['Gdańsk', '80-001'],
    ],
    families: words('Wiśniewski Zieliński Nowicki Sikora Jabłoński Wrona'),
    trades: phrases('Transport, Energia, Meble, Stal, Spedycja, Farmacja, Okna, Budownictwo'),
  },
  {
    code: 'CA',
    name: 'Canada',
    tld: 'ca',
    dial: '+1',
    forms: phrases('Inc., Ltd., Corp.'),
    trades: englishTrades,
    subsidiary: 'Canada Inc.',
    cities: [
      ['Toronto', 'M5H 2N2'],
      ['Calgary', 'T2P 1J9'],
      ['Montréal', 'H3B 2Y5'],
    ],
    families: words('Tremblay Mackenzie Fraser Bouchard Sinclair Pelletier Galbraith'),
  },
  {
    code: 'AU',
    name: 'Australia',
    tld: 'com.au',
    dial: '+61',
    forms: phrases('Pty Ltd, Limited, Pty. Ltd.'),
    trades: englishTrades,
    subsidiary: 'Australia Pty Ltd',
    cities: [
      ['Sydney', '2000'],
      ['Melbourne', '3000'],
      ['Perth', '6000'],
    ],
    families: words('Macquarie Hargreaves Bannister Coleridge Thistlewood Langford'),
  },
  {
    code: 'IN',
    name: 'India',
    tld: 'in',
    dial: '+91',
    forms: phrases('Pvt. Ltd., Private Limited, Limited'),
    trades: englishTrades,
    subsidiary: 'India Pvt. Ltd.',
    cities: [
      ['Mumbai', '400001'],
      ['Bengaluru', '560001'],
      ['Pune', '411001'],
    ],
    families: words('Agarwal Krishnan Mehta Banerjee Chaudhary Venkatesh Deshpande'),
  },
  {
    code: 'JP',
    name: 'Japan',
    tld: 'co.jp',
    dial: '+81',
    forms: ['Co., Ltd.', 'K.K.', 'Corporation'],
    trades: englishTrades,
    subsidiary: 'Japan K.K.',
    cities: [
      ['Tokyo', '100-0005'],
      ['Osaka', '530-0001'],
      ['Nagoya', '450-0002'],
    ],
    families: words('Takahashi Nakagawa Fujimoto Hayashida Kurosawa Morinaga Yamashiro'),
  },
  {
    code: 'BR',
    name: 'Brazil',
    tld: 'com.br',
    dial: '+55',
    forms: phrases('Ltda., S.A., Ltda'),
    subsidiary: 'Brasil Ltda.',
    cities: [
      ['São Paulo', '01310-100'],
      ['Curitiba', '80010-000'],
      ['Recife', '50010-000'],
    ],
    families: words('Cavalcanti Nogueira Ferraz Guimarães Peixoto Siqueira'),
    trades: phrases(
      'Logística, Alimentos, Energia, Seguros, Papel, Mineração, Têxtil, Transportes, Saúde, Agro',
    ),
  },
];

/** First words companies everywhere choose. */
export const coined: readonly string[] = words(
  'Summit Pinnacle Evergreen Meridian Northgate Silverline Harbor Crestview Bluewater Ironwood Redstone Highland Vantage Keystone Lakeside Orion Atlas Solaris Vertex Zenith Granite Falcon Beacon Cobalt Juniper Aspen Cascade Sequoia Monarch Liberty Frontier Horizon Sterling Anchor Compass Kestrel Novara Lumina Terranova Aurelia Quantis Veridian Altura Borealis Calidus Dynavia Eltora Fortis Gravitas Helvion Invicta Kordia Lorien Maxima Nexora Optima Praxis Quadrant Rivena Septima Tectona Umbria Valoris Westra Xylos Zentara',
);

export const partnerStems: readonly string[] = words(
  'Nordwind Brightpath Corelink Datavia Stackwise Netcraft Infoway Bitforge Cloudharbor Sysgate Teleon Arcadia Byteworks Clearpoint Infracom Opentrail Logiscope Softbridge Truenorth Wavecrest Hexagon Dataport Kernhaus Openfield Rackline Signalwerk Tessera Uplink Vialogic Webstone Axiom Cloudmark Digitrust Edgeware Firmaline Gridpoint Hostbridge Innoval Jetstack Keyline Lanwerk Matrixa Nodeum Omnisys Portalis Quantico Ringtel Syntegra Tritech Unisoft',
);

export const partnerTrades: Readonly<Record<string, readonly string[]>> = {
  DE: phrases('Systemhaus, IT-Beratung, Datentechnik'),
  FR: phrases('Informatique, Conseil, Réseaux'),
  ES: phrases('Sistemas, Informática'),
  IT: phrases('Informatica, Sistemi'),
  BR: phrases('Informática, Sistemas'),
};
export const anyPartnerTrades: readonly string[] = phrases(
  'IT Solutions, Systems Integration, Cloud Services, Consulting, Networks, Technologies, Distribution',
);

export const firstNames: readonly string[] = words(
  'anna james sofia lukas marie thomas elena david ingrid paolo yuki priya joao karin pierre emma',
);
export const lastNames: readonly string[] = words(
  'Almeida Berger Carlsson Dubois Eriksen Fischer Garcia Horvat Ivanova Jansen Kowalski Larsen Moreau',
);
export const freeMailHosts: readonly string[] = words('gmail.com outlook.com yahoo.com gmx.de hotmail.com');
export const productFamilies: readonly string[] = phrases(
  'Backup, Endpoint Security, Network Monitoring, Data Platform, Identity',
);
