import type { Db } from '#src/db/client.ts';
import { knownCustomers, outcomesOf } from '#src/db/records/customer-store.ts';
import { openLeads, type OpenLead } from '#src/db/records/lead-store.ts';
import { profilesOf, type SubjectKind } from '#src/db/matching/match-profile-store.ts';
import {
  opportunitiesOf,
  registrationsByIds,
  rejectionsOf,
  type SalesOpportunity,
  type StoredRegistration,
} from '#src/db/registrations/registration-store.ts';
import type { CompanyMatch, NormalisedCompany } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { withSharedDomains } from './weigh-domains.ts';
import { formatMinor } from '#src/domain/money.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { termsAmount } from '#src/domain/registrations/protected-terms.ts';
import { precedenceAt, type RegistrationRival } from '#src/domain/registrations/precedence.ts';
import type { DealOutcome, DealTerms, Rejection, Rival } from '#src/domain/registrations/registration.ts';

interface MatchedRecord {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly match: CompanyMatch;
}

/**
 * Loads the deals of matched records. Returns a function that gives the rivals behind a match: the
 * registration or lead itself or, for an account, its earlier purchases, its open leads, and the opportunities of our
 * own sales team that are open or were closed since. Purchases count only when the account is the same company,
 * not a related one. A registration that was edited after its approval is compared again, with the customer that is
 * protected and with the one that the CRM names now.
 *
 * @param since opportunities that were closed before this day (`YYYY-MM-DD`) are left out
 */
export async function loadDeals(
  tx: Db,
  matches: readonly MatchedRecord[],
  { model, since }: { readonly model: MatchModel; readonly since: string },
): Promise<(match: MatchedRecord, compare: CompareCompany) => readonly MatchedDeal[]> {
  const ids = (kind: SubjectKind): string[] => [
    ...new Set(matches.filter((match) => match.kind === kind).map(({ id }) => id)),
  ];
  const registrations = new Map(
    (await registrationsByIds(tx, ids('registration'))).map((row) => [row.id, row]),
  );
  const rejections = await rejectionsOf(tx, [...registrations.keys()]);
  const outcomes = await outcomesOf(
    tx,
    [...registrations.values()].flatMap(({ opportunityId }) => opportunityId ?? []),
  );
  const found = await opportunitiesOf(tx, ids('account'), since);
  const opportunities = Map.groupBy(await withoutPartnersDeals(tx, found, model), (row) => row.accountId);
  const leads = await openLeads(tx, { ids: ids('lead'), accountIds: ids('account') });
  const leadsById = new Map(leads.map((row) => [row.id, row]));
  const leadsOfAccounts = Map.groupBy(leads, (row) => row.accountId);
  const sameAccounts = matches
    .filter((match) => match.kind === 'account' && match.match.verdict === 'same')
    .map(({ id }) => id);
  const customers = new Map(
    (await knownCustomers(tx, [...new Set(sameAccounts)])).map((row) => [row.accountId, row]),
  );
  return ({ kind, id, match }, compare) => {
    if (kind === 'registration') {
      const row = registrations.get(id);
      if (!row) return [];
      const outcome = outcomes.get(row.opportunityId ?? '') ?? null;
      const rival = registrationRival(row, { outcome, rejection: rejections.get(id) ?? null, match });
      return editedDeals(row, rival, compare) ?? [{ rival, company: null }];
    }
    const asLead = ({ accountId: _, ...row }: OpenLead): MatchedDeal => ({
      rival: { kind: 'lead', ...row, match },
      company: null,
    });
    if (kind === 'lead') {
      const row = leadsById.get(id);
      return row ? [asLead(row)] : [];
    }
    const deals = (opportunities.get(id) ?? []).map(
      ({ accountId: _, linkedBy: __, ...row }): MatchedDeal => ({
        rival: { kind: 'opportunity', ...row, match },
        company: null,
      }),
    );
    const direct = [...deals, ...(leadsOfAccounts.get(id) ?? []).map(asLead)];
    const customer = match.verdict === 'same' ? customers.get(id) : undefined;
    if (!customer) return direct;
    const { name: accountName, since, lastOn, families } = customer;
    const bought = { kind: 'customer', id, accountName, since, lastOn, families, match } as const;
    return [...direct, { rival: bought, company: null }];
  };
}

/**
 * Leaves out the opportunities that are the deal of a partner: opened for a registration, with its customer. A
 * link to a deal that was there before, or with another company, hides nothing.
 */
