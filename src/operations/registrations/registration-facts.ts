import type { Db } from '#src/db/client.ts';
import { salesTo, territoriesOf } from '#src/db/records/customer-store.ts';
import { registrationsWithCase } from '#src/db/registrations/conflict-case-store.ts';
import {
  linkedOpportunities,
  type LinkedRow,
  type StoredRegistration,
} from '#src/db/registrations/registration-store.ts';
import { registrationsWithLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { profilesOf } from '#src/db/matching/match-profile-store.ts';
import type { Deps } from '#src/deps.ts';
import { isSampled } from '#src/domain/matching/sample.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { findBilledNames } from '#src/operations/matching/find-billed-names.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import type {
  LinkedOpportunity,
  PartnerSales,
  RegistrationFacts,
} from '#src/domain/registrations/registration.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { termChanges, termsNow } from '#src/domain/registrations/protected-terms.ts';
import { findMatchCandidates, type MatchCandidates } from '#src/operations/matching/find-candidates.ts';
import { termsOf } from '#src/operations/matching/load-deals.ts';
import { protectionDaysFor } from '#src/operations/program/protection-days.ts';
import { automaticStopIn } from './automatic/stop-automatic-approval.ts';
import { withRoles } from './facts/rival-roles.ts';
import { loadProgrammeFacts } from './facts/programme-facts.ts';
import { loadPartnerDoubts } from './partner-doubts.ts';
import type { EvaluationRound, RegistrationWithFacts } from './evaluation.ts';

/** Step 1: loads the facts about all registrations of a round, in a fixed number of queries. */
export async function withFacts(
  { config }: Pick<Deps, 'config'>,
  tx: Db,
  { model, program, document, today }: EvaluationRound,
  registrations: readonly StoredRegistration[],
): Promise<readonly RegistrationWithFacts[]> {
  const found = await findMatchCandidates(tx, registrations, model, (id) =>
    isSampled(id, config.matchSampleShare),
  );
  const candidates = await withRoles(tx, found, program.engagement);
  const candidatesOf = ({ id, number }: StoredRegistration): MatchCandidates => {
    const found = candidates.get(id);
    if (!found) throw new TypeError(`matching returned nothing for registration ${number}`);
    return found;
  };
  const { engagement } = program;
  const companyOf = (registration: StoredRegistration) => candidatesOf(registration).company;
  const round = { model, engagement, today, companyOf };
  const programmeFacts = await loadProgrammeFacts(tx, registrations, round);
  const factsOf = await loadFacts(tx, registrations, candidatesOf, { model, engagement });
  const ids = registrations.map(({ id }) => id);
  const withCase = await registrationsWithCase(tx, ids);
  const withLifecycle = await registrationsWithLifecycle(tx, ids);
  const automaticStop = await automaticStopIn(tx, document);
  const daysOf = await protectionDaysFor(tx, document, registrations);
  return registrations.map((registration) => ({
    registration,
    facts: {
      ...factsOf(registration),
      ...programmeFacts(registration),
      ...(automaticStop === undefined ? {} : { automaticStop }),
    },
    candidates: candidatesOf(registration),
    protectionDays: daysOf(registration, today),
    hasCase: withCase.has(registration.id),
    hasLifecycle: withLifecycle.has(registration.id),
  }));
}

