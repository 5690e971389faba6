import { saveAccounts, savePartners } from '#src/db/records/account-store.ts';
import { accountColumns } from '#src/operations/records/account-columns.ts';
import { extraColumn, type Mapped, type PlaceContext, type Placing } from './place-context.ts';

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
