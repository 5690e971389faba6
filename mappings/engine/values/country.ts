import { countryCode } from '#src/domain/country.ts';
import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';

const advice = 'Store the English name of the country or its two-letter code, such as DE.';

/** The ISO 3166-1 alpha-2 code for a country's name or code. */
export function readCountry(value: unknown): string | null | Refusal {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.trim() === '') return null;
  const code = typeof value === 'string' ? countryCode(value) : null;
  return code ?? refuse('not_a_country', `${shown(value)} is not a country.`, advice);
}
