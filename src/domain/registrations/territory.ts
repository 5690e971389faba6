import { countryCode } from '#src/domain/country.ts';

/** Where a partner may sell. */
export interface Territory {
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  /** What names no country, such as a region, as it is written. */
  readonly unread: readonly string[];
}

/**
 * Countries by code or name, separated by `;`, `,`, `|` or a line break; null when there are none: the
 * partner sells anywhere.
 */
export function territoryOf(text: string | null): Territory | null {
  const parts = (text ?? '')
    .split(/[;,|\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) return null;
  const countries = parts.flatMap((part) => countryCode(part) ?? []);
  return { countries: [...new Set(countries)], unread: parts.filter((part) => countryCode(part) === null) };
}
