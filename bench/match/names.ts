import { knownCompanies } from '#src/cli/match/known-companies.ts';
import { seeded } from '#src/cli/match/seeded.ts';

const forms = ['Inc', 'GmbH', 'Ltd', 'SA', 'AB', 'BV', 'LLC', 'Oy', 'SpA', ''];
const trades = [
  'Systems',
  'Group',
  'Logistics',
  'Solutions',
  'Engineering',
  'Foods',
  'Energy',
  'Partners',
  'Holding',
  'International',
];
const countries = ['US', 'DE', 'GB', 'FR', 'NL', 'SE', 'IT', 'ES', 'JP', 'BR'];
const endings = ['com', 'de', 'co.uk', 'fr', 'nl', 'io'];
const syllables =
  'ba be bo ca co da de do fa fe ga go ha he ka ko la le lo ma me mo na ne no pa pe po ra re ro sa se so ta te to va ve vo wa za zo'.split(
    ' ',
  );

/** @param path a CSV file with real names; undefined for made-up ones */
export async function companyNames(path: string | undefined): Promise<string[]> {
  return path === undefined ? madeUpNames() : (await knownCompanies(path)).map(({ name }) => name);
}

/** Names to begin with when no file gives real ones: some 60,000 words, a few of them common. */
function madeUpNames(): string[] {
  const seed = seeded(11);
  const random = (): number => seed.next();
  const of = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const word = (): string => {
    const text = Array.from({ length: 2 + Math.floor(random() * 3) }, () => of(syllables)).join('');
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const words = Array.from({ length: 60_000 }, word);
  return Array.from({ length: 100_000 }, () =>
    [of(words), of(words), of(trades), of(forms)].join(' ').trim(),
  );
}

export interface NameMixer {
  random(): number;
  chance(share: number): boolean;
  /** A name of words of several. */
  name(): string;
  companies(
    count: number,
  ): Iterable<{ readonly name: string; readonly domain: string | null; readonly country: string }>;
  /** With two neighbouring letters of its longest word swapped. */
  misspelt(name: string): string;
}

/**
 * Any number of names from some: the beginning of one and the rest of another, so that words stay as common
 * as they are.
 */
export function nameMixer(names: readonly string[], seed: number): NameMixer {
  const source = seeded(seed);
  const random = (): number => source.next();
  const split = names.map((name) => name.split(/\s+/).filter((word) => word !== ''));
  const any = (): readonly string[] => split[Math.floor(random() * split.length)] ?? [];
  const name = (): string => {
    const [head, tail] = [any(), any()];
    return [...head.slice(0, Math.ceil(head.length / 2)), ...tail.slice(Math.ceil(tail.length / 2))].join(
      ' ',
    );
  };
  const domainOf = (of: string): string | null => {
    const label = of
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 20);
    return label.length < 3 || random() < 0.3
      ? null
      : `${label}.${endings[Math.floor(random() * endings.length)]}`;
  };
  return {
    random,
    chance: (share) => random() < share,
    name,
    *companies(count) {
      for (let n = 0; n < count; n += 1) {
        const made = name();
        yield {
          name: made,
          domain: domainOf(made),
          country: countries[Math.floor(random() * countries.length)] ?? 'US',
        };
      }
    },
    misspelt(written) {
      const longest = written.split(' ').toSorted((a, b) => b.length - a.length)[0] ?? '';
      if (longest.length < 5) return written;
      const at = 1 + Math.floor(random() * (longest.length - 3));
      const swapped = `${longest.slice(0, at)}${longest[at + 1]}${longest[at]}${longest.slice(at + 2)}`;
      return written.replace(longest, swapped);
    },
  };
}