async function withoutPartnersDeals(
  tx: Db,
  found: readonly SalesOpportunity[],
  model: MatchModel,
): Promise<readonly SalesOpportunity[]> {
  const linked = found.filter(({ linkedBy }) => linkedBy.length > 0);
  const ids = linked.flatMap(({ accountId, linkedBy }) => [accountId, ...linkedBy]);
  const profiles = [...(await profilesOf(tx, [...new Set(ids)]))];
  const weighed = await withSharedDomains(
    tx,
    profiles.map(([, company]) => company),
  );
  const companies = new Map(profiles.map(([id], at) => [id, weighed[at]]));
  const isSame = (left: string, right: string): boolean => {
    const [a, b] = [companies.get(left), companies.get(right)];
    return a !== undefined && b !== undefined && matchCompanies(a, b, model).verdict === 'same';
  };
  return found.filter(({ accountId, linkedBy }) => !linkedBy.some((id) => isSame(id, accountId)));
}

/** Compares a company with the customer of the registration to decide. */
export type CompareCompany = (company: NormalisedCompany) => CompanyMatch;

/** A rival, and the company that it was compared by if that is not the company of its profile. */
export interface MatchedDeal {
  readonly rival: Rival;
  readonly company: NormalisedCompany | null;
}

/**
 * The rival of a registration that differs from its approved terms; null if it does not. Its profile has both
 * customers, so they are compared one by one.
 */
function editedDeals(
  row: StoredRegistration,
  rival: RegistrationRival,
  compare: CompareCompany,
): readonly MatchedDeal[] | null {
  const { approvedTerms: approved, editedTerms, status } = row;
  if (approved === null || editedTerms === null) return null;
  const { customerName, customerDomain, customerCountry } = approved;
  const before = normaliseCompany({ name: customerName, domain: customerDomain, country: customerCountry });
  const now = companyNow(row);
  const isWaiting = status === 'in_review' && editedTerms.state === 'waiting';
  const protectedDeal: RegistrationRival = {
    ...rival,
    partnerId: approved.partnerId,
    partnerName: approved.partnerName,
    customerName,
    productFamily: approved.productFamily,
    dealType: approved.dealType,
    terms: { ...rival.terms, amount: termsAmount(approved) },
    status: isWaiting ? 'approved' : status,
    submittedAt: approved.since,
    match: compare(before),
  };
  const edited: RegistrationRival = { ...rival, protectedUntil: null, match: compare(now) };
  const isAlike = ({ match }: RegistrationRival): boolean => match.verdict !== 'different';
  if (!isWaiting || !isAlike(edited))
    return isAlike(protectedDeal) ? [{ rival: protectedDeal, company: before }] : [];
  if (!isAlike(protectedDeal)) return [{ rival: edited, company: now }];
  const { partnerId, partnerName, productFamily, dealType, terms, submittedAt, protectedUntil, match } =
    edited;
  const shown = { partnerId, partnerName, customerName: edited.customerName, productFamily, dealType };
  return [
    {
      rival: {
        ...protectedDeal,
        edited: { ...shown, terms, status: edited.status, submittedAt, protectedUntil, match },
      },
      company: before,
    },
  ];
}

/** The customer that the CRM names now, without the one that was approved before. */
export function companyNow(row: StoredRegistration): NormalisedCompany {
  const { customerName, customerDomain, customerCountry, contactEmail } = row;
  return normaliseCompany({
    name: customerName,
    domain: customerDomain,
    country: customerCountry,
    email: contactEmail,
  });
}

interface RivalDetails {
  readonly outcome: DealOutcome | null;
  readonly rejection: Rejection | null;
  readonly match: CompanyMatch;
}

function registrationRival(
  other: StoredRegistration,
  { outcome, rejection, match }: RivalDetails,
): RegistrationRival {
  return {
    kind: 'registration',
    id: other.id,
    number: other.number,
    partnerId: other.partnerId,
    partnerName: other.partnerName,
    customerName: other.customerName,
    productFamily: other.productFamily,
    dealType: other.dealType,
    terms: termsOf(other),
    status: other.status,
    submittedAt: precedenceAt(other).toISOString(),
    protectedUntil: other.protectedUntil,
    rejection,
    outcome,
    match,
  };
}

export function termsOf({
  amountMinor,
  currency,
  expectedClose,
  contactEmail,
}: StoredRegistration): DealTerms {
  const amount =
    amountMinor === null || currency === null ? null : `${formatMinor(amountMinor, currency)} ${currency}`;
  return { amount, expectedClose, contactEmail };
}
