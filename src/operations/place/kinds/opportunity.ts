import { saveOpportunities } from '#src/db/records/account-store.ts';
import { isTrue, textOf } from '#src/operations/records/field-values.ts';
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

/** Stores opportunities. One that names an account waits until the account is placed. */
export async function placeOpportunities(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const accounts = await referencedIds(context, records, { field: 'account', to: 'account' });
  const failed: PlacingFailure[] = [];
  const incomplete: PlacingFailure[] = [];
  const placed = records.filter(({ extId, values }) => {
    const account = textOf(values['account']);
    if (account === null || accounts.has(account)) return true;
    const fix = 'Let the integration user see that account, or move the opportunity to one it can see.';
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
        amountMinor: amountOf(record, currency, incomplete),
        currency,
        closeDate: textOf(values['closeDate']),
        productFamily: textOf(values['productFamily']),
        lostReason: textOf(values['lostReason']),
        openedAt: openedAt === null ? null : new Date(openedAt),
        owner: textOf(values['owner']),
        deleted: false,
        ...extra(values),
      };
    }),
    context.preserved,
    context.deps.clock().toISOString().slice(0, 10),
  );
  return { placed, failed, incomplete };
}
