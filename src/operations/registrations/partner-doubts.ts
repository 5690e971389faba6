import type { Db } from '#src/db/client.ts';
import { partnersLike, partnerStates } from '#src/db/registrations/partner-state-store.ts';
import type { StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import type { PartnerDoubts } from '#src/domain/registrations/registration.ts';

/** Loads what speaks against the partners of these registrations, by the registration's id. */
export async function loadPartnerDoubts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  companyOf: (registration: StoredRegistration) => NormalisedCompany,
  model: MatchModel,
): Promise<ReadonlyMap<string, PartnerDoubts>> {
  const ids = registrations.map(({ id }) => id);
  const states = await partnerStates(tx, ids);
  const alike = Map.groupBy(await partnersLike(tx, ids), ({ registrationId }) => registrationId);
  return new Map(
    registrations.map((registration) => {
      const state = states.get(registration.id);
      const company = companyOf(registration);
      const asCustomer = (alike.get(registration.id) ?? [])
        .filter(({ normal }) => isSameCompany(company, normal, model))
        .map(({ partnerId, name }) => ({ id: partnerId, name }));
      return [
        registration.id,
        { status: state?.status ?? null, mergedFrom: state?.mergedFrom ?? null, asCustomer },
      ];
    }),
  );
}

/** An equal name in another country counts as well: a person only has to look at it. */
function isSameCompany(customer: NormalisedCompany, partner: NormalisedCompany, model: MatchModel): boolean {
  const { verdict } = matchCompanies(customer, partner, model);
  return verdict === 'same' || (verdict === 'related' && customer.core === partner.core);
}
