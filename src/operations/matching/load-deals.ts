import type { Db } from '#src/db/client.ts';
import { knownCustomers, outcomesOf, type DealOutcome } from '#src/db/records/customer-store.ts';
import type { SubjectKind } from '#src/db/matching/match-profile-store.ts';
import {
  openOpportunities,
  registrationsByIds,
  type StoredRegistration,
} from '#src/db/registrations/registration-store.ts';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { DealTerms, Rival } from '#src/domain/registrations/registration.ts';

interface MatchedRecord {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly match: CompanyMatch;
}

/**
 * Loads the deals of matched records. Returns a function that gives the rivals behind a match: the
 * registration itself or, for an account, its open opportunities and its earlier purchases. Purchases count
 * only when the account is the same company, not a related one.
 */
export async function loadDeals(
  tx: Db,
  matches: readonly MatchedRecord[],
): Promise<(match: MatchedRecord) => readonly Rival[]> {
  const ids = (kind: SubjectKind): string[] => [
    ...new Set(matches.filter((match) => match.kind === kind).map(({ id }) => id)),
  ];
  const registrations = new Map(
    (await registrationsByIds(tx, ids('registration'))).map((row) => [row.id, row]),
  );
  const outcomes = await outcomesOf(
    tx,
    [...registrations.values()].flatMap(({ opportunityId }) => opportunityId ?? []),
  );
  const opportunities = Map.groupBy(await openOpportunities(tx, ids('account')), (row) => row.accountId);
  const sameAccounts = matches
    .filter((match) => match.kind === 'account' && match.match.verdict === 'same')
    .map(({ id }) => id);
  const customers = new Map(
    (await knownCustomers(tx, [...new Set(sameAccounts)])).map((row) => [row.accountId, row]),
  );
  return ({ kind, id, match }) => {
    if (kind === 'registration') {
      const row = registrations.get(id);
      return row ? [registrationRival(row, outcomes.get(row.opportunityId ?? '') ?? null, match)] : [];
    }
    const open = (opportunities.get(id) ?? []).map(({ accountId: _, ...row }): Rival => ({
      kind: 'opportunity',
      ...row,
      match,
    }));
    const customer = match.verdict === 'same' ? customers.get(id) : undefined;
    if (!customer) return open;
    const { name: accountName, since, families } = customer;
    return [...open, { kind: 'customer', id, accountName, since, families, match }];
  };
}

function registrationRival(
  other: StoredRegistration,
  outcome: DealOutcome | null,
  match: CompanyMatch,
): Rival {
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
