import type { Db } from '#src/db/client.ts';
import { knownCustomers, outcomesOf } from '#src/db/records/customer-store.ts';
import { profilesOf, type SubjectKind } from '#src/db/matching/match-profile-store.ts';
import {
  opportunitiesOf,
  registrationsByIds,
  rejectionsOf,
  type SalesOpportunity,
  type StoredRegistration,
} from '#src/db/registrations/registration-store.ts';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import { withSharedDomains } from './weigh-domains.ts';
import { formatMinor } from '#src/domain/money.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import type { DealOutcome, DealTerms, Rejection, Rival } from '#src/domain/registrations/registration.ts';

interface MatchedRecord {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly match: CompanyMatch;
}

/**
 * Loads the deals of matched records. Returns a function that gives the rivals behind a match: the
 * registration itself or, for an account, its earlier purchases and the opportunities of our own sales team that
 * are open or were closed since. Purchases count only when the account is the same company, not a related one.
 *
 * @param since opportunities that were closed before this day (`YYYY-MM-DD`) are left out
 */
export async function loadDeals(
  tx: Db,
  matches: readonly MatchedRecord[],
  { model, since }: { readonly model: MatchModel; readonly since: string },
): Promise<(match: MatchedRecord) => readonly Rival[]> {
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
  const sameAccounts = matches
    .filter((match) => match.kind === 'account' && match.match.verdict === 'same')
    .map(({ id }) => id);
  const customers = new Map(
    (await knownCustomers(tx, [...new Set(sameAccounts)])).map((row) => [row.accountId, row]),
  );
  return ({ kind, id, match }) => {
    if (kind === 'registration') {
      const row = registrations.get(id);
      if (!row) return [];
      const outcome = outcomes.get(row.opportunityId ?? '') ?? null;
      return [registrationRival(row, { outcome, rejection: rejections.get(id) ?? null, match })];
    }
    const direct = (opportunities.get(id) ?? []).map(({ accountId: _, linkedBy: __, ...row }): Rival => ({
      kind: 'opportunity',
      ...row,
      match,
    }));
    const customer = match.verdict === 'same' ? customers.get(id) : undefined;
    if (!customer) return direct;
    const { name: accountName, since, lastOn, families } = customer;
    return [...direct, { kind: 'customer', id, accountName, since, lastOn, families, match }];
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

interface RivalDetails {
  readonly outcome: DealOutcome | null;
  readonly rejection: Rejection | null;
  readonly match: CompanyMatch;
}

function registrationRival(other: StoredRegistration, { outcome, rejection, match }: RivalDetails): Rival {
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
    submittedAt: other.submittedAt.toISOString(),
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
