/** The opportunity that a conversion without one creates in the CRM of the registration. */
import { createdRecord } from '#mappings/engine/creation.ts';
import { findConnection, listConnections } from '#src/db/connections/connection-store.ts';
import {
  accountInCrm,
  conversionPlace,
  newOpportunityValues,
  type ConversionPlace,
  type NewOpportunity,
} from '#src/db/registrations/lifecycle/new-opportunity-store.ts';
import { registrationsByIds, type StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { amountCurrency } from '#src/operations/connections/region.ts';
import { packFor, tryMapping } from '#src/operations/connections/use-connection.ts';
import { findMatches } from '#src/operations/matching/find-candidates.ts';
import { companyNow } from '#src/operations/matching/load-deals.ts';
import { programAt } from '#src/operations/program/current-program.ts';

/** Why no opportunity is created: the vendor's field, or ours, and what to do. */
export interface CreationProblem {
  readonly field: string;
  readonly message: string;
}

export type OpportunityCreation =
  | { readonly opportunity: NewOpportunity }
  | { readonly problems: readonly CreationProblem[] };

/**
 * The opportunity to create when this person converts a registration. Null when no CRM has the registration or its
 * partner. Everything that the org requires is checked here, so that the person learns at once what is missing.
 *
 * @param email the person's address
 */
export async function opportunityToCreate(
  deps: Deps,
  registrationId: string,
  email: string,
): Promise<OpportunityCreation | null> {
  const { db, clock } = deps;
  const [registration] = await registrationsByIds(db, [registrationId]);
  const crms = (await listConnections(db)).filter((one) => packFor(deps, one, 'registration'));
  const ids = crms.map(({ id }) => id);
  const place = await conversionPlace(db, registrationId, ids, email);
  const connection = place && (await findConnection(db, place.connectionId));
  if (registration === undefined || place === null || !connection) return null;
  const mapping = await tryMapping(deps, connection, { kind: 'opportunity', runId: null });
  if (mapping === null)
    return refusedFor('opportunity', `${connection.name} shows no opportunities. Open its connection.`);
  const account = await customerAccount(deps, registration, place);
  const opportunity = newRow(deps.ids(), registration, { ...place, accountId: account?.id ?? null });
  const { program } = await programAt(db, clock());
  const amountIn = amountCurrency(connection, program.currency);
  const hasCurrency = mapping.creation?.lines.some(({ local }) => local === 'currency') === true;
  const { currency } = registration;
  if (registration.amountMinor !== null && currency !== null && !hasCurrency && currency !== amountIn)
    return refusedFor(
      'amount',
      `${connection.name} shows amounts in ${amountIn} only, and the amount is in ${currency}. Create the opportunity there, and name it.`,
    );
  if (!mapping.outbound.some(({ local }) => local === 'creationKey'))
    return refusedFor(
      'creationKey',
      `The mapping of ${mapping.object} has no field for the creation key, by which an opportunity is created once. Connect ${connection.name} again to install it, and add the line to the mapping.`,
    );
  const values = newOpportunityValues(opportunity.id, { ...opportunity, account: account?.extId ?? null });
  const problems = createdRecord(mapping, values)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ field, message, fix }) => ({ field, message: `${message} ${fix}` }));
  return problems.length > 0 ? { problems } : { opportunity };
}

const refusedFor = (field: string, message: string): OpportunityCreation => ({
  problems: [{ field, message }],
});

/** The customer, where exactly one account of this CRM is the same company. */
async function customerAccount(
  { db }: Deps,
  registration: StoredRegistration,
  { connectionId }: ConversionPlace,
): Promise<{ readonly id: string; readonly extId: string } | null> {
  const matches = await findMatches(db, companyNow(registration));
  const same = matches.filter(({ kind, match }) => kind === 'account' && match.verdict === 'same');
  return accountInCrm(
    db,
    connectionId,
    same.map(({ id }) => id),
  );
}

function newRow(
  id: string,
  registration: StoredRegistration,
  { connectionId, accountId, person, manager }: ConversionPlace & { readonly accountId: string | null },
) {
  const { customerName, productFamily, amountMinor, currency, expectedClose, protectedUntil } = registration;
  return {
    id,
    createdIn: connectionId,
    accountId,
    name: [customerName, productFamily].filter((part) => part !== null && part !== '').join(' – '),
    amountMinor,
    currency,
    // The CRMs require a date. Until the end of the protection the partner is expected to close.
    closeDate: expectedClose ?? protectedUntil,
    productFamily,
    owner: person ?? manager,
  };
}