async function loadFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  candidatesOf: (registration: StoredRegistration) => MatchCandidates,
  { model, engagement }: { readonly model: MatchModel; readonly engagement: EngagementPolicy },
): Promise<(registration: StoredRegistration) => RegistrationFacts> {
  const linked = await linkedOpportunities(
    tx,
    registrations.flatMap(({ opportunityId }) => opportunityId ?? []),
  );
  const linkedCompanies = await profilesOf(
    tx,
    [...linked.values()].flatMap(({ accountId }) => accountId ?? []),
  );
  const linkedFacts = ({ opportunityId }: StoredRegistration, { company }: MatchCandidates) => {
    const row = linked.get(opportunityId ?? '');
    if (!row) return null;
    const account = linkedCompanies.get(row.accountId ?? '');
    return linkedOpportunity(row, account ? matchCompanies(company, account, model).verdict : null);
  };
  const companiesOf = (registration: StoredRegistration): readonly NormalisedCompany[] => {
    const account = linkedCompanies.get(linked.get(registration.opportunityId ?? '')?.accountId ?? '');
    return customerCompanies(candidatesOf(registration), account);
  };
  const billed = await findBilledNames(tx, [...new Set(registrations.flatMap(companiesOf))], model);
  const namesOf = (registration: StoredRegistration): readonly string[] => [
    ...new Set([
      ...customerNames(registration, linked, candidatesOf(registration)),
      ...companiesOf(registration).flatMap((company) => billed.get(company) ?? []),
    ]),
  ];
  const sales = await salesTo(tx, [...new Set(registrations.flatMap(namesOf))]);
  const territories = await territoriesOf(tx, [...new Set(registrations.map(({ partnerId }) => partnerId))]);
  const companyOf = (registration: StoredRegistration) => candidatesOf(registration).company;
  const doubts = await loadPartnerDoubts(tx, registrations, companyOf, model);
  return (registration) => ({
    id: registration.id,
    number: registration.number,
    partnerId: registration.partnerId,
    partnerName: registration.partnerName,
    territory: territories.get(registration.partnerId) ?? null,
    opportunityId: registration.opportunityId,
    linked: linkedFacts(registration, candidatesOf(registration)),
    customerName: registration.customerName,
    customerDomain: registration.customerDomain,
    customerCountry: candidatesOf(registration).company.country,
    productFamily: registration.productFamily,
    dealType: registration.dealType,
    terms: termsOf(registration),
    submittedAt: precedenceAt(registration).toISOString(),
    typedAt: registration.submittedAt.toISOString(),
    partnerDoubts: doubts.get(registration.id) ?? { status: null, mergedFrom: null, asCustomer: [] },
    ...editFacts(registration, engagement),
    invoiced: salesByPartner(namesOf(registration).flatMap((name) => sales.get(name) ?? [])),
  });
}

function linkedOpportunity(
  { accountId: _, ...row }: LinkedRow,
  customer: LinkedOpportunity['customer'],
): LinkedOpportunity {
  return { ...row, customer };
}

/** An edit that waits for a person, with what it changes. Empty without one. */
function editFacts(
  registration: StoredRegistration,
  engagement: EngagementPolicy,
): Pick<RegistrationFacts, 'edit'> {
  const { approvedTerms, editedTerms, protectedUntil } = registration;
  if (approvedTerms === null || editedTerms?.state !== 'waiting') return {};
  const changes = termChanges(approvedTerms, termsNow(registration), engagement);
  return { edit: { changes, since: editedTerms.since, protectedUntil } };
}

/**
 * The names of the customer: as the partner wrote it, the account of the linked opportunity, and other
 * accounts of the same company.
 */
function customerNames(
  { customerName, opportunityId }: StoredRegistration,
  linkedRows: ReadonlyMap<string, LinkedRow>,
  { rivals }: MatchCandidates,
): readonly string[] {
  const linked = linkedRows.get(opportunityId ?? '')?.accountName ?? null;
  const sameCompany = rivals.flatMap(({ rival }) =>
    rival.kind !== 'registration' && rival.match.verdict === 'same' ? [rival.accountName] : [],
  );
  return [...new Set([customerName, ...(linked === null ? [] : [linked]), ...sameCompany])];
}

/** The customer, the account of the linked opportunity, and other accounts of the same company. */
function customerCompanies(
  { company, rivals }: MatchCandidates,
  linked: NormalisedCompany | undefined,
): readonly NormalisedCompany[] {
  const sameCompany = rivals.flatMap(({ rival, facts }) =>
    rival.kind !== 'registration' && rival.match.verdict === 'same' ? [facts.company] : [],
  );
  return [company, ...(linked ? [linked] : []), ...sameCompany];
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
