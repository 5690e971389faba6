import { bare } from '#src/cli/match/deal-variations.ts';
import { seeded, type Seeded } from '#src/cli/match/seeded.ts';
import { saveAccounts, type AccountRow } from '#src/db/records/account-store.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import { saveConnection } from '#src/db/connections/connection-store.ts';
import { saveLinks } from '#src/db/records/link-store.ts';
import { remoteRecord } from '#src/db/schema/connection.ts';
import type { Deps } from '#src/deps.ts';

/** An account of a made-up CRM, and which customer it really is. */
export interface PlantedAccount {
  readonly customer: number;
  /** The kind of copy: `company`, one of `duplicateKinds` or one of `lookalikeKinds`. */
  readonly kind: string;
  readonly name: string;
  readonly domain: string | null;
  readonly country: string;
  readonly street: string | null;
  readonly city: string | null;
  readonly postcode: string | null;
  readonly phone: string | null;
}

type Making = (one: PlantedAccount, random: Seeded) => Partial<PlantedAccount>;

const nothing = { domain: null, street: null, city: null, postcode: null, phone: null };
const forms = ['Ltd', 'Inc.', 'GmbH', 'S.A.', 'B.V.', 'LLC', 'AG', 'Corp'];
const reformed: Making = ({ name }, random) => ({ name: `${bare(name)} ${random.pick(forms)}` });

/**
 * A different website makes two companies with one name different: such copies are `related`, and left to
 * people.
 */
export const movedWebsite = 'another website, same address';

/** The ways a second account of one customer comes to be. */
const duplicates: Readonly<Record<string, Making>> = {
  'other legal form, website only': (one, random) => ({
    ...nothing,
    ...reformed(one, random),
    domain: `https://www.${one.domain ?? ''}/`,
  }),
  'misspelt, same phone': (one, random) => ({
    ...nothing,
    name: misspelt(one.name, random),
    phone: regrouped(one.phone),
  }),
  'capitals, same address': ({ name, street, city, postcode }) => ({
    ...{ ...nothing, name: bare(name).toUpperCase() },
    ...{ street: street?.replace(/Street$/, 'St.') ?? null, city, postcode },
  }),
  [movedWebsite]: (one) => ({ domain: `${one.domain?.split('.')[0] ?? ''}group.com`, phone: null }),
  'trading name, same phone and website': (_, random) => ({
    name: word(random),
    street: null,
    city: null,
    postcode: null,
  }),
  'name and city only': (one, random) => ({ ...nothing, ...reformed(one, random), city: one.city }),
  'misspelt, same city and postcode': ({ name, city, postcode }, random) => ({
    ...nothing,
    name: misspelt(name, random),
    city,
    postcode,
  }),
};
export const duplicateKinds = Object.keys(duplicates);

const fund = 'another fund';

/** Other customers that look like one we have. */
const lookalikes: Readonly<Record<string, Making>> = {
  'namesake in another country': (one, random) => ({
    ...elsewhere(random),
    country: random.pick(countries.filter((country) => country !== one.country)),
    domain: `${word(random).toLowerCase()}.com`,
  }),
  'branch in another city': (_, random) => ({ ...elsewhere(random), domain: null }),
  'neighbour in the building': (_, random) => ({
    ...company(random),
    phone: elsewhere(random).phone,
    domain: null,
  }),
  [fund]: ({ name }, random) => ({ name: name.replace(/\d+$/, String(2 + random.below(7))) }),
};
export const lookalikeKinds = Object.keys(lookalikes);

const countries = ['US', 'DE', 'GB', 'FR', 'NL'];
const prefixes: Readonly<Record<string, string>> = {
  US: '+1 415 ',
  DE: '+49 89 ',
  GB: '+44 20 7',
  FR: '+33 1 4',
  NL: '+31 20 ',
};
const trades = [
  'Systems',
  'Logistics',
  'Foods',
  'Energy',
  'Partners',
  'Packaging',
  'Instruments',
  'Textiles',
  'Robotics',
  'Shipping',
];
const syllables =
  'ba be bo ca co da de do fa ga go ha ka ko la le lo ma me mo na ne no pa pe ra re ro sa se so ta te to va vo wa za zo'.split(
    ' ',
  );

