import { billedCustomersByIds } from '#src/db/matching/match-profile-store.ts';
import { findCandidates } from '#src/db/matching/match-store.ts';
import type { Db } from '#src/db/client.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { candidateLimits, candidateQuery } from './find-candidates.ts';

const queriesAtOnce = 100;

/**
 * The names on invoices that are the same company as one of these, by the company. A related name is left out,
 * because an invoice has nothing but the name. Refresh the profiles first.
 */
export async function findBilledNames(
  tx: Db,
  companies: readonly NormalisedCompany[],
  model: MatchModel,
): Promise<ReadonlyMap<NormalisedCompany, readonly string[]>> {
  const billed: { readonly company: NormalisedCompany; readonly id: string }[] = [];
  for (let at = 0; at < companies.length; at += queriesAtOnce) {
    const queries = companies
      .slice(at, at + queriesAtOnce)
      .map((company, index) => candidateQuery(String(at + index), company));
    for (const { queryId, id, normal } of await findCandidates(tx, queries, candidateLimits, 'billed')) {
      const company = companies[Number(queryId)];
      if (company && matchCompanies(company, normal, model).verdict === 'same') billed.push({ company, id });
    }
  }
  const rows = await billedCustomersByIds(tx, [...new Set(billed.map(({ id }) => id))]);
  const nameOf = new Map(rows.map(({ id, name }) => [id, name]));
  const found = new Map<NormalisedCompany, string[]>();
  for (const { company, id } of billed) {
    const name = nameOf.get(id);
    if (name !== undefined) found.set(company, [...(found.get(company) ?? []), name]);
  }
  return found;
}
