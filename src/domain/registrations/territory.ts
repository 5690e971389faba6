import { countryCode } from '#src/domain/country.ts';

/** The countries a partner may sell in. */
export interface Territory {
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  /** Parts that are not a country, such as a region, as written. */
  readonly unread: readonly string[];
}

/**
 * Parses countries, as codes or names, separated by `;`, `,`, `|` or a line break. Null if the text is blank:
 * the partner may sell anywhere.
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
