import type { Random } from './data-random.ts';
import { anyPartnerTrades, coined, countries, partnerStems, partnerTrades } from './data-words.ts';
import type { Country } from './data-words.ts';

/** A company as a register lists it. */
export interface Company {
  readonly name: string;
  readonly domain: string | null;
  /** English name. */
  readonly country: string | null;
  readonly city: string | null;
  readonly zipcode: string | null;
}

/** Companies that could exist, no two with one name or one domain. */
export class CompanyNames {
  readonly #random: Random;
  readonly #names = new Set<string>();
  readonly #domains = new Set<string>();

  /** @param existing companies that exist already */
  constructor(random: Random, existing: readonly Company[]) {
    this.#random = random;
    for (const { name, domain } of existing) {
      this.#names.add(slug(name));
      if (domain !== null) this.#domains.add(domain);
    }
  }

  customer(): Company {
    return this.#untilNew((country) => {
      const random = this.#random;
      const head = random.chance(0.45) ? random.pick(coined) : random.pick(country.families);
      return [head, random.pick(country.trades)];
    });
  }

  partner(): Company {
    return this.#untilNew((country) => {
      const trades = partnerTrades[country.code];
      return [
        this.#random.pick(partnerStems),
        this.#random.pick(trades && this.#random.chance(0.7) ? trades : anyPartnerTrades),
      ];
    });
  }

  /** Another company with the same first word: `Summit Steel` and `Summit Foods`. */
  namesake(name: string): Company {
    return this.#untilNew((country) => [name.split(' ', 1)[0] ?? name, this.#random.pick(country.trades)]);
  }

  #untilNew(words: (country: Country) => readonly [head: string, trade: string]): Company {
    for (;;) {
      const country = this.#random.pick(countries);
      const [head, trade] = words(country);
      // Two that differ in the legal form, or as Energie and Energia do, would be one company to a careful
      // reader.
      const key = slug(head) + slug(trade).slice(0, 5);
      if (this.#names.has(key)) continue;
      this.#names.add(key);
      const [city, zipcode] = this.#random.pick(country.cities);
      const domain = this.#random.chance(0.04) ? null : this.#domain(head, trade, country);
      return {
        name: `${head} ${trade} ${this.#random.pick(country.forms)}`,
        domain,
        country: country.name,
        city,
        zipcode,
      };
    }
  }

  #domain(head: string, trade: string, country: Country): string {
    const tld = this.#random.chance(0.3) ? 'com' : country.tld;
    const [first, second] = [slug(head), slug(trade)];
    const wishes = this.#random.shuffled([
      `${first}-${second}.${tld}`,
      `${first}${second}.${tld}`,
      `${first}${second.slice(0, 3)}.${tld}`,
    ]);
    const free =
      wishes.find((wish) => !this.#domains.has(wish)) ?? `${first}-${second}-${this.#domains.size}.${tld}`;
    this.#domains.add(free);
    return free;
  }
}

/** A name in the form used in a web address. */
export function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('ß', 'ss')
    .normalize('NFKD');
  return plain.replace(/[^a-z0-9]+/g, '');
}
