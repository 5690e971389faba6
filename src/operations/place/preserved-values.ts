import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { recordValues } from '#src/db/records/record-values-view.ts';
import {
  canonicalFields,
  type CanonicalField,
  type CanonicalKind,
  type CanonicalValues,
} from '#src/domain/record.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';

/**
 * Fields that other columns are derived from: the keys companies are matched by, and the partner of an
 * account.
 */
const sourceFields: Partial<Readonly<Record<CanonicalKind, readonly string[]>>> = {
  account: ['name', 'domain', 'country', 'isPartner', 'partnerCode'],
  registration: ['customerName', 'customerDomain', 'customerCountry', 'contactEmail'],
};

/** A record that was placed before. */
export interface PlacedBefore {
  readonly id: string;
  /** True when each of its values could be read now. */
  readonly isReadable: boolean;
}

/**
 * Loads the stored values, by our ids, that a record keeps when this mapping gives only some of its values. A
 * value that cannot be read must not empty its field, and columns derived from several fields need those that
 * another CRM's mapping fills as well. References are left out.
 */
export async function preservedValues(
  tx: Db,
  { kind, inbound }: CompiledMapping,
  records: readonly PlacedBefore[],
): Promise<ReadonlyMap<string, CanonicalValues>> {
  const filled = new Set(inbound.map(({ local }) => local));
  const fillsSources = (sourceFields[kind] ?? []).every((field) => filled.has(field));
  const ids = records.filter(({ isReadable }) => !isReadable || !fillsSources).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const known = isEditable(kind)
    ? [...(await canonicalRecords(tx, kind, ids))].map(([id, { values }]) => [id, values] as const)
    : [...(await recordValues(tx, kind, ids))];
  const declared: Readonly<Record<string, CanonicalField>> = canonicalFields[kind];
  // Custom fields need no help: saving a row merges them with the stored ones.
  const isPreserved = (field: string): boolean =>
    declared[field] !== undefined && declared[field].type !== 'reference';
  return new Map(
    known.map(([id, values]) => [
      id,
      Object.fromEntries(Object.entries(values).filter(([field]) => isPreserved(field))),
    ]),
  );
}
