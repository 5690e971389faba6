/**
 * Generated registrations with known answers against an account base of real companies: varied spellings of
 * companies in the base, and companies outside it, some of them lookalikes.
 */
import type { CompanyInput, NormalisedCompany } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { bare, madeUpName, madeUpTrade, variations, type KnownCompany } from './deal-variations.ts';
import { seeded, type Seeded } from './seeded.ts';

export interface Registration {
  readonly kind: string;
  readonly group: 'strong' | 'name' | 'clean';
  readonly company: NormalisedCompany;
  /** The index of the right account; null when there is none. */
  readonly account: number | null;
}

export interface DealSet {
  readonly accounts: readonly NormalisedCompany[];
  readonly registrations: readonly Registration[];
}

/** Companies the base does not have, of all; they register as themselves. */
const heldOut = 0.15;
/** The cities of a brand's franchises in the base, and of those that register. */
const franchiseCities = ['Boise', 'Tampa', 'Tulsa', 'Fresno'];
const freeCities = ['Reno', 'Omaha', 'Savannah', 'Spokane', 'Duluth', 'Toledo'];

/**
 * @param part two halves that share no company: one to learn from, one to be judged by
 * @param size registrations, about half of them clean
 */
export function dealSet(
  companies: readonly KnownCompany[],
  part: 'learn' | 'judge',
  size: number,
  seed: number,
): DealSet {
  const random = seeded(seed + (part === 'learn' ? 0 : 1));
  const mine = distinctCompanies(companies).filter((_, index) => (index % 2 === 0) === (part === 'learn'));
  const known: KnownCompany[] = [];
  const unknown: KnownCompany[] = [];
  for (const one of mine) (random.chance(heldOut) ? unknown : known).push(one);
  const brands = Array.from({ length: Math.ceil(size / 20) }, () => madeUpName(random));
  const franchises = brands.flatMap((brand) => franchiseCities.map((city) => franchise(brand, city)));
  return {
    accounts: [...known, ...franchises].map(normaliseCompany),
    registrations: Array.from({ length: size }, (_, index) =>
      index % 2 === 0 ? conflicting(known, random) : clean(known, unknown, brands, random),
    ),
  };
}

/**
 * One of each: what shares a domain, or a name in one country, is one company listed on several exchanges.
 */
function distinctCompanies(companies: readonly KnownCompany[]): readonly KnownCompany[] {
  const seen = new Set<string>();
  return companies.filter((one) => {
    const { core, domain } = normaliseCompany(one);
    const marks = [`name:${core.replaceAll(' ', '')}`, ...(domain === null ? [] : [`dom:${domain}`])];
    const isNew = marks.every((mark) => !seen.has(mark));
    for (const mark of marks) seen.add(mark);
    return isNew;
  });
}

function conflicting(known: readonly KnownCompany[], random: Seeded): Registration {
  for (;;) {
    const account = random.below(known.length);
    const variation = random.pick(variations);
    const company = known[account];
    const written = company && variation.of(company, random);
    if (written)
      return { kind: variation.kind, group: variation.group, company: normaliseCompany(written), account };
  }
}

function clean(
  known: readonly KnownCompany[],
  unknown: readonly KnownCompany[],
  brands: readonly string[],
  random: Seeded,
): Registration {
  const [kind, written] = cleanOne(known, unknown, brands, random);
  return { kind, group: 'clean', company: normaliseCompany(written), account: null };
}

/** Seven in ten are real companies the base does not have; the others look like one that it has. */
function cleanOne(
  known: readonly KnownCompany[],
  unknown: readonly KnownCompany[],
  brands: readonly string[],
  random: Seeded,
): readonly [kind: string, written: CompanyInput] {
  const one = random.pick(known);
  const trade = madeUpTrade(random);
  const roll = random.next();
  if (roll < 0.5) return ['another company', random.pick(unknown)];
  if (roll < 0.7) return ['another company, name and country only', nameAndCountry(random.pick(unknown))];
  if (roll < 0.8)
    return [
      'same first word',
      {
        name: `${firstWord(one)} ${trade} Ltd`,
        country: one.country,
        domain: `${slug(`${firstWord(one)} ${trade}`)}.net`,
      },
    ];
  if (roll < 0.9) return ['another franchise', franchise(random.pick(brands), random.pick(freeCities))];
  return [
    'shared host',
    {
      name: madeUpName(random),
      country: one.country,
      domain: `facebook.com/${slug(one.name)}`,
      email: 'info@gmail.com',
    },
  ];
}

function nameAndCountry({ name, country }: KnownCompany): CompanyInput {
  return { name, country };
}

function firstWord({ name }: KnownCompany): string {
  return bare(name).split(' ')[0] ?? name;
}

/** Each has its own owner, city and website. */
function franchise(brand: string, city: string): CompanyInput {
  return { name: `${brand} ${city}`, country: 'US', city, domain: `${slug(brand)}-${slug(city)}.com` };
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
