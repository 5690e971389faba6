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

/** Fields from which others follow: what makes a company comparable, and what a partner goes by. */
const sources: Partial<Readonly<Record<CanonicalKind, readonly string[]>>> = {
  account: ['name', 'domain', 'country', 'isPartner', 'partnerCode'],
  registration: ['customerName', 'customerDomain', 'customerCountry', 'contactEmail'],
};

/** A record that was placed before, and whether everything it says could be read. */
export interface PlacedBefore {
  readonly id: string;
  readonly whole: boolean;
}

/**
 * What records say here, by our ids, where what is to be placed of them is not all: a value that cannot be
 * read is no reason to empty a field, and what follows from several fields has to be reckoned from those,
 * too, that another CRM's mapping fills. References are left out.
 */
export async function preservedValues(
  tx: Db,
  { kind, inbound }: CompiledMapping,
  records: readonly PlacedBefore[],
): Promise<ReadonlyMap<string, CanonicalValues>> {
  const filled = new Set(inbound.map(({ local }) => local));
  const isWhole = (sources[kind] ?? []).every((field) => filled.has(field));
  const ids = records.filter(({ whole }) => !whole || !isWhole).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const known = isEditable(kind)
    ? [...(await canonicalRecords(tx, kind, ids))].map(([id, { values }]) => [id, values] as const)
    : [...(await recordValues(tx, kind, ids))];
  const declared: Readonly<Record<string, CanonicalField>> = canonicalFields[kind];
  // The customer's own stay by themselves.
  const isKept = (field: string): boolean =>
    declared[field] !== undefined && declared[field].type !== 'reference';
  return new Map(
    known.map(([id, values]) => [
      id,
      Object.fromEntries(Object.entries(values).filter(([field]) => isKept(field))),
    ]),
  );
}
