import { saveAccounts, savePartners } from '#src/db/records/account-store.ts';
import { accountColumns } from '#src/operations/records/account-columns.ts';
import { extraColumn, type PlaceContext, type PlacingResult, type RecordToPlace } from './place-context.ts';

/** Stores accounts. An account that is marked as a partner also becomes a partner. */
export async function placeAccounts(
  { deps, tx, preserved }: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const extra = extraColumn(records);
  const rows = records.map(({ id, values }) => ({
    id,
    ...accountColumns(values),
    deleted: false,
    ...extra(values),
  }));
  await saveAccounts(tx, rows, preserved);
  const partners = rows.filter((row) => row.isPartner);
  await savePartners(
    tx,
    partners.map((row) => ({ id: deps.ids(), accountId: row.id, name: row.name, code: row.partnerCode })),
  );
  return { placed: records, failed: [], incomplete: [] };
}
