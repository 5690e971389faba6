import { saveAccounts, savePartners } from '#src/db/records/account-store.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { extraColumn, isTrue, textOf, type Mapped, type PlaceContext, type Placing } from './context.ts';

/** Accounts; those that are partners become partners. */
export async function placeAccounts(
  { deps, tx, keep }: PlaceContext,
  records: readonly Mapped[],
): Promise<Placing> {
  const extra = extraColumn(records);
  const rows = records.map(({ id, values }) => ({
    id,
    ...accountColumns(values),
    deleted: false,
    ...extra(values),
  }));
  await saveAccounts(tx, rows, keep);
  const partners = rows.filter((row) => row.isPartner);
  await savePartners(
    tx,
    partners.map((row) => ({ id: deps.ids(), accountId: row.id, name: row.name, code: row.partnerCode })),
  );
  return { placed: records, misplaced: [], flawed: [] };
}

/** What a row says of an account, and what follows from that. */
export function accountColumns(values: CanonicalValues) {
  return {
    name: textOf(values['name']) ?? '',
    domain: textOf(values['domain']),
    country: textOf(values['country']),
    street: textOf(values['street']),
    city: textOf(values['city']),
    region: textOf(values['region']),
    postcode: textOf(values['postcode']),
    phone: textOf(values['phone']),
    aliases: textOf(values['aliases']),
    vatId: textOf(values['vatId']),
    duns: textOf(values['duns']),
    lei: textOf(values['lei']),
    isPartner: isTrue(values['isPartner']),
    partnerCode: textOf(values['partnerCode']),
    territory: textOf(values['territory']),
    customerSince: textOf(values['customerSince']),
  };
}
