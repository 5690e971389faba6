import type { Db } from '#src/db/client.ts';
import { accountNamesOf, salesTo, territoriesOf } from '#src/db/records/customer-store.ts';
import { registrationsWithCase, type StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { isSampled } from '#src/domain/matching/sample.ts';
import type { PartnerSales, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import { findMatchCandidates, type MatchCandidates } from '#src/operations/matching/find-candidates.ts';
import { termsOf } from '#src/operations/matching/load-deals.ts';
import type { EvaluationRound, RegistrationWithFacts } from './evaluation.ts';

/** Step 1: loads the facts about all registrations of a round, in a fixed number of queries. */
export async function withFacts(
  { config }: Pick<Deps, 'config'>,
  tx: Db,
  { model }: EvaluationRound,
  registrations: readonly StoredRegistration[],
): Promise<readonly RegistrationWithFacts[]> {
  const candidates = await findMatchCandidates(tx, registrations, model, (id) =>
    isSampled(id, config.matchSampleShare),
  );
  const candidatesOf = ({ id, number }: StoredRegistration): MatchCandidates => {
    const found = candidates.get(id);
    if (!found) throw new TypeError(`matching returned nothing for registration ${number}`);
    return found;
  };
  const factsOf = await loadFacts(tx, registrations, candidatesOf);
  const withCase = await registrationsWithCase(
    tx,
    registrations.map(({ id }) => id),
  );
  return registrations.map((registration) => ({
    registration,
    facts: factsOf(registration),
    candidates: candidatesOf(registration),
    hasCase: withCase.has(registration.id),
  }));
}

async function loadFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  candidatesOf: (registration: StoredRegistration) => MatchCandidates,
): Promise<(registration: StoredRegistration) => RegistrationFacts> {
  const linkedAccounts = await accountNamesOf(
    tx,
    registrations.flatMap(({ opportunityId }) => opportunityId ?? []),
  );
  const namesOf = (registration: StoredRegistration): readonly string[] =>
    customerNames(registration, linkedAccounts, candidatesOf(registration));
  const sales = await salesTo(tx, [...new Set(registrations.flatMap(namesOf))]);
  const territories = await territoriesOf(tx, [...new Set(registrations.map(({ partnerId }) => partnerId))]);
  return (registration) => ({
    id: registration.id,
    number: registration.number,
    partnerId: registration.partnerId,
    partnerName: registration.partnerName,
    territory: territories.get(registration.partnerId) ?? null,
    opportunityId: registration.opportunityId,
    customerName: registration.customerName,
    customerDomain: registration.customerDomain,
    customerCountry: candidatesOf(registration).company.country,
    productFamily: registration.productFamily,
    dealType: registration.dealType,
    terms: termsOf(registration),
    submittedAt: registration.submittedAt.toISOString(),
    invoiced: salesByPartner(namesOf(registration).flatMap((name) => sales.get(name) ?? [])),
  });
}

/**
 * The names of the customer: as the partner wrote it, the account of the linked opportunity, and other
 * accounts of the same company. `linkedAccounts` gives the account's name by the opportunity's id.
 */
function customerNames(
  { customerName, opportunityId }: StoredRegistration,
  linkedAccounts: ReadonlyMap<string, string>,
  { rivals }: MatchCandidates,
): readonly string[] {
  const linked = linkedAccounts.get(opportunityId ?? '');
  const sameCompany = rivals.flatMap(({ rival }) =>
    rival.kind !== 'registration' && rival.match.verdict === 'same' ? [rival.accountName] : [],
  );
  return [...new Set([customerName, ...(linked === undefined ? [] : [linked]), ...sameCompany])];
}

/** Joins the sales of each partner, which may have invoiced the customer by several names. */
function salesByPartner(sales: readonly PartnerSales[]): readonly PartnerSales[] {
  return [...Map.groupBy(sales, ({ partnerId }) => partnerId).values()].flatMap((ofPartner) => {
    const [first] = ofPartner;
    if (!first) return [];
    const firstDays = ofPartner.map(({ firstOn }) => firstOn).toSorted();
    const lastDays = ofPartner.map(({ lastOn }) => lastOn).toSorted();
    return [{ ...first, firstOn: firstDays[0] ?? first.firstOn, lastOn: lastDays.at(-1) ?? first.lastOn }];
  });
}