function word(random: Seeded): string {
  const text = Array.from({ length: 4 + random.below(2) }, () => random.pick(syllables)).join('');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function digits(random: Seeded, count: number): string {
  return Array.from({ length: count }, () => random.below(10)).join('');
}

function elsewhere(random: Seeded) {
  const country = random.pick(countries);
  return {
    country,
    street: `${1 + random.below(300)} ${word(random)} Street`,
    city: word(random),
    postcode: digits(random, 5),
    phone: `${prefixes[country] ?? '+1 '}${digits(random, 6)}${1 + random.below(9)}`,
  };
}

function company(random: Seeded): Pick<PlantedAccount, 'name' | 'domain'> {
  const [first, second] = [word(random), random.chance(0.5) ? word(random) : ''];
  const name = [first, second, random.pick(trades), random.pick(forms)]
    .filter((part) => part !== '')
    .join(' ');
  return { name, domain: `${`${first}${second}`.toLowerCase()}.com` };
}

/** Two neighbouring letters of the longest word, swapped. */
function misspelt(name: string, random: Seeded): string {
  const longest = name.split(' ').toSorted((a, b) => b.length - a.length)[0] ?? '';
  const at = 1 + random.below(Math.max(1, longest.length - 3));
  return name.replace(
    longest,
    `${longest.slice(0, at)}${longest[at + 1] ?? ''}${longest[at] ?? ''}${longest.slice(at + 2)}`,
  );
}

function regrouped(phone: string | null): string | null {
  return phone?.replaceAll(' ', '').replace(/^\+/, '00') ?? null;
}

/**
 * Generates accounts: a tenth of the companies have one to three duplicates, and as many have lookalikes. The
 * same seed gives the same accounts.
 */
export function* plantedAccounts(count: number, seed: number): Generator<PlantedAccount> {
  const random = seeded(seed);
  let made = 0;
  for (let customer = 0; made < count; customer += 1) {
    const lookalike = random.chance(0.1) ? random.pick(lookalikeKinds) : null;
    const plain = { customer, kind: 'company', ...elsewhere(random), ...company(random) };
    const one: PlantedAccount = lookalike === fund ? { ...plain, name: `${bare(plain.name)} Fund 1` } : plain;
    const copies = random.chance(0.1) ? 1 + random.below(3) : 0;
    const kinds = Array.from({ length: copies }, () => random.pick(duplicateKinds));
    const family = [one, ...kinds.map((kind) => ({ ...one, ...duplicates[kind]?.(one, random), kind }))];
    if (lookalike !== null)
      family.push({
        ...one,
        ...lookalikes[lookalike]?.(one, random),
        kind: lookalike,
        customer: -1 - customer,
      });
    yield* family.slice(0, count - made);
    made += family.length;
  }
}

/** Puts accounts into a connection as if they had been read from it; returns it and our ids, in order. */
export async function saveCrm(
  deps: Pick<Deps, 'db' | 'ids' | 'clock'>,
  name: string,
  accounts: Iterable<PlantedAccount>,
) {
  const connectionId = deps.ids();
  const at = deps.clock();
  const secrets = { dataKey: '', sealed: '' } as never;
  await saveConnection(deps.db, {
    ...{
      id: connectionId,
      kind: 'salesforce',
      name,
      settings: { instanceUrl: 'https://acme.my.salesforce.test', sandbox: true },
      secrets,
      createdAt: at,
    },
  });
  const ids: string[] = [];
  let rows: AccountRow[] = [];
  const flush = async (): Promise<void> => {
    const place = (id: string, index: number) => ({
      connectionId,
      object: 'Account',
      extId: extIdOf(ids.length + index),
      kind: 'account',
      recordId: id,
    });
    const links = rows.map(({ id }, index) => place(id, index));
    await saveAccounts(deps.db, rows);
    await saveLinks(deps.db, links);
    const records = links.map(({ extId }) => ({
      connectionId,
      object: 'Account',
      extId,
      fields: {},
      hash: '',
      modifiedAt: at,
      pulledAt: at,
    }));
    await bulkInsert(deps.db, remoteRecord, records);
    ids.push(...rows.map(({ id }) => id));
    rows = [];
  };
  for (const { customer: _, kind: __, ...account } of accounts) {
    rows.push({ id: deps.ids(), ...account, core: '', normaliserVersion: '' });
    if (rows.length === 5_000) await flush();
  }
  await flush();
  return { connectionId, ids };
}

export function extIdOf(index: number): string {
  return `001${String(index).padStart(12, '0')}AAA`;
}

/** The quality of groups of accounts, given by index. */
export function pairFigures(
  accounts: readonly Pick<PlantedAccount, 'customer' | 'kind'>[],
  groups: readonly (readonly number[])[],
) {
  const pairs = (size: number): number => (size * (size - 1)) / 2;
  const customersOf = (places: readonly number[]) => [
    ...Map.groupBy(places, (place) => accounts[place]?.customer).values(),
  ];
  const sum = (sizes: readonly { readonly length: number }[]): number =>
    sizes.reduce((total, { length }) => total + pairs(length), 0);
  const suggested = sum(groups);
  const right = sum(groups.flatMap(customersOf));
  const all = customersOf([...accounts.keys()]);
  const recognisable = all.map((places) => places.filter((place) => accounts[place]?.kind !== movedWebsite));
  const rightOfThose = sum(
    groups.flatMap((group) => customersOf(group.filter((place) => accounts[place]?.kind !== movedWebsite))),
  );
  return {
    precision: right / suggested,
    recall: right / sum(all),
    recallWithoutMovedWebsites: rightOfThose / sum(recognisable),
  };
}
