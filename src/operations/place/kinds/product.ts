import { saveProducts } from '#src/db/records/product-store.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import { extraColumn, type PlaceContext, type PlacingResult, type RecordToPlace } from './place-context.ts';

/** Stores what the vendor sells. A product counts as active unless the CRM says otherwise. */
export async function placeProducts(
  { tx, preserved }: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const extra = extraColumn(records);
  await saveProducts(
    tx,
    records.map(({ id, values }) => ({
      id,
      code: textOf(values['code']),
      name: textOf(values['name']) ?? '',
      family: textOf(values['family']),
      isActive: values['isActive'] !== false,
      deleted: false,
      ...extra(values),
    })),
    preserved,
  );
  return { placed: records, failed: [], incomplete: [] };
}
