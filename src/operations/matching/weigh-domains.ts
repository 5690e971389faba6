import type { Db } from '#src/db/client.ts';
import { namesAtDomains } from '#src/db/matching/match-store.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { countDifferentlyNamed } from '#src/domain/matching/differently-named.ts';

/** This many names are enough to show that a domain identifies no single company. */
const namesPerDomain = 64;

/**
 * The companies, each with the number of differently named companies at its domains. The number is stored with
 * the decision, so that the decision can be repeated after the account base has changed.
 */
export async function withSharedDomains(
  tx: Db,
  companies: readonly NormalisedCompany[],
): Promise<readonly NormalisedCompany[]> {
  const names = await namesAtDomains(tx, [...new Set(companies.flatMap(domainsOf))], namesPerDomain);
  return companies.map((company) => {
    const counts = domainsOf(company).flatMap((domain) => {
      const count = countDifferentlyNamed(names.get(domain) ?? []);
      return count > 1 ? [[domain, count] as const] : [];
    });
    return counts.length === 0 ? company : { ...company, sharedDomains: Object.fromEntries(counts) };
  });
}

function domainsOf({ domain, mailDomain }: NormalisedCompany): readonly string[] {
  return [domain, mailDomain].filter((one) => typeof one === 'string');
}
