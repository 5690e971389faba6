import { saveOpportunityLines } from '#src/db/records/product-store.ts';
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
 * Stores the products of opportunities. A line waits until its opportunity is placed. It does not wait for
 * its product: an org may have products switched off, and the worth of a line does not depend on them.
 */
export async function placeOpportunityLines(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const opportunities = await referencedIds(context, records, { field: 'opportunity', to: 'opportunity' });
  const products = await referencedIds(context, records, { field: 'product', to: 'product' });
  const extra = extraColumn(records);
  const failed: PlacingFailure[] = [];
  const incomplete: PlacingFailure[] = [];
  const placed: RecordToPlace[] = [];
  const rows = records.flatMap((record) => {
    const { id, extId, values } = record;
    const named = textOf(values['opportunity']) ?? '';
    const opportunityId = opportunities.get(named);
    if (opportunityId === undefined) {
      const message = `The opportunity ${named} it belongs to has not been read.`;
      const fix = 'Let the integration user see that opportunity, or delete the line.';
      failed.push(placingFailure(extId, 'opportunity_unknown', message, fix));
      return [];
    }
    placed.push(record);
    const currency = textOf(values['currency']) ?? context.currency;
    return [
      {
        id,
        opportunityId,
        productId: products.get(textOf(values['product']) ?? '') ?? null,
        name: textOf(values['name']),
        quantity: textOf(values['quantity']),
        unitPrice: textOf(values['unitPrice']),
        amountMinor: amountOf(record, currency, incomplete),
        currency,
        deleted: false,
        ...extra(values),
      },
    ];
  });
  await saveOpportunityLines(context.tx, rows, context.preserved);
  return { placed, failed, incomplete };
}
