import { saveContacts } from '#src/db/records/contact-store.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import {
  extraColumn,
  misplaced,
  pointedAt,
  type Mapped,
  type Misplaced,
  type PlaceContext,
  type Placing,
} from './place-context.ts';

/** People at companies. One without a company is kept: it may be given one later. */
export async function placeContacts(context: PlaceContext, records: readonly Mapped[]): Promise<Placing> {
  const accounts = await pointedAt(context, records, { field: 'account', to: 'account' });
  const extra = extraColumn(records);
  const waiting: Misplaced[] = [];
  const placed = records.filter(({ extId, values }) => {
    const account = textOf(values['account']);
    if (account === null || accounts.has(account)) return true;
    const fix = 'Let the integration user see that account, or move the contact to one it can see.';
    waiting.push(
      misplaced(extId, 'account_unknown', `The account ${account} it belongs to has not been read.`, fix),
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
    context.keep,
  );
  return { placed, misplaced: waiting, flawed: [] };
}
