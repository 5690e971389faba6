import { saveContacts } from '#src/db/records/contact-store.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import {
  extraColumn,
  placingFailure,
  referencedIds,
  type PlaceContext,
  type PlacingFailure,
  type PlacingResult,
  type RecordToPlace,
} from './place-context.ts';

/** Stores contacts. A contact without an account is placed as well: it may get one later. */
export async function placeContacts(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const accounts = await referencedIds(context, records, { field: 'account', to: 'account' });
  const extra = extraColumn(records);
  const failed: PlacingFailure[] = [];
  const placed = records.filter(({ extId, values }) => {
    const account = textOf(values['account']);
    if (account === null || accounts.has(account)) return true;
    const fix = 'Let the integration user see that account, or move the contact to one it can see.';
    failed.push(
      placingFailure(
        extId,
        'account_unknown',
        `The account ${account} it belongs to has not been read.`,
        fix,
      ),
    );
    return false;
  });
  await saveContacts(
    context.tx,
    placed.map(({ id, values }) => ({
      id,
      accountId: accounts.get(textOf(values['account']) ?? '') ?? null,
      firstName: textOf(values['firstName']),
      lastName: textOf(values['lastName']),
      email: textOf(values['email']),
      phone: textOf(values['phone']),
      title: textOf(values['title']),
      deleted: false,
      ...extra(values),
    })),
    context.preserved,
  );
  return { placed, failed, incomplete: [] };
}
