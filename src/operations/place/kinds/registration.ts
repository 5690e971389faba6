import { partnersOfAccounts, type Partner } from '#src/db/records/account-store.ts';
import { saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import {
  amountOf,
  extraColumn,
  misplaced,
  pointedAt,
  type Mapped,
  type Misplaced,
  type PlaceContext,
  type Placing,
} from './place-context.ts';

/**
 * Registrations. The partner must be an account marked as a partner; the opportunity, when named, must have
 * been read.
 */
export async function placeRegistrations(
  context: PlaceContext,
  records: readonly Mapped[],
): Promise<Placing> {
  const { partners, opportunities } = await references(context, records);
  const waiting: Misplaced[] = [];
  const flawed: Misplaced[] = [];
  const placed: Mapped[] = [];
  const extra = extraColumn(records);
  const rows = records.flatMap((record) => {
    const partner = partners.get(textOf(record.values['partner']) ?? '');
    const opportunity = textOf(record.values['opportunity']);
    if (!partner) {
      const account = textOf(record.values['partner']);
      waiting.push(
        misplaced(
          record.extId,
          'partner_unknown',
          account === null ? 'It names no partner.' : `The account ${account} is not marked as a partner.`,
          'Set the partner on the registration, or set the account’s type to partner.',
        ),
      );
      return [];
    }
    if (opportunity !== null && !opportunities.has(opportunity)) {
      waiting.push(
        misplaced(
          record.extId,
          'opportunity_unknown',
          `The opportunity ${opportunity} it is linked to has not been read.`,
          'Let the integration user see that opportunity, or clear the link.',
        ),
      );
      return [];
    }
    placed.push(record);
    return [
      {
        ...toRow(context, record, partner, opportunities.get(opportunity ?? '') ?? null, flawed),
        ...extra(record.values),
      },
    ];
  });
  await saveRegistrations(context.tx, rows, context.keep);
  return { placed, misplaced: waiting, flawed };
}

/** Remote ids resolved: partner accounts to partners, opportunities to ours. */
async function references(context: PlaceContext, records: readonly Mapped[]) {
  const accounts = await pointedAt(context, records, { field: 'partner', to: 'account' });
  const byAccount = await partnersOfAccounts(context.tx, [...accounts.values()]);
  const partners = new Map<string, Partner>();
  for (const [extId, accountId] of accounts) {
    const partner = byAccount.get(accountId);
    if (partner) partners.set(extId, partner);
  }
  const opportunities = await pointedAt(context, records, { field: 'opportunity', to: 'opportunity' });
  return { partners, opportunities };
}

function toRow(
  context: PlaceContext,
  record: Mapped,
  partner: Partner,
  opportunityId: string | null,
  flawed: Misplaced[],
) {
  const { id, values } = record;
  const currency = textOf(values['currency']) ?? context.currency;
  return {
    id,
    number: textOf(values['number']) ?? '',
    partnerId: partner.id,
    opportunityId,
    customerName: textOf(values['customerName']) ?? '',
    customerDomain: textOf(values['customerDomain']),
    customerCountry: textOf(values['customerCountry']),
    contactEmail: textOf(values['contactEmail']),
    productFamily: textOf(values['productFamily']),
    dealType: values['dealType'] === 'renewal' ? ('renewal' as const) : ('new' as const),
    amountMinor: amountOf(record, currency, flawed),
    currency,
    expectedClose: textOf(values['expectedClose']),
    submittedAt: new Date(textOf(values['submittedAt']) ?? 0),
    deleted: false,
  };
}
