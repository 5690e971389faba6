/** The ways one customer is written by two people: what a partner types, of what the CRM holds. */
import type { CompanyInput } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import type { Seeded } from './seeded.ts';

/** A real company as the account base holds it. */
export interface KnownCompany extends CompanyInput {
  readonly name: string;
  readonly domain: string | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly postcode: string | null;
}

export interface Variation {
  readonly kind: string;
  /**
   * `strong`: shares a domain with the account. `name`: nothing but the name and the country are known, or
   * agree.
   */
  readonly group: 'strong' | 'name';
  /** Null when this company cannot be varied so. */
  readonly of: (company: KnownCompany, random: Seeded) => CompanyInput | null;
}

const forms = [
  'Ltd',
  'Inc.',
  'GmbH',
  'S.A.',
  'B.V.',
  'LLC',
  'AG',
  'Corp',
  'PLC',
  'Pty Ltd',
  'S.p.A.',
  'AB',
  'Co., Ltd.',
  'Group',
  '',
];
const regions = [
  'Deutschland',
  'France',
  'UK',
  'Italia',
  'Nordics',
  'Benelux',
  'USA',
  'Europe',
  'APAC',
  'Iberia',
  'India',
  'Brasil',
  'Holding',
  'International',
];
const freeMail = ['gmail.com', 'outlook.com', 'yahoo.com', 'web.de', 'hotmail.com', 'qq.com'];
const otherCountries = ['US', 'DE', 'GB', 'FR', 'CN', 'JP', 'IN', 'CA', 'AU', 'BR'];
const shortForms: Readonly<Record<string, string>> = {
  international: 'Intl',
  technology: 'Tech',
  pharmaceuticals: 'Pharma',
  manufacturing: 'Mfg',
  industries: 'Inds',
  services: 'Svcs',
  service: 'Svc',
  systems: 'Sys',
  laboratories: 'Labs',
  telecommunications: 'Telecom',
  engineering: 'Eng',
  holdings: 'Hldgs',
  group: 'Grp',
  national: 'Natl',
};

export const variations: readonly Variation[] = [
  { kind: 'typo, domain', group: 'strong', of: (one, random) => withDomain(one, typo(one.name, random)) },
  {
    kind: 'legal form, domain',
    group: 'strong',
    of: (one, random) => withDomain(one, otherForm(one.name, random)),
  },
  {
    kind: 'trading name, domain',
    group: 'strong',
    of: (one, random) => withDomain(one, tradingName(one, random)),
  },
  {
    kind: 'subsidiary, domain',
    group: 'strong',
    of: (one, random) => withDomain(one, `${bare(one.name)} ${random.pick(regions)}`),
  },
  {
    kind: 'wrong country, domain',
    group: 'strong',
    of: (one, random) => withDomain({ ...one, country: random.pick(otherCountries) }, one.name),
  },
  {
    kind: 'contact mailbox only',
    group: 'strong',
    of: (one, random) =>
      atDomain(one, (domain) => ({ name: otherForm(one.name, random), email: `it@${domain}` })),
  },
  {
    kind: 'sub-domain',
    group: 'strong',
    of: (one) => atDomain(one, (domain) => ({ name: bare(one.name), domain: `https://shop.${domain}/en` })),
  },
  { kind: 'as it is', group: 'name', of: (one) => nameOnly(one, one.name) },
  { kind: 'legal form', group: 'name', of: (one, random) => nameOnly(one, otherForm(one.name, random)) },
  { kind: 'typo', group: 'name', of: (one, random) => nameOnly(one, typo(one.name, random)) },
  { kind: 'spacing', group: 'name', of: (one, random) => nameOnly(one, respaced(bare(one.name), random)) },
  { kind: 'capitals and accents', group: 'name', of: (one) => nameOnly(one, bare(one.name).toUpperCase()) },
  { kind: 'short form', group: 'name', of: (one) => nameOnly(one, shortened(one.name)) },
  {
    kind: 'd/b/a',
    group: 'name',
    of: (one, random) => nameOnly(one, `${madeUpName(random)} d/b/a ${one.name}`),
  },
  {
    kind: 'subsidiary',
    group: 'name',
    of: (one, random) => nameOnly(one, `${bare(one.name)} ${random.pick(regions)} ${random.pick(forms)}`),
  },
  {
    kind: 'free mail',
    group: 'name',
    of: (one, random) => ({
      ...nameOnly(one, otherForm(one.name, random)),
      name: otherForm(one.name, random),
      email: `buyer@${random.pick(freeMail)}`,
    }),
  },
  {
    kind: 'moved domain',
    group: 'name',
    of: (one, random) => atDomain(one, (domain) => ({ name: one.name, domain: movedDomain(domain, random) })),
  },
];

