import { saveProducts } from '#src/db/records/product-store.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import { extraColumn, type Mapped, type PlaceContext, type Placing } from './place-context.ts';

/** What the vendor sells. A CRM that does not say whether a product is active sells it. */
export async function placeProducts(
  { tx, keep }: PlaceContext,
  records: readonly Mapped[],
): Promise<Placing> {
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
    keep,
  );
  return { placed: records, misplaced: [], flawed: [] };
}
