import { partnersOfAccounts, type Partner } from '#src/db/records/account-store.ts';
import { saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { severalIds, type CanonicalValue } from '#src/domain/record.ts';
import { utcMinute } from '#src/domain/utc-minute.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import {
  amountOf,
  extraColumn,
  placingFailure,
  referencedIds,
  type PlaceContext,
  type PlacingFailure,
  type PlacingResult,
  type RecordToPlace,
} from './place-context.ts';

/**
 * Stores registrations. One waits until its partner is an account marked as a partner and, when it names an
 * opportunity, until that is placed.
 */
export async function placeRegistrations(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const { partners, opportunities } = await references(context, records);
  const failed: PlacingFailure[] = [];
  const incomplete: PlacingFailure[] = [];
  const placed: RecordToPlace[] = [];
  const extra = extraColumn(records);
  const rows = records.flatMap((record) => {
    const { extId, values } = record;
    const accounts = textOf(values['partner'])?.split(severalIds) ?? [];
    const named = new Map(accounts.flatMap((one) => partners.get(one) ?? []).map((one) => [one.id, one]));
    const [partner, ...others] = named.values();
    if (!partner || others.length > 0) {
      failed.push(partnerFailure(extId, accounts, [...named.values()]));
      return [];
    }
    const opportunity = textOf(values['opportunity']);
    const opportunityId = opportunity === null ? null : opportunities.get(opportunity);
    if (opportunityId === undefined) {
      const message = `The opportunity ${opportunity} it is linked to has not been read.`;
      const fix = 'Let the integration user see that opportunity, or clear the link.';
      failed.push(placingFailure(extId, 'opportunity_unknown', message, fix));
      return [];
    }
    placed.push(record);
    return [{ ...toRow(context, record, { partner, opportunityId }, incomplete), ...extra(values) }];
  });
  await saveRegistrations(context.tx, rows, context.preserved);
  return { placed, failed, incomplete };
}

/** The registration names no account, no partner, or several partners, of which a person must choose one. */
function partnerFailure(
  extId: string,
  accounts: readonly string[],
  partners: readonly Partner[],
): PlacingFailure {
  if (partners.length > 1) {
    const names = partners.map(({ name }) => name).join(' and ');
    const fix =
      'Remove the company that did not register the deal from the registration, or give the one that did a label with the word “partner”.';
    return placingFailure(
      extId,
      'partner_ambiguous',
      `The registration names several partners: ${names}.`,
      fix,
    );
  }
  const message =
    accounts.length === 0
      ? 'The registration names no partner.'
      : accounts.length === 1
        ? `The account ${accounts[0]} is not marked as a partner.`
        : `None of the accounts ${accounts.join(', ')} is marked as a partner.`;
  const fix = 'Set the partner on the registration, or set the account’s type to partner.';
  return placingFailure(extId, 'partner_unknown', message, fix);
}

/** By the vendor's ids: the partners of the accounts, and our ids of the opportunities. */
async function references(context: PlaceContext, records: readonly RecordToPlace[]) {
  const accounts = await referencedIds(context, records, { field: 'partner', to: 'account' });
  const byAccount = await partnersOfAccounts(context.tx, [...accounts.values()]);
  const partners = new Map<string, Partner>();
  for (const [extId, accountId] of accounts) {
    const partner = byAccount.get(accountId);
    if (partner) partners.set(extId, partner);
  }
  const opportunities = await referencedIds(context, records, { field: 'opportunity', to: 'opportunity' });
  return { partners, opportunities };
}

interface References {
  readonly partner: Partner;
  readonly opportunityId: string | null;
}

function toRow(
  context: PlaceContext,
  record: RecordToPlace,
  { partner, opportunityId }: References,
  incomplete: PlacingFailure[],
) {
  const { id, values } = record;
  const currency = textOf(values['currency']) ?? context.currency;
  const now = context.deps.clock();
  const createdAt = instantOf(values['createdAt']);
  return {
    id,
    number: textOf(values['number']) ?? '',
    partnerId: partner.id,
    opportunityId,
    namedOpportunityId: opportunityId,
    customerName: textOf(values['customerName']) ?? '',
    customerDomain: textOf(values['customerDomain']),
    customerCountry: textOf(values['customerCountry']),
    contactEmail: textOf(values['contactEmail']),
    productFamily: textOf(values['productFamily']),
    dealType: values['dealType'] === 'renewal' ? ('renewal' as const) : ('new' as const),
    amountMinor: amountOf(record, currency, incomplete),
    currency,
    expectedClose: textOf(values['expectedClose']),
    submittedAt: submissionDate(record, createdAt ?? now, now, incomplete),
    createdAt,
    // A row that exists keeps its own instant.
    receivedAt: now,
    deleted: false,
  };
}

const instantOf = (value: CanonicalValue | undefined): Date | null => {
  const text = textOf(value);
  return text === null ? null : new Date(text);
};

/** Clocks of servers may differ by this much. */
const clockToleranceMs = 5 * 60_000;

/** The typed date; `otherwise` for one in the future, which is reported. */
function submissionDate(
  { extId, values }: RecordToPlace,
  otherwise: Date,
  now: Date,
  incomplete: PlacingFailure[],
): Date {
  const typed = instantOf(values['submittedAt']) ?? otherwise;
  if (typed.getTime() <= now.getTime() + clockToleranceMs) return typed;
  const message = `submittedAt: ${utcMinute(typed)} is in the future. The registration ${textOf(values['number'])} was placed with ${utcMinute(otherwise)} instead.`;
  const fix = 'Correct the date of submission on the record.';
  incomplete.push(placingFailure(extId, 'submitted_in_future', message, fix));
  return otherwise;
}
