import { saveOpportunities } from '#src/db/records/account-store.ts';
import { isTrue, textOf } from '#src/operations/records/field-values.ts';
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

export async function placeOpportunities(
  context: PlaceContext,
  records: readonly Mapped[],
): Promise<Placing> {
  const accounts = await pointedAt(context, records, { field: 'account', to: 'account' });
  const waiting: Misplaced[] = [];
  const flawed: Misplaced[] = [];
  const placed = records.filter((record) => {
    const account = textOf(record.values['account']);
    if (account === null || accounts.has(account)) return true;
    waiting.push(
      misplaced(
        record.extId,
        'account_unknown',
        `The account ${account} it belongs to has not been read.`,
        'Let the integration user see that account, or move the opportunity to one it can see.',
      ),
    );
    return false;
  });
  const extra = extraColumn(placed);
  await saveOpportunities(
    context.tx,
    placed.map((record) => {
      const { id, values } = record;
      const currency = textOf(values['currency']) ?? context.currency;
      const openedAt = textOf(values['openedAt']);
      return {
        id,
        accountId: accounts.get(textOf(values['account']) ?? '') ?? null,
        name: textOf(values['name']) ?? '',
        stage: textOf(values['stage']),
        isClosed: isTrue(values['isClosed']),
        isWon: isTrue(values['isWon']),
        amountMinor: amountOf(record, currency, flawed),
        currency,
        closeDate: textOf(values['closeDate']),
        productFamily: textOf(values['productFamily']),
        openedAt: openedAt === null ? null : new Date(openedAt),
        deleted: false,
        ...extra(values),
      };
    }),
    context.keep,
  );
  return { placed, misplaced: waiting, flawed };
}
