import type { Db } from '#src/db/client.ts';
import { accountNamesOf, salesTo, territoriesOf } from '#src/db/records/customer-store.ts';
import type { StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { PartnerSales, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { Rivals } from '#src/operations/matching/find-candidates.ts';
import { termsOf } from '#src/operations/matching/load-deals.ts';

/** What the rules need to know of each of these claims, besides its rivals. */
export async function registrationFacts(
  tx: Db,
  claims: readonly StoredRegistration[],
  rivals: ReadonlyMap<string, Rivals>,
): Promise<(claim: StoredRegistration) => RegistrationFacts> {
  const linked = await accountNamesOf(
    tx,
    claims.flatMap(({ opportunityId }) => opportunityId ?? []),
  );
  const namesOf = (claim: StoredRegistration): readonly string[] =>
    namesOfCustomer(claim, linked, rivals.get(claim.id));
  const sales = await salesTo(tx, [...new Set(claims.flatMap(namesOf))]);
  const territories = await territoriesOf(tx, [...new Set(claims.map(({ partnerId }) => partnerId))]);
  return (claim) => ({
    id: claim.id,
    number: claim.number,
    partnerId: claim.partnerId,
    partnerName: claim.partnerName,
    territory: territories.get(claim.partnerId) ?? null,
    opportunityId: claim.opportunityId,
    customerName: claim.customerName,
    customerDomain: claim.customerDomain,
    customerCountry: rivals.get(claim.id)?.company.country ?? null,
    productFamily: claim.productFamily,
    dealType: claim.dealType,
    terms: termsOf(claim),
    submittedAt: claim.submittedAt.toISOString(),
    invoiced: together(namesOf(claim).flatMap((name) => sales.get(name) ?? [])),
  });
}

/**
 * What the customer is called: by the partner, by the account the deal is with, and by others that are the
 * same company.
 */
function namesOfCustomer(
  { customerName, opportunityId }: StoredRegistration,
  linked: ReadonlyMap<string, string>,
  found: Rivals | undefined,
): readonly string[] {
  const accounts = (found?.rivals ?? []).flatMap(({ rival }) =>
    rival.kind !== 'registration' && rival.match.verdict === 'same' ? [rival.accountName] : [],
  );
  const own = opportunityId === null ? undefined : linked.get(opportunityId);
  return [...new Set([customerName, ...(own === undefined ? [] : [own]), ...accounts])];
}

/** One entry a partner, whatever names it invoiced the customer by. */
function together(sales: readonly PartnerSales[]): readonly PartnerSales[] {
  return [...Map.groupBy(sales, ({ partnerId }) => partnerId).values()].flatMap((some) => {
    const [first] = some;
    if (!first) return [];
    const firstOn = some.map((one) => one.firstOn).toSorted()[0] ?? first.firstOn;
    const lastOn =
      some
        .map((one) => one.lastOn)
        .toSorted()
        .at(-1) ?? first.lastOn;
    return [{ ...first, firstOn, lastOn }];
  });
}
