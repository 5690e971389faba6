import { companyOf, readCompanyRows, usualMap } from './company-file.ts';
import type { KnownCompany } from './deal-variations.ts';

/**
 * Real companies from a CSV file with a column `name` and, as far as known, `domain`, `country`, `city` and
 * `zipcode`.
 */
export async function knownCompanies(path: string): Promise<readonly KnownCompany[]> {
  const rows = await readCompanyRows(path, ['name']);
  const map = usualMap(rows[0]);
  return rows
    .map((row) => companyOf(row, map))
    .filter(({ name }) => name !== '')
    .map(({ name, domain = null, country = null, city = null, postcode = null }) => ({
      name,
      domain,
      country,
      city,
      postcode,
    }));
}
