import { saveOpportunityLines } from '#src/db/records/product-store.ts';
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
 * What is to be sold with an opportunity. A line waits for its opportunity. A product that has not been read
 * is left out, and the line placed: products may be switched off, and what a line is worth does not hang on
 * them.
 */
export async function placeOpportunityLines(
  context: PlaceContext,
  records: readonly Mapped[],
): Promise<Placing> {
  const opportunities = await pointedAt(context, records, { field: 'opportunity', to: 'opportunity' });
  const products = await pointedAt(context, records, { field: 'product', to: 'product' });
  const extra = extraColumn(records);
  const waiting: Misplaced[] = [];
  const flawed: Misplaced[] = [];
  const placed: Mapped[] = [];
  const rows = records.flatMap((record) => {
    const { id, extId, values } = record;
    const named = textOf(values['opportunity']) ?? '';
    const opportunityId = opportunities.get(named);
    if (opportunityId === undefined) {
      const fix = 'Let the integration user see that opportunity, or delete the line.';
      waiting.push(
        misplaced(
          extId,
          'opportunity_unknown',
          `The opportunity ${named} it belongs to has not been read.`,
          fix,
        ),
      );
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
        amountMinor: amountOf(record, currency, flawed),
        currency,
        deleted: false,
        ...extra(values),
      },
    ];
  });
  await saveOpportunityLines(context.tx, rows, context.keep);
  return { placed, misplaced: waiting, flawed };
}