function withDomain(one: KnownCompany, name: string | null): CompanyInput | null {
  return name === null ? null : atDomain(one, (domain) => ({ name, domain: `www.${domain}` }));
}

function atDomain(
  { domain, country }: KnownCompany,
  written: (domain: string) => CompanyInput,
): CompanyInput | null {
  return domain === null ? null : { country, ...written(domain) };
}

function nameOnly(one: KnownCompany, name: string | null): CompanyInput | null {
  return name === null ? null : { name, country: one.country };
}

/** The name without its legal form, as people say it. */
export function bare(name: string): string {
  const { tokens } = normaliseCompany({ name });
  const words = name.split(/[\s,]+/).filter((word) => word !== '');
  const remaining = words.filter((word) =>
    normaliseCompany({ name: word }).tokens.some((token) => tokens.includes(token)),
  );
  return remaining.join(' ') || name;
}

function otherForm(name: string, random: Seeded): string {
  return `${bare(name)} ${random.pick(forms)}`.trim();
}

/** One typing error in the longest word, if it is long enough to stay readable. */
function typo(name: string, random: Seeded): string | null {
  const words = bare(name).split(' ');
  const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? '';
  if (longest.length < 6 || /\d/.test(longest)) return null;
  const at = 1 + random.below(longest.length - 3);
  const slips = [
    longest.slice(0, at) + longest.slice(at + 1),
    longest.slice(0, at) + longest[at] + longest.slice(at),
    longest.slice(0, at) + (longest[at + 1] ?? '') + (longest[at] ?? '') + longest.slice(at + 2),
    ...(longest.length >= 8
      ? [longest.slice(0, at) + 'aeiornst'[random.below(8)] + longest.slice(at + 1)]
      : []),
  ].filter((slip) => slip !== longest);
  return slips.length === 0
    ? null
    : words.map((word) => (word === longest ? random.pick(slips) : word)).join(' ');
}

/** A trade name: the domain's label, the first word, or an invented name. */
function tradingName({ name, domain }: KnownCompany, random: Seeded): string {
  const label = (domain ?? '').split('.')[0] ?? '';
  return random.pick([label, bare(name).split(' ')[0] ?? name, madeUpName(random)]) || name;
}

function respaced(name: string, random: Seeded): string | null {
  const words = name.split(' ');
  if (words.length === 1) return null;
  const at = random.below(words.length - 1);
  return [...words.slice(0, at), `${words[at]}${words[at + 1]}`, ...words.slice(at + 2)].join(' ');
}

function shortened(name: string): string | null {
  const words = bare(name).split(' ');
  const short = words.map((word) => shortForms[word.toLowerCase()] ?? word);
  return short.join(' ') === words.join(' ') ? null : short.join(' ');
}

function movedDomain(domain: string, random: Seeded): string {
  const label = domain.split('.')[0] ?? domain;
  return random.pick([`${label}.io`, `${label}group.com`, `get${label}.com`, `${label}-global.com`]);
}

const openings = [
  'Bright',
  'North',
  'Silver',
  'Cedar',
  'Blue',
  'Iron',
  'Lake',
  'Stone',
  'Maple',
  'Copper',
  'Swift',
  'Quarry',
  'Harbor',
  'Falcon',
];
const endings = [
  'path',
  'field',
  'gate',
  'wave',
  'crest',
  'point',
  'mark',
  'haven',
  'forge',
  'bridge',
  'lane',
  'spring',
  'works',
  'wick',
];
const trades = [
  'Tutoring',
  'Plumbing',
  'Bakery',
  'Dental',
  'Fitness',
  'Cleaning',
  'Staffing',
  'Printing',
  'Veterinary',
  'Catering',
  'Roofing',
];

export function madeUpName(random: Seeded): string {
  return `${random.pick(openings)}${random.pick(endings)} ${random.pick(trades)}`;
}

export function madeUpTrade(random: Seeded): string {
  return random.pick(trades);
}
